"use strict";
// The bones in three dimensions: pelvic frame, X anterior, Y up, Z to the subject's right, in mm.

const BONE = [233, 223, 202];
const REACH_MM = 95; // half the height of the picture at first: hip joint centre to below the tuberosity

class HipScene {
  constructor(canvas, overlay, scene, told) {
    Object.assign(this, { canvas, overlay, data: scene, told, geometries: {}, isShown: true });
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.world = new THREE.Scene();
    this.camera = new THREE.OrthographicCamera(-1, 1, 1, -1, 1, 3000);
    this.controls = new THREE.OrbitControls(this.camera, canvas);
    this.controls.enableDamping = false;
    this.controls.addEventListener("change", () => this.draw());
    this.world.add(new THREE.HemisphereLight(0xffffff, 0x8a8578, 1.5));
    this.lamp = new THREE.DirectionalLight(0xffffff, 1.9);
    this.world.add(this.lamp, this.lamp.target);
    this.femur = this.body();
    this.ghost = this.body({ transparent: true, opacity: 0.28, depthWrite: false, color: 0x7f8c94, polygonOffset: true, polygonOffsetFactor: 2, polygonOffsetUnits: 2 });
    this.pelvis = this.body();
    this.world.add(this.pelvis, this.femur, this.ghost);
    this.look(told.views.find((view) => view.name === "surgeon") || told.views[0]);
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
    this.resize();
  }

  body(extra = {}) {
    const plain = { roughness: 0.75, metalness: 0, vertexColors: !extra.color, side: THREE.DoubleSide };
    const made = new THREE.Mesh(new THREE.BufferGeometry(), new THREE.MeshStandardMaterial({ ...plain, ...extra }));
    made.matrixAutoUpdate = false;
    return made;
  }

  geometry(bone, plan) {
    const key = `${bone} ${plan}`;
    if (!this.geometries[key]) {
      const told = this.data[bone][plan] || this.data[bone][this.told.plans[0].name];
      const steps = unpacked(told.vertices);
      const points = new Float32Array(steps.length);
      for (let i = 0; i < steps.length; i += 1) points[i] = told.corner[i % 3] + told.step * steps[i];
      const made = new THREE.BufferGeometry();
      made.setAttribute("position", new THREE.BufferAttribute(points, 3));
      made.setIndex(new THREE.BufferAttribute(unpacked(told.faces), 1));
      made.setAttribute("color", new THREE.BufferAttribute(new Uint8Array(points.length), 3, true));
      made.computeVertexNormals();
      this.geometries[key] = made;
    }
    return this.geometries[key];
  }

  paint(geometry, colours) {
    const { steps, overlap } = this.told.colours;
    const deep = [1, 3, 5].map((at) => parseInt(overlap.slice(at, at + 2), 16));
    const target = geometry.getAttribute("color");
    for (let i = 0; i < target.count; i += 1) {
      const step = colours ? colours[i] : 255;
      const rgb = step === 255 ? BONE : step === 0 ? deep : steps[step];
      for (let k = 0; k < 3; k += 1) target.array[3 * i + k] = 255 * Math.pow(rgb[k] / 255, 2.2);
    }
    target.needsUpdate = true;
  }

  show({ plan, motion, index, isGhost, isColoured }) {
    const first = this.told.plans[0].name;
    this.femur.geometry = this.geometry("femur", plan);
    this.pelvis.geometry = this.geometry("pelvis", plan);
    this.ghost.geometry = this.geometry("femur", first);
    this.ghost.visible = isGhost && plan !== first;
    const look = `${plan} ${motion} ${isColoured}`;
    if (this.painted !== look) {
      const colours = isColoured ? this.data.colours[plan][motion] : null;
      this.paint(this.femur.geometry, colours && unpacked(colours.femur));
      this.paint(this.pelvis.geometry, colours && unpacked(colours.pelvis));
      this.painted = look;
    }
    this.pose(this.femur, plan, motion, index);
    this.pose(this.ghost, first, motion, index);
    this.pair = this.told.results[plan][motion].points_mm[index];
    this.label = `${asMm(this.told.results[plan][motion].distance_mm[index])} mm`;
    this.draw();
  }

  pose(body, plan, motion, index) {
    const told = this.data.poses[plan][motion];
    told.rows = told.rows || unpacked(told);
    body.matrix.set(...told.rows.subarray(12 * index, 12 * index + 12), 0, 0, 0, 1);
    body.matrixWorldNeedsUpdate = true;
  }

  look(view) {
    const centre = new THREE.Vector3(-25, -40, 0);
    this.camera.up.set(...view.up);
    this.camera.position.copy(centre).addScaledVector(new THREE.Vector3(...view.eye), 1200);
    this.camera.zoom = 1;
    this.controls.target.copy(centre);
    this.controls.update();
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
    this.renderer.setSize(width, height, false);
    const half = REACH_MM * Math.max(1, height / width);
    Object.assign(this.camera, { left: (-half * width) / height, right: (half * width) / height, top: half, bottom: -half });
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  draw() {
    const away = this.camera.position.clone().sub(this.controls.target);
    const side = new THREE.Vector3().crossVectors(this.camera.up, away).normalize();
    this.lamp.position.copy(this.controls.target).add(away).addScaledVector(side, 500).addScaledVector(this.camera.up, 700);
    this.lamp.target.position.copy(this.controls.target);
    this.renderer.render(this.world, this.camera);
    this.drawPair();
  }

  drawPair() {
    this.overlay.replaceChildren();
    if (!this.pair) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`); // on paper it shrinks with the picture
    const ends = this.pair.map((point) => {
      const seen = new THREE.Vector3(...point).project(this.camera);
      return [(width * (1 + seen.x)) / 2, (height * (1 - seen.y)) / 2];
    });
    const [[x1, y1], [x2, y2]] = ends;
    this.overlay.append(
      drawn("line", { x1, y1, x2, y2 }),
      ...ends.map(([cx, cy]) => drawn("circle", { cx, cy, r: 3.5 })),
      drawn("text", { x: (x1 + x2) / 2 + 12, y: (y1 + y2) / 2 - 10 }, this.label),
    );
  }
}
