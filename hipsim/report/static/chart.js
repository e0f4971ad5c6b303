"use strict";
// Clearance along a motion: every plan a curve, a hand that can be dragged, each arm beside the other.

const CHART = { width: 640, height: 300, left: 46, right: 10, top: 22, bottom: 46, gap: 14 };

class Chart {
  constructor(box, told, onMove) {
    Object.assign(this, { box, told, onMove });
    const drag = (event) => {
      if (event.buttons & 1) this.onMove(this.nearest(event));
    };
    box.addEventListener("pointerdown", (event) => {
      box.setPointerCapture(event.pointerId);
      drag(event);
    });
    box.addEventListener("pointermove", drag);
  }

  lay(motion) {
    const n = motion.poses.length;
    const room = CHART.width - CHART.left - CHART.right - CHART.gap * (motion.arms.length - 1);
    const spans = motion.arms.map((arm) => Math.max(arm.stop - arm.start - 1, 0.001));
    const total = spans.reduce((sum, span) => sum + span, 0);
    this.x = new Float64Array(n);
    this.frames = [];
    let at = CHART.left;
    motion.arms.forEach((arm, k) => {
      const width = (room * spans[k]) / total;
      for (let i = arm.start; i < arm.stop; i += 1) {
        const share = arm.stop - arm.start > 1 ? (i - arm.start) / (arm.stop - arm.start - 1) : 0.5;
        this.x[i] = at + share * width;
      }
      this.frames.push({ arm, from: at, to: at + width });
      at += width + CHART.gap;
    });
  }

  scale(motion) {
    const all = this.told.plans.flatMap((plan) => this.told.results[plan.name][motion.name].distance_mm);
    if (motion.threshold_mm !== null) all.push(motion.threshold_mm);
    const low = Math.min(0, ...all);
    const high = Math.max(...all, low + 5);
    const margin = 0.06 * (high - low);
    const [bottom, top] = [low < 0 ? low - margin : 0, high + margin];
    this.range = [bottom, top];
    const room = CHART.height - CHART.top - CHART.bottom;
    this.y = (value) => CHART.top + (room * (top - value)) / (top - bottom);
  }

  show({ plan, motion: name, index }) {
    const motion = this.told.motions.find((one) => one.name === name);
    this.lay(motion);
    this.scale(motion);
    const svg = drawn("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img" });
    svg.append(drawn("title", {}, `Clearance in mm along ${motion.title}`));
    this.drawLevels(svg, motion);
    this.drawFrames(svg, motion);
    for (const one of this.told.plans) this.drawCurve(svg, one, motion, one.name === plan);
    const distance = this.told.results[plan][name].distance_mm[index];
    svg.append(
      drawn("line", { class: "hand", x1: this.x[index], x2: this.x[index], y1: CHART.top, y2: CHART.height - CHART.bottom }),
      drawn("circle", { id: "marker", cx: this.x[index], cy: this.y(distance), r: 6, fill: "var(--accent)" }),
    );
    this.box.replaceChildren(svg);
  }

  drawLevels(svg, motion) {
    const [bottom, top] = this.range;
    const step = [1, 2, 5, 10, 20].find((one) => (top - bottom) / one <= 7) || 50;
    const [x1, x2] = [CHART.left, CHART.width - CHART.right];
    if (bottom < 0) {
      const height = this.y(bottom) - this.y(0);
      svg.append(drawn("rect", { class: "under", x: x1, y: this.y(0), width: x2 - x1, height }));
      svg.append(drawn("text", { class: "muted", x: x1 + 6, y: this.y(bottom) - 6 }, "bones overlap"));
    }
    for (let level = Math.ceil(bottom / step) * step; level <= top; level += step) {
      svg.append(drawn("line", { class: level === 0 ? "zero" : "grid", x1, x2, y1: this.y(level), y2: this.y(level) }));
      svg.append(drawn("text", { x: x1 - 6, y: this.y(level) + 4, "text-anchor": "end" }, asMm(level, 0)));
    }
    svg.append(drawn("text", { class: "muted", x: 4, y: 13 }, "clearance, mm"));
    if (motion.threshold_mm === null) return;
    const y = this.y(motion.threshold_mm);
    svg.append(drawn("line", { class: "limit", x1, x2, y1: y, y2: y }));
    svg.append(drawn("text", { x: x2, y: y - 5, "text-anchor": "end" }, `threshold ${motion.threshold_mm} mm`));
  }

  drawFrames(svg, motion) {
    const base = CHART.height - CHART.bottom;
    for (const { arm, from, to } of this.frames) {
      if (this.frames.length > 1) svg.append(drawn("text", { class: "muted", x: (from + to) / 2, y: 13, "text-anchor": "middle" }, arm.name));
      const last = arm.stop - 1;
      const ends = motion.is_grid || last === arm.start ? [] : [[arm.start, "start"], [last, "end"]];
      for (const [i, anchor] of ends) {
        const shown = motion.progress[i].toFixed(0).replace("-", MINUS);
        svg.append(drawn("text", { x: this.x[i], y: base + 16, "text-anchor": anchor }, shown));
      }
    }
    const label = motion.is_grid ? "poses of the grid, one after the other" : motion.progress_label;
    svg.append(drawn("text", { class: "muted", x: (CHART.left + CHART.width) / 2, y: base + 34, "text-anchor": "middle" }, label));
  }

  drawCurve(svg, plan, motion, isChosen) {
    const values = this.told.results[plan.name][motion.name].distance_mm;
    const isFirst = plan === this.told.plans[0];
    for (const { arm } of this.frames) {
      const points = [];
      for (let i = arm.start; i < arm.stop; i += 1) points.push(`${this.x[i].toFixed(2)},${this.y(values[i]).toFixed(2)}`);
      const look = `${isChosen ? "" : "other"} ${isFirst ? "first-plan" : ""}`;
      if (points.length === 1) {
        const [cx, cy] = points[0].split(",");
        svg.append(drawn("circle", { class: look, cx, cy, r: 4, fill: plan.colour }));
      } else {
        svg.append(drawn("path", { class: look, d: `M${points.join("L")}`, stroke: plan.colour }));
      }
    }
  }

  nearest(event) {
    const box = this.box.querySelector("svg").getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * CHART.width;
    let best = 0;
    this.x.forEach((at, i) => {
      if (Math.abs(at - x) < Math.abs(this.x[best] - x)) best = i;
    });
    return best;
  }
}
