// Runs compared by what they were given and what came of it: a table that sorts, and parallel
// coordinates and a scatter matrix that filter it together.

import { format } from "./axis.js";
import { statusWord } from "./runs.js";
import { Scatter } from "./scatter.js";
import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 260, TOP = 34, BOTTOM = 22, AXIS_GAP = 150, SIDE = 60;

function svg(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// {"optimizer": {"rate": 1}} -> "optimizer.rate"
function flatten(object, prefix = "", into = {}) {
  for (const [key, value] of Object.entries(object ?? {}))
    if (value !== null && typeof value === "object" && !Array.isArray(value)) flatten(value, prefix + key + ".", into);
    else into[prefix + key] = value;
  return into;
}

function written(value) {
  if (typeof value === "number") return format(value, "none");
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

export class Parameters {
  constructor(page) {
    this.page = page;
    this.order = { column: "", down: false };
    this.brushes = new Map(); // column -> [low, high] in 0 to 1
    document.getElementById("differing").onchange = () => this.show();
    this.scatter = new Scatter(page, () => this.show(), (run) => this.light(run));
    document.getElementById("unbrush").onclick = () => {
      this.brushes.clear();
      this.scatter.brushes.clear();
      this.show();
    };
  }

  collect() {
    const rows = [...this.page.rows.values()].filter((row) => this.page.list.filter.test(row.run));
    return rows.map((row) => ({
      run: row.run, status: row.status,
      settings: flatten(row.settings), metrics: flatten(row.metrics),
    }));
  }

  columns(runs, differing) {
    const settings = [...new Set(runs.flatMap((run) => Object.keys(run.settings)))].sort();
    const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
    const varies = (key) => new Set(runs.map((run) => written(run.settings[key]))).size > 1;
    return [
      ...settings.filter((key) => !differing || varies(key)).map((key) => ({ id: "given " + key, key, of: (run) => run.settings[key] })),
      ...metrics.map((key) => ({ id: "became " + key, key, of: (run) => run.metrics[key] })),
    ];
  }

  show() {
    const runs = this.collect();
    const columns = this.columns(runs, document.getElementById("differing").checked);
    const axes = this.columns(runs, true).map((column) => this.axis(column, runs)).filter((axis) => axis);
    const isOut = (run) => axes.some((axis) => {
      const brush = this.brushes.get(axis.id), at = axis.at(run);
      return brush && !(at >= brush[0] && at <= brush[1]);
    });
    for (const run of runs) run.out = isOut(run) || this.scatter.isOut(run.run);
    document.getElementById("unbrush").hidden = this.brushes.size + this.scatter.brushes.size === 0;
    this.showTable(runs, columns);
    this.showParallel(runs, axes);
    this.scatter.show(new Set(runs.filter((run) => run.out).map((run) => run.run)));
  }

  // --- the table ---

  sorted(runs, columns) {
    const column = columns.find((one) => one.id === this.order.column);
    if (!column) return runs;
    const sign = this.order.down ? -1 : 1;
    return [...runs].sort((a, b) => {
      const x = column.of(a), y = column.of(b);
      if (x === undefined || x === null) return 1;
      if (y === undefined || y === null) return -1;
      return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
    });
  }

  head(column) {
    const cell = document.createElement("th"), button = document.createElement("button");
    const mine = this.order.column === column.id;
    cell.scope = "col";
    cell.setAttribute("aria-sort", mine ? (this.order.down ? "descending" : "ascending") : "none");
    button.type = "button";
    button.textContent = column.key + (mine ? (this.order.down ? " ↓" : " ↑") : "");
    button.onclick = () => {
      this.order = { column: column.id, down: mine && !this.order.down };
      this.show();
    };
    cell.append(button);
    return cell;
  }

  showTable(runs, columns) {
    const table = document.getElementById("parameters");
    const head = document.createElement("thead"), body = document.createElement("tbody");
    const top = head.insertRow();
    for (const key of ["run", "status"]) {
      const cell = document.createElement("th");
      cell.textContent = t(key);
      top.append(cell);
    }
    top.append(...columns.map((column) => this.head(column)));
    for (const run of this.sorted(runs, columns)) {
      const line = body.insertRow();
      line.dataset.run = run.run;
      line.classList.toggle("out", run.out);
      line.onpointerenter = () => this.light(run.run);
      line.onpointerleave = () => this.light(null);
      line.insertCell().textContent = run.run;
      line.insertCell().textContent = statusWord(run.status);
      for (const column of columns) {
        const cell = line.insertCell(), value = column.of(run);
        cell.textContent = written(value);
        if (typeof value === "number") cell.className = "number";
      }
    }
    table.replaceChildren(head, body);
  }

  light(run) {
    for (const one of document.querySelectorAll("#parameters tr, #parallel path"))
      one.classList.toggle("lit", run !== null && one.dataset.run === run);
  }

  // --- parallel coordinates ---

  // Numbers stand where they are between the least and the greatest, on a logarithmic axis when
  // they span decades; words one above the other. Null when all runs have the same.
  axis(column, runs) {
    const values = runs.map(column.of).filter((value) => value !== undefined && value !== null);
    const distinct = [...new Set(values.map(written))];
    if (distinct.length < 2) return null;
    if (values.every((value) => typeof value === "number")) {
      const low = Math.min(...values), high = Math.max(...values);
      const log = low > 0 && high / low > 100;
      const scale = (value) => log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      return { id: column.id, key: column.key, labels: [[0, written(low)], [1, written(high)]], at: (run) => typeof column.of(run) === "number" ? scale(column.of(run)) : NaN };
    }
    distinct.sort();
    const place = (text) => (distinct.includes(text) ? distinct.indexOf(text) / (distinct.length - 1) : NaN);
    return { id: column.id, key: column.key, labels: distinct.map((text) => [place(text), text]), at: (run) => place(written(column.of(run))) };
  }

  showParallel(runs, axes) {
    const place = document.getElementById("parallel");
    if (axes.length < 2) {
      place.textContent = t("few_runs");
      return;
    }
    const gap = Math.max(AXIS_GAP, (place.clientWidth - 2 * SIDE) / (axes.length - 1));
    const picture = svg("svg", { width: 2 * SIDE + gap * (axes.length - 1), height: HEIGHT, role: "img" });
    picture.setAttribute("aria-label", t("parallel"));
    const x = (i) => SIDE + i * gap, y = (part) => HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
    for (const run of runs) {
      const points = axes.map((axis, i) => [x(i), y(axis.at(run))]).filter((point) => Number.isFinite(point[1]));
      const path = svg("path", { d: "M" + points.join("L"), stroke: this.page.board.color(this.page.colors.get(run.run)) });
      path.dataset.run = run.run;
      path.classList.toggle("out", run.out);
      path.append(svg("title", {}, run.run));
      path.onpointerenter = () => this.light(run.run);
      path.onpointerleave = () => this.light(null);
      picture.append(path);
    }
    axes.forEach((axis, i) => picture.append(...this.axisParts(axis, x(i), y)));
    place.replaceChildren(picture);
  }

  axisParts(axis, x, y) {
    const brush = this.brushes.get(axis.id);
    const catcher = svg("rect", { class: "catch", x: x - 16, width: 32, y: y(1) - 6, height: y(0) - y(1) + 12 });
    const parts = [
      svg("text", { x, y: 14, "text-anchor": "middle", "font-weight": "bold" }, axis.key),
      svg("line", { class: "axis", x1: x, x2: x, y1: y(0), y2: y(1) }),
      ...axis.labels.map(([part, text]) => svg("text", { x: x + 6, y: y(part) + (part === 0 ? 14 : -4) }, text)),
      catcher,
    ];
    if (brush) parts.push(svg("rect", { class: "brush", x: x - 9, width: 18, y: y(brush[1]), height: y(brush[0]) - y(brush[1]) }));
    const part = (event) => (y(0) - event.offsetY) / (y(0) - y(1));
    catcher.onpointerdown = (down) => {
      const from = part(down);
      down.preventDefault();
      addEventListener("pointerup", (up) => {
        const to = (y(0) - (up.clientY - catcher.ownerSVGElement.getBoundingClientRect().top)) / (y(0) - y(1));
        if (Math.abs(to - from) > 0.02) this.brushes.set(axis.id, [Math.min(from, to), Math.max(from, to)]);
        else this.brushes.delete(axis.id);
        this.show();
      }, { once: true });
    };
    return parts;
  }
}
