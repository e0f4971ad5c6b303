"use strict";
// The page asks the planner: sliders to numbers at once, the picture right after them.

const LIVE = DATA.live;
const liveControls = {};
const history_ = [];
let wanted = { ...LIVE.values };
let asking = null;
let again = false;

async function ask(name, body) {
  const token = new URLSearchParams(location.search).get("token");
  const headers = { "Content-Type": "application/json", ...(token ? { "X-Token": token } : {}) };
  const answer = await fetch(`api/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer;
}

function note(text, isError = false) {
  at("live-note").textContent = text;
  at("live-note").classList.toggle("is-error", isError);
}

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  do {
    again = false;
    const now = { ...wanted };
    asking = now;
    try {
      const numbers = await (await ask("numbers", now)).json();
      take(LIVE.name, numbers);
      note(numbers.plan);
      document.documentElement.dataset.answered = JSON.stringify(now);
      if (!again) takePicture(LIVE.name, await (await ask("picture", now)).json());
      document.documentElement.dataset.drawn = JSON.stringify(now);
    } catch (error) {
      note(error.message, true);
    }
    asking = null;
  } while (again);
}

function take(name, numbers) {
  TOLD.results[name] = numbers.results;
  showResults();
  setState({ plan: state.plan });
}

function takePicture(name, picture) {
  for (const kind of ["pelvis", "femur", "poses", "colours"]) DATA.scene[kind][name] = picture[kind];
  TOLD.plans.find((plan) => plan.name === name).facts = picture.facts;
  showResults();
  if (!scene) return;
  for (const bone of ["femur", "pelvis"]) {
    const made = scene.geometries[`${bone} ${name}`];
    if (made) made.dispose();
    delete scene.geometries[`${bone} ${name}`];
  }
  scene.painted = null;
  scene.show(state);
}

function setWanted(changes, isRemembered = true) {
  if (isRemembered) history_.push({ ...wanted });
  at("undo").disabled = !history_.length;
  Object.assign(wanted, changes);
  for (const [name, control] of Object.entries(liveControls)) {
    if (!(name in wanted)) continue;
    control.input.value = wanted[name];
    if (control.output) control.output.textContent = control.written(wanted[name]);
  }
  if (state.plan !== LIVE.name) setState({ plan: LIVE.name });
  refresh();
}

function slider(name, label, unit, step) {
  const [min, max] = LIVE.ranges[name];
  const input = element("input", { type: "range", min, max, step, value: wanted[name], id: `live-${name}` });
  const written = (value) => `${asMm(Number(value), step < 1 ? 1 : 0)} ${unit}`;
  const output = element("output", { textContent: written(wanted[name]) });
  liveControls[name] = { input, output, written };
  let before = null;
  input.addEventListener("input", () => {
    before = before || { ...wanted };
    setWanted({ [name]: Number(input.value) }, false);
  });
  input.addEventListener("change", () => {
    if (before) history_.push(before);
    at("undo").disabled = !history_.length;
    before = null;
  });
  at("planner").append(element("label", {}, label, input, output));
}

function chooseLevel() {
  const input = element("select", { id: "live-level" });
  fill(input, LIVE.levels, LIVE.levels);
  liveControls.level = { input };
  input.addEventListener("change", () => setWanted({ level: input.value }));
  at("planner").append(element("label", {}, "cut", input));
}

const liveTarget = {};

function chooseTarget() {
  const [min, max] = LIVE.ranges.target_mm;
  const input = element("input", { type: "number", min, max, step: 0.5, id: "live-target" });
  const show = () => {
    const motion = motionOf(state.motion);
    input.value = motion.threshold_mm === null ? "" : motion.threshold_mm;
  };
  input.addEventListener("change", () => {
    const value = Math.min(Math.max(Number(input.value), min), max);
    motionOf(state.motion).threshold_mm = value;
    for (const plan of TOLD.plans) {
      const found = TOLD.results[plan.name][state.motion];
      found.share_below = null;
    }
    setState({ plan: state.plan });
    showResults();
  });
  liveTarget.show = show;
  at("planner").append(element("label", {}, "target in this motion, mm", input));
}

function keep(letter) {
  const name = `plan ${letter}`;
  const told = TOLD.plans.find((plan) => plan.name === LIVE.name);
  const kept = TOLD.plans.find((plan) => plan.name === name);
  if (!kept) TOLD.plans.push({ name, colour: letter === "A" ? "#D55E00" : "#009E73", facts: {} });
  Object.assign(TOLD.plans.find((plan) => plan.name === name), { facts: { ...told.facts }, wanted: { ...wanted } });
  TOLD.results[name] = structuredClone(TOLD.results[LIVE.name]);
  for (const kind of ["pelvis", "femur", "poses", "colours"]) DATA.scene[kind][name] = structuredClone(DATA.scene[kind][LIVE.name]);
  for (const bone of ["femur", "pelvis"]) if (scene) delete scene.geometries[`${bone} ${name}`];
  showPlans();
  showResults();
  setState({ plan: state.plan });
}

async function save(name, body) {
  try {
    const file = await (await ask(name, body)).blob();
    const link = element("a", { href: URL.createObjectURL(file), download: `hipsim-${name}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    note(error.message, true);
  }
}

function plansToReport() {
  const kept = TOLD.plans.filter((plan) => plan.wanted).map((plan) => [plan.name, plan.wanted]);
  return Object.fromEntries([[LIVE.name, wanted], ...kept]);
}

slider("depth_mm", "resection", "mm", 0.5);
slider("tilt_deg", "tilt of the plane", "\u00b0", 5);
slider("angle_deg", "derotation", "\u00b0", 1);
chooseLevel();
chooseTarget();
at("undo").addEventListener("click", () => setWanted(history_.pop(), false));
at("keep-a").addEventListener("click", () => keep("A"));
at("keep-b").addEventListener("click", () => keep("B"));
at("save-scenario").addEventListener("click", () => save("scenario.yaml", wanted));
at("save-stl").addEventListener("click", () => save("femur.stl", wanted));
at("save-report").addEventListener("click", () => save("report.html", plansToReport()));
watchers.push(() => liveTarget.show());
setState({ plan: LIVE.name });
