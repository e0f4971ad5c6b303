"use strict";
// One state, shown by everything at once: plan, motion and pose.

const DATA = JSON.parse(document.getElementById("data").textContent);
const TOLD = DATA.told;
const at = (id) => document.getElementById(id);
const state = { plan: TOLD.plans[0].name, motion: TOLD.motions[0].name, index: 0, isGhost: false, isColoured: true };
const motionOf = (name) => TOLD.motions.find((motion) => motion.name === name);
const resultOf = (plan) => TOLD.results[plan][state.motion];
let scene = null;
let timer = null;

const watchers = []; // called after every change of the state

function setState(changes) {
  Object.assign(state, changes);
  if (changes.motion !== undefined) state.index = resultOf(state.plan).index;
  const n = motionOf(state.motion).poses.length;
  state.index = Math.min(Math.max(state.index, 0), n - 1);
  Object.assign(at("pose"), { max: n - 1, value: state.index });
  at("plan").value = state.plan;
  at("motion").value = state.motion;
  at("ghost").checked = state.isGhost;
  at("colour").checked = state.isColoured;
  if (scene) scene.show(state);
  chart.show(state);
  showNumbers();
  if (changes.motion !== undefined || changes.plan !== undefined) showCompared();
  for (const watch of watchers) watch();
}

function showNumbers() {
  const found = resultOf(state.plan);
  const distance = found.distance_mm[state.index];
  const pose = motionOf(state.motion).poses[state.index];
  const pair = `${found.structures[state.index]} to ${found.pelvic_region}`;
  const isOverlap = found.kind[state.index] === "depth";
  at("now").textContent = `${asMm(distance)} mm`;
  at("now").dataset.mm = distance;
  at("now").parentElement.classList.toggle("is-overlap", isOverlap);
  at("now-note").textContent = `${isOverlap ? "bones overlap by this depth, " : ""}${pair}`;
  at("pose-words").textContent = pose;
  at("pose").setAttribute("aria-valuetext", `${pose}: ${asMm(distance)} mm`);
  at("spoken").textContent = `${state.plan}, ${pose}: ${asMm(distance)} mm, ${pair}`;
}

function row(cells, kind = "td", first = null) {
  const made = element("tr");
  cells.forEach((cell, i) => {
    const one = element(i === 0 ? "th" : kind);
    if (i === 0) one.scope = kind === "th" ? "col" : "row";
    if (i === 0 && first) one.append(dot(first));
    one.append(cell instanceof Node ? cell : String(cell));
    made.append(one);
  });
  return made;
}

function dot(plan) {
  const made = element("span", { className: plan === TOLD.plans[0] ? "dot first-plan" : "dot" });
  made.style.background = plan.colour;
  return made;
}

function below(value, limit) {
  const text = asMm(value);
  return limit !== null && value < limit ? element("span", { className: "short", textContent: text }) : text;
}

function showCompared() {
  const motion = motionOf(state.motion);
  const table = at("compared");
  table.replaceChildren(element("caption", { textContent: `Least space in ${motion.title}; ${motion.zeros}` }));
  const limit = motion.threshold_mm;
  const head = ["plan", "least space, mm", "gain, mm"];
  table.append(row(limit === null ? head : [...head, `below ${limit} mm`], "th"));
  const before = Math.min(...TOLD.results[TOLD.plans[0].name][motion.name].distance_mm);
  for (const plan of TOLD.plans) {
    const found = TOLD.results[plan.name][motion.name];
    const least = found.distance_mm[found.index];
    const cells = [plan.name, below(least, limit), plan === TOLD.plans[0] ? "" : asGain(least - before)];
    if (limit !== null) cells.push(found.share_below === null ? "" : `${(100 * found.share_below).toFixed(0)} % of the motion`);
    table.append(row(cells, "td", plan));
  }
}

function leastOf(plan, motion) {
  const [found, before] = [plan, TOLD.plans[0]].map((one) => TOLD.results[one.name][motion.name]);
  const least = found.distance_mm[found.index];
  const gain = plan === TOLD.plans[0] ? "" : ` (${asGain(least - before.distance_mm[before.index])})`;
  return element("span", {}, below(least, motion.threshold_mm), gain);
}

function inLines(text) {
  const [first, ...others] = text.split("\n");
  const made = element("span", {}, element("b", { textContent: first }));
  for (const other of others) made.append(element("br"), element("small", { textContent: other }));
  return made;
}

function showDecision() {
  const { heads, rows, caption } = TOLD.decision;
  const table = at("decision");
  table.hidden = !rows.length;
  at("results").hidden = rows.length > 0;
  if (!rows.length) return;
  table.caption.textContent = caption;
  table.append(row(heads, "th"));
  for (const told of rows) {
    const plan = TOLD.plans.find((one) => one.name === told.plan);
    const made = row(told.cells.map(inLines), "td", plan);
    made.classList.toggle("best", told.is_cheapest);
    told.short.forEach((i) => made.children[i].querySelector("b").classList.add("short"));
    if (plan) {
      const show = element("button", { type: "button", textContent: "show", title: `Show ${plan.name} in the picture` });
      show.addEventListener("click", () => setState({ plan: plan.name }));
      made.firstChild.querySelector("b").after(" ", show);
    }
    table.append(made);
  }
}

function showResults() {
  const table = at("results");
  table.replaceChildren();
  at("facts").replaceChildren();
  table.append(row(["plan", ...TOLD.motions.map((motion) => `${motion.title}, mm`)], "th"));
  for (const plan of TOLD.plans) {
    const least = TOLD.motions.map((motion) => leastOf(plan, motion));
    table.append(row([plan.name, ...least], "td", plan));
  }
  const heads = [...new Set(TOLD.plans.flatMap((plan) => Object.keys(plan.facts)))];
  at("costs").hidden = !heads.length && !TOLD.details.length;
  at("facts").append(row(["plan", ...heads], "th"));
  for (const plan of TOLD.plans) at("facts").append(row([plan.name, ...heads.map((head) => plan.facts[head] || "")], "td", plan));
}

function showWords() {
  at("title").textContent = DATA.title;
  for (const sentence of TOLD.sentences) {
    at("sentences").append(element("p", { textContent: sentence }));
  }
  for (const detail of TOLD.details) at("details").append(element("p", { textContent: detail }));
  for (const caveat of TOLD.caveats) at("caveats").append(element("li", { textContent: caveat }));
  const pairs = [["conventions", Object.entries(DATA.conventions)], ["about", DATA.about]];
  for (const [id, entries] of pairs) {
    for (const [name, value] of entries) {
      at(id).append(element("dt", { textContent: name.replaceAll("_", " ") }), element("dd", { textContent: value }));
    }
  }
}

function showKey() {
  const [low, high] = DATA.scene.scale_mm;
  const stops = TOLD.colours.steps.filter((_, i) => i % 15 === 0).map((rgb) => `rgb(${rgb})`);
  const strip = element("div", { className: "strip" });
  strip.style.background = `linear-gradient(to top, ${stops})`;
  at("key").replaceChildren(strip, element("span", { className: "head", textContent: "least, mm" }));
  for (let value = low; value <= high; value += 10) {
    const label = element("span", { textContent: value === high ? `\u2265 ${value}` : value });
    label.style.top = `calc(18px + (100% - 52px) * ${1 - (value - low) / (high - low)})`;
    at("key").append(label);
  }
  const mark = element("span", { className: "low", textContent: "\u25a0 overlap" });
  at("key").append(mark);
}

function showViews() {
  for (const view of TOLD.views) {
    const made = element("button", { type: "button", textContent: view.name, title: view.title });
    made.addEventListener("click", () => {
      scene.look(view);
      showEdges(view);
    });
    at("views").append(made);
  }
  scene.controls.addEventListener("start", () => at("edges").replaceChildren());
  showEdges(TOLD.views.find((view) => view.name === "surgeon"));
}

function showEdges(view) {
  const spans = Object.entries(view.edges).map(([edge, text]) => element("span", { className: edge, textContent: text }));
  at("edges").replaceChildren(...spans);
}

function play() {
  const isPlaying = timer === null;
  at("play").setAttribute("aria-pressed", isPlaying);
  at("play").textContent = isPlaying ? "Pause" : "Play";
  if (isPlaying) {
    timer = setInterval(() => setState({ index: (state.index + 1) % motionOf(state.motion).poses.length }), 70);
  } else {
    clearInterval(timer);
    timer = null;
  }
}

function fill(select, names, titles) {
  names.forEach((name, i) => select.append(element("option", { value: name, textContent: titles[i] })));
}

function showPlans() {
  at("plan").replaceChildren();
  fill(at("plan"), TOLD.plans.map((plan) => plan.name), TOLD.plans.map((plan) => plan.name));
}

const chart = new Chart(at("chart"), TOLD, (index) => setState({ index }));
showWords();
showDecision();
showResults();
showPlans();
fill(at("motion"), TOLD.motions.map((motion) => motion.name), TOLD.motions.map((motion) => motion.title));
at("plan").addEventListener("change", (event) => setState({ plan: event.target.value }));
at("motion").addEventListener("change", (event) => setState({ motion: event.target.value }));
at("pose").addEventListener("input", (event) => setState({ index: Number(event.target.value) }));
at("ghost").addEventListener("change", (event) => setState({ isGhost: event.target.checked }));
at("colour").addEventListener("change", (event) => setState({ isColoured: event.target.checked }));
at("least").addEventListener("click", () => setState({ index: resultOf(state.plan).index }));
at("play").addEventListener("click", play);
try {
  scene = new HipScene(at("canvas"), at("overlay"), DATA.scene, TOLD);
  showKey();
  showViews();
} catch (error) {
  if (!/WebGL/i.test(String(error))) throw error;
  at("no-webgl").hidden = false;
}
setState({ motion: state.motion });
document.documentElement.dataset.ready = "true";
