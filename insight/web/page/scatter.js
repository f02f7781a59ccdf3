// The scatter matrix: the picture is the painter's that the studio has; over it lies what follows
// the pointer and the keys, at the places that the server tells.

import { ask } from "./link.js";
import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 620, LEAST = 420, REACH = 14, STILL = 3;
const $ = (id) => document.getElementById(id);

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Scatter {
  // changed() is told when other runs are out; light(run) when one is picked out, or null.
  constructor(page, changed, light) {
    Object.assign(this, { page, changed, light });
    this.brushes = new Map(); // key -> [low, high] in parts
    this.axes = null; // keys that a person has chosen
    this.out = new Set();
    this.picked = -1;
    this.over = $("scatter-over");
    $("scatter-result").onchange = () => { this.brushes.clear(); this.load(); };
    this.listen();
  }

  query(more = {}) {
    const width = Math.max(LEAST, Math.floor($("scatter").clientWidth));
    const query = new URLSearchParams({ width, height: HEIGHT, filter: this.page.list.filter.source, ...more });
    if ($("scatter-result").value) query.set("result", $("scatter-result").value);
    for (const key of this.axes ?? []) query.append("axis", key);
    return query;
  }

  // Read anew where the runs, what was asked, or the room is another; what was asked last counts.
  async show(out = this.out) {
    this.out = out;
    if (this.wanted() === this.key) this.draw();
    else await this.load();
  }

  wanted() {
    const rows = [...this.page.rows.values()].map((row) => [row.run, row.epoch]);
    return JSON.stringify([rows, this.query().toString()]);
  }

  async load() {
    this.key = this.wanted();
    const query = this.query(), serial = (this.serial = (this.serial ?? 0) + 1);
    try {
      const data = await ask("/api/scatter?" + query);
      if (serial === this.serial) this.take(data, Number(query.get("width")));
    } catch {
      if (serial === this.serial) this.take(null, 0);
    }
    if (serial === this.serial) this.changed();
  }

  take(data, width) {
    const name = this.name();
    this.data = data;
    this.width = width;
    this.picked = data ? data.runs.findIndex((one) => one.run === name) : -1;
    for (const key of [...this.brushes.keys()]) if (!this.shown(key)) this.brushes.delete(key);
    const enough = data !== null && data.runs.length > 1 && data.shown.length > 1;
    $("scatter-card").hidden = !enough;
    if (!enough) {
      this.axes = null;
      return;
    }
    this.over.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    $("scatter-result").replaceChildren(...data.results.map((result) => new Option(t(result), result, false, result === data.result)));
    this.showAxes();
  }

  showAxes() {
    const { axes, shown, most } = this.data, keys = shown.map((one) => one.key);
    $("scatter-axes").replaceChildren(...axes.map(({ key, title }) => {
      const label = document.createElement("label"), box = document.createElement("input");
      const is = keys.includes(key);
      box.type = "checkbox";
      box.value = key;
      box.checked = is;
      box.disabled = is ? keys.length <= 2 : keys.length >= most;
      box.onchange = async () => {
        this.axes = is ? keys.filter((one) => one !== key) : [...keys, key];
        await this.load();
        $("scatter-axes").querySelector(`[value="${CSS.escape(key)}"]`)?.focus();
      };
      label.className = "check";
      label.append(box, t(title));
      return label;
    }));
  }

  shown(key) {
    return this.data?.shown.find((one) => one.key === key);
  }

  name() {
    return this.data?.runs[this.picked]?.run ?? null;
  }

  // --- which runs are out ---

  isOut(name) {
    const i = this.data?.runs.findIndex((one) => one.run === name) ?? -1;
    return i >= 0 && [...this.brushes].some(([key, [low, high]]) => {
      const part = this.shown(key).parts[i];
      return part === null || part < low || part > high;
    });
  }

  brush(axis, from, to) {
    const words = this.data.axes.find((one) => one.key === axis.key).words;
    let low = Math.min(from, to), high = Math.max(from, to);
    if (words) {
      low = Math.floor(Math.max(low, 0) * words) / words;
      high = Math.ceil(Math.min(high, 1) * words) / words;
    }
    this.brushes.set(axis.key, [low, high]);
  }

  // --- drawing ---

  // Runs that are out are drawn faintly, whichever view has left them out.
  draw() {
    if (!this.data || $("scatter-card").hidden) return;
    const query = this.query({ dark: +this.page.board.dark.matches });
    for (const { run, id } of this.data.runs) if (this.out.has(run)) query.append("out", id);
    const address = "/api/scatter-picture?" + query, picture = $("scatter-picture");
    if (picture.getAttribute("src") !== address) picture.src = address;
    picture.alt = t("scatter");
    this.drawOver();
  }

  drawOver() {
    const parts = [], { shown } = this.data;
    for (const across of shown)
      for (const up of shown) {
        const box = this.box(across, up);
        if (box) parts.push(svg("rect", { class: "brush", ...box }));
        if (across === up || this.picked < 0) continue;
        const [x, y] = this.place(across, up, this.picked);
        if (Number.isFinite(x) && Number.isFinite(y)) parts.push(svg("circle", { class: "picked", cx: x, cy: y, r: 5 }));
      }
    this.over.replaceChildren(...parts);
    this.over.style.cursor = this.picked >= 0 ? "pointer" : "crosshair";
    const said = this.picked < 0 ? "" : [this.name(), ...shown.map((axis) => axis.texts[this.picked] && `${t(axis.key.slice(axis.key.indexOf(":") + 1))} ${axis.texts[this.picked]}`)].filter((one) => one).join(" · ");
    if ($("scatter-said").textContent !== said) $("scatter-said").textContent = said;
  }

  // The brush is drawn in the cell whose axes both have one, and in the diagonal.
  box(across, up) {
    const x = this.brushes.get(across.key), y = this.brushes.get(up.key);
    if (!x || !y) return null;
    const at = ([from, to], part) => from + part * (to - from);
    const left = at(across.across, x[0]), right = at(across.across, x[1]);
    const [top, bottom] = across === up ? [up.up[1], up.up[0]] : [at(up.up, y[1]), at(up.up, y[0])];
    return { x: left, y: top, width: Math.max(right - left, 1), height: Math.max(bottom - top, 1) };
  }

  place(across, up, run) {
    const at = ([from, to], place) => (place === null ? NaN : from + place * (to - from));
    return [at(across.across, across.places[run]), at(up.up, up.places[run])];
  }

  pick(run) {
    if (run === this.picked) return;
    this.picked = run;
    this.anchor = null;
    this.light(this.name());
    this.drawOver();
  }

  // --- pointer and keys ---

  point(event) {
    const area = this.over.getBoundingClientRect();
    return [(event.clientX - area.left) * this.width / area.width, (event.clientY - area.top) * HEIGHT / area.height];
  }

  cell([x, y]) {
    const margin = 9.5; // between the edge of a cell and the ends of its axes
    const across = this.data.shown.find(({ across: [from, to] }) => x >= from - margin && x <= to + margin);
    const up = this.data.shown.find(({ up: [from, to] }) => y >= to - margin && y <= from + margin);
    return across && up ? { across, up } : null;
  }

  nearest(at) {
    const cell = this.cell(at);
    if (!cell || cell.across === cell.up) return -1;
    let best = REACH, found = -1;
    for (const [i, { run }] of this.data.runs.entries()) {
      const [x, y] = this.place(cell.across, cell.up, i);
      const distance = Math.hypot(x - at[0], y - at[1]);
      if (distance < best && !this.out.has(run)) [best, found] = [distance, i];
    }
    return found;
  }

  listen() {
    const { over } = this;
    over.onpointermove = (event) => { if (this.data && !event.buttons) this.pick(this.nearest(this.point(event))); };
    over.onpointerleave = (event) => { if (this.data && !event.buttons) this.pick(-1); };
    over.onpointerdown = (event) => {
      if (!this.data || event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      this.from = this.point(event);
    };
    over.onpointerup = (event) => { if (this.data && this.from) this.release(this.point(event)); };
    over.onkeydown = (event) => { if (this.data && this.press(event)) event.preventDefault(); };
    addEventListener("resize", () => { if (this.page.tab === "parameters") this.show(); });
  }

  // A click on a run chooses it, beside all it takes the cell's brushes away; a box keeps its runs.
  release(to) {
    const from = this.from, cell = this.cell(from);
    this.from = null;
    if (!cell) return;
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < STILL) {
      const run = this.nearest(from);
      if (run >= 0) {
        this.page.choose(this.data.runs[run].run);
        return;
      }
      this.brushes.delete(cell.across.key);
      this.brushes.delete(cell.up.key);
    } else {
      const part = ([low, high], at) => (at - low) / (high - low);
      this.brush(cell.across, part(cell.across.across, from[0]), part(cell.across.across, to[0]));
      if (cell.up !== cell.across) this.brush(cell.up, part(cell.up.up, from[1]), part(cell.up.up, to[1]));
    }
    this.changed();
  }

  // Runs in the order of the result, those without one last.
  order() {
    const parts = this.shown("last:" + this.data.result)?.parts ?? this.data.shown[0].parts;
    return [...this.data.runs.keys()].filter((i) => !this.out.has(this.data.runs[i].run)).sort((a, b) => (parts[a] ?? 2) - (parts[b] ?? 2) || a - b);
  }

  walk(by, keep) {
    const axis = this.shown("last:" + this.data.result), anchor = this.anchor ?? this.picked;
    if (keep && axis) {
      this.brushes.delete(axis.key);
      this.changed();
    }
    const order = this.order(), now = order.indexOf(this.picked);
    if (!order.length) return;
    this.pick(order[now < 0 ? (by > 0 ? 0 : order.length - 1) : (now + by + order.length) % order.length]);
    if (!keep || !axis) return;
    this.anchor = anchor < 0 ? this.picked : anchor;
    const [one, other] = [axis.parts[this.anchor], axis.parts[this.picked]];
    if (one !== null && other !== null) this.brush(axis, one, other);
    this.changed();
  }

  press({ key, shiftKey }) {
    if (key === "ArrowRight" || key === "ArrowUp") this.walk(1, shiftKey);
    else if (key === "ArrowLeft" || key === "ArrowDown") this.walk(-1, shiftKey);
    else if ((key === "Enter" || key === " ") && this.picked >= 0) this.page.choose(this.name());
    else if (key === "Escape" && this.picked >= 0) this.pick(-1);
    else if (key === "Escape" && this.brushes.size) {
      this.brushes.clear();
      this.changed();
    } else return false;
    return true;
  }
}
