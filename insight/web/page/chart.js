// One chart on a canvas: curves of a group of tags over several runs, drawn when something changed
// and never more than once a frame.

import { clock, format, ticks, timeTicks } from "./axis.js";
import { firstFrom } from "./curves.js";
import { t } from "./words.js";

const MARGIN = { top: 10, right: 12, bottom: 24 };
const LEGEND_MOST = 24;
const BOX_LEAST = 6; // pixels of a drag that is meant

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export class Chart {
  constructor(board, group) {
    this.board = board;
    this.group = group;
    this.curves = [];
    this.yView = null;
    this.canvas = element("canvas", { tabIndex: 0 });
    this.canvas.setAttribute("role", "img");
    this.heading = element("h3");
    this.pin = element("button", { type: "button", onclick: () => board.togglePin(this) });
    this.links = ["svg", "pdf", "png"].map((kind) => element("a", { textContent: kind.toUpperCase(), download: `${group}.${kind}` }));
    this.legend = element("ul", { className: "legend" });
    this.element = element("article", { className: "card" }, element("header", {}, this.heading, this.pin, ...this.links), this.legend, this.canvas);
    this.listen();
  }

  title() {
    return t(this.group);
  }

  // --- what is drawn where ---

  // The positions of a part's columns on the x axis; kept with the part.
  positions(curve, part) {
    const { x } = this.board.settings;
    if (x === "step") return part.step;
    if (part.xOf !== x) part.x = [];
    part.xOf = x;
    const per = this.board.stepsPerEpoch(curve.run), start = this.board.started(curve.run);
    for (let i = part.x.length; i < part.step.length; i++)
      part.x.push(x === "epoch" ? part.step[i] / per : x === "relative" ? part.time[i] - start : part.time[i]);
    return part.x;
  }

  wholeRange() {
    let low = Infinity, high = -Infinity;
    for (const curve of this.curves) {
      const x = this.positions(curve, curve.overview);
      if (!x.length) continue;
      low = Math.min(low, this.board.settings.logX ? (x[firstFrom(x, 1e-9)] ?? x[0]) : x[0]);
      high = Math.max(high, x[x.length - 1]);
    }
    return low < high ? [low, high] : Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  }

  // The part of a curve that suits the view, and which of its columns are in it.
  visible(curve, range) {
    const all = this.positions(curve, curve.overview);
    const near = (x) => curve.overview.step[Math.min(firstFrom(all, x), all.length - 1)] ?? 0;
    const part = curve.detail ? curve.part(near(range[0]), near(range[1])) : curve.overview;
    const x = this.positions(curve, part);
    const from = Math.max(firstFrom(x, range[0]) - 1, 0), to = Math.min(firstFrom(x, range[1]) + 1, x.length);
    return { curve, part, x, from, to, smooth: curve.smooth(part, this.smoothing()) };
  }

  // A schedule is no noise.
  smoothing() {
    return this.group === "learning_rate" ? 0 : this.board.settings.smoothing;
  }

  valueRange(views) {
    if (this.yView) return this.yView;
    const { clip, logY } = this.board.settings;
    let low = Infinity, high = -Infinity;
    const values = [];
    for (const view of views)
      for (let i = view.from; i < view.to; i++) {
        if (clip) { if (Number.isFinite(view.part.value[i])) values.push(view.part.value[i]); continue; }
        const min = view.part.min[i], max = view.part.max[i];
        if (Number.isFinite(min) && !(logY && min <= 0)) low = Math.min(low, min);
        if (Number.isFinite(max) && !(logY && max <= 0)) high = Math.max(high, max);
      }
    if (clip && values.length) {
      values.sort((a, b) => a - b);
      low = values[Math.floor(0.02 * (values.length - 1))];
      high = values[Math.ceil(0.98 * (values.length - 1))];
      if (logY) low = Math.max(low, values.find((v) => v > 0) ?? 1e-12);
    }
    if (!(low <= high)) return logY ? [0.1, 1] : [0, 1];
    if (logY) return [low / 1.1, high * 1.1];
    const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    return [low - pad, high + pad];
  }

  layout(views, range) {
    const { settings, unit } = this.board;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    const [bottom, top] = this.valueRange(views);
    const context = this.canvas.getContext("2d");
    context.font = this.board.theme.font;
    const yTicks = ticks(bottom, top, settings.logY, Math.max(2, Math.floor(height / 44)));
    const labels = yTicks.map((y) => format(y, unit(this.group), 4));
    const left = Math.ceil(Math.max(18, ...labels.map((label) => context.measureText(label).width))) + 10;
    const right = width - MARGIN.right, floor = height - MARGIN.bottom;
    const fit = (log, a, b, from, to) => {
      if (!log) return [(v) => from + ((v - a) / (b - a)) * (to - from), (p) => a + ((p - from) / (to - from)) * (b - a)];
      const la = Math.log(Math.max(a, 1e-12)), lb = Math.log(Math.max(b, 1e-12));
      return [(v) => from + ((Math.log(Math.max(v, 1e-12)) - la) / (lb - la)) * (to - from), (p) => Math.exp(la + ((p - from) / (to - from)) * (lb - la))];
    };
    const [toX, fromX] = fit(settings.logX && settings.x !== "wall", range[0], range[1], left, right);
    const [toY, fromY] = fit(settings.logY, bottom, top, floor, MARGIN.top);
    return { context, width, height, left, right, floor, toX, fromX, toY, fromY, yTicks, labels, range, bottom, top };
  }

  // --- drawing ---

  draw() {
    const ratio = devicePixelRatio || 1;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (!width) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const range = this.board.view ?? this.wholeRange();
    const views = this.curves.map((curve) => this.visible(curve, range));
    const place = (this.place = this.layout(views, range));
    const { context } = place;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawGrid(place);
    context.save();
    context.beginPath();
    context.rect(place.left, 0, place.right - place.left + 1, place.floor + 1);
    context.clip();
    this.drawMarkers(place);
    for (const view of views) this.drawCurve(place, view);
    this.drawPointer(place, views);
    context.restore();
    this.describe(views);
  }

  drawGrid({ context, left, right, floor, toX, toY, yTicks, labels, range }) {
    const { theme, settings } = this.board;
    const isTime = settings.x === "relative" || settings.x === "wall";
    const wanted = Math.max(2, Math.floor((right - left) / 90));
    const xTicks = isTime ? timeTicks(range[0], range[1], wanted) : ticks(range[0], range[1], settings.logX, wanted);
    context.lineWidth = 1;
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.dim;
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.beginPath();
    yTicks.forEach((y, i) => {
      const at = Math.round(toY(y)) + 0.5;
      context.moveTo(left, at);
      context.lineTo(right, at);
      context.fillText(labels[i], left - 8, at);
    });
    context.stroke();
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    for (const x of xTicks) {
      const at = toX(x), label = this.xLabel(x), half = context.measureText(label).width / 2;
      context.fillText(label, Math.min(Math.max(at, half), right + MARGIN.right - half), floor + 17);
    }
  }

  xLabel(x) {
    const { x: axis } = this.board.settings;
    if (axis === "wall") return clock(x);
    return format(x, axis === "step" ? (Number.isInteger(x) ? "count" : "none") : axis === "relative" ? "relative" : "none");
  }

  drawMarkers({ context, toX, floor }) {
    const { theme } = this.board;
    context.setLineDash([2, 3]);
    context.strokeStyle = context.fillStyle = theme.dim;
    context.textAlign = "left";
    for (const { x, label } of this.board.markers(this)) {
      const at = Math.round(toX(x)) + 0.5;
      context.beginPath();
      context.moveTo(at, MARGIN.top);
      context.lineTo(at, floor);
      context.stroke();
      context.fillText(label, at + 4, MARGIN.top + 10);
    }
    context.setLineDash([]);
  }

  line({ context, toX, toY }, view, values) {
    let pen = false;
    context.beginPath();
    for (let i = view.from; i < view.to; i++) {
      if (!Number.isFinite(values[i])) { pen = false; continue; }
      const x = toX(view.x[i]), y = toY(values[i]);
      if (pen) context.lineTo(x, y);
      else context.moveTo(x, y);
      pen = true;
    }
    context.stroke();
  }

  drawCurve(place, view) {
    const { context, toX, toY } = place;
    const { color, dashed } = this.board.style(this, view.curve);
    const last = view.to - 1;
    context.strokeStyle = context.fillStyle = color;
    context.lineJoin = "round";
    context.lineWidth = 1;
    context.globalAlpha = 0.28;
    if (!view.part.whole) this.drawBand(place, view);
    else if (view.smooth !== view.part.value) this.line(place, view, view.part.value);
    context.globalAlpha = 1;
    context.lineWidth = 2;
    if (dashed) context.setLineDash([6, 4]);
    this.line(place, view, view.smooth);
    context.setLineDash([]);
    if (last >= 0 && Number.isFinite(view.smooth[last])) {
      context.beginPath();
      context.arc(toX(view.x[last]), toY(view.smooth[last]), 3, 0, 7);
      context.fill();
    }
  }

  // Between the least and the greatest value of each column: nothing that was recorded is hidden.
  drawBand({ context, toX, toY }, { part, x, from, to }) {
    context.beginPath();
    for (let i = from; i < to; i++)
      if (Number.isFinite(part.max[i])) context.lineTo(toX(x[i]), toY(part.max[i]));
    for (let i = to - 1; i >= from; i--)
      if (Number.isFinite(part.min[i])) context.lineTo(toX(x[i]), toY(part.min[i]));
    context.closePath();
    context.fill();
  }

  drawPointer(place, views) {
    const { context, toX, toY, floor } = place;
    const { theme, hover } = this.board;
    if (hover !== null) {
      const at = Math.round(toX(hover)) + 0.5;
      context.strokeStyle = theme.dim;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(at, MARGIN.top);
      context.lineTo(at, floor);
      context.stroke();
      for (const view of views) {
        const i = this.nearest(view, hover);
        if (i < 0 || !Number.isFinite(view.smooth[i])) continue;
        context.fillStyle = this.board.style(this, view.curve).color;
        context.beginPath();
        context.arc(toX(view.x[i]), toY(view.smooth[i]), 4, 0, 7);
        context.fill();
      }
    }
    if (!this.box) return;
    const { x0, y0, x1, y1 } = this.box;
    context.fillStyle = theme.box;
    context.fillRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
  }

  nearest(view, x) {
    const i = firstFrom(view.x, x);
    if (i >= view.x.length) return view.x.length - 1;
    return i > 0 && x - view.x[i - 1] < view.x[i] - x ? i - 1 : i;
  }

  // --- in words ---

  describe(views) {
    const { hover, unit } = this.board;
    const rows = views.slice(0, LEGEND_MOST).map((view) => {
      const i = hover === null ? view.smooth.length - 1 : this.nearest(view, hover);
      const value = i < 0 ? "" : format(view.smooth[i], unit(this.group), 4);
      return { ...this.board.style(this, view.curve), text: `${this.board.label(this, view.curve)} ${value}` };
    });
    while (this.legend.children.length > rows.length) this.legend.lastChild.remove();
    rows.forEach(({ color, dashed, text }, i) => {
      let item = this.legend.children[i];
      if (!item) {
        item = element("li", {}, element("i"), element("span"));
        this.legend.append(item);
      }
      item.firstChild.className = dashed ? "dashed" : "";
      item.firstChild.style.setProperty("--swatch", color);
      if (item.lastChild.textContent !== text) item.lastChild.textContent = text;
    });
    const where = hover === null ? "" : ", " + t("at", this.xLabel(hover));
    this.canvas.setAttribute("aria-label", `${t("chart_of", this.title())}${where}: ${rows.map((row) => row.text).join(", ")}`);
  }

  relabel() {
    this.heading.textContent = this.heading.title = this.title();
    this.pin.textContent = t("pin");
    this.pin.setAttribute("aria-pressed", this.element.classList.contains("pinned"));
    for (const [i, kind] of ["svg", "pdf", "png"].entries()) this.links[i].href = this.board.figure(this, kind);
  }

  // --- pointer and keys ---

  listen() {
    const { canvas, board } = this;
    const at = (event) => ({ x: event.offsetX, y: event.offsetY });
    canvas.onpointermove = (event) => {
      const { x, y } = at(event);
      if (this.box) Object.assign(this.box, { x1: x, y1: y });
      if (this.place) board.setHover(this.place.fromX(Math.min(Math.max(x, this.place.left), this.place.right)));
    };
    canvas.onpointerleave = () => board.setHover(null);
    canvas.onpointerdown = (event) => {
      if (event.button !== 0) return;
      const { x, y } = at(event);
      canvas.setPointerCapture(event.pointerId);
      this.box = { x0: x, y0: y, x1: x, y1: y };
    };
    canvas.onpointerup = () => this.takeBox();
    canvas.onpointercancel = () => { this.box = null; };
    canvas.ondblclick = () => { this.yView = null; board.setView(null); };
    canvas.onwheel = (event) => {
      event.preventDefault();
      this.zoom(this.place.fromX(event.offsetX), Math.exp(event.deltaY * 0.0015));
    };
    canvas.onkeydown = (event) => this.key(event);
  }

  takeBox() {
    const box = this.box, place = this.place;
    this.box = null;
    if (!box || !place) return;
    const wide = Math.abs(box.x1 - box.x0) >= BOX_LEAST, high = Math.abs(box.y1 - box.y0) >= BOX_LEAST;
    if (high && wide) this.yView = [place.fromY(Math.max(box.y0, box.y1)), place.fromY(Math.min(box.y0, box.y1))];
    if (wide) this.board.setView([place.fromX(Math.min(box.x0, box.x1)), place.fromX(Math.max(box.x0, box.x1))]);
    this.board.redraw();
  }

  zoom(x, factor) {
    const [from, to] = this.place.range;
    const whole = this.wholeRange();
    const view = [x - (x - from) * factor, x + (to - x) * factor];
    this.board.setView(view[1] - view[0] >= whole[1] - whole[0] ? null : view);
  }

  key(event) {
    const { board, place } = this;
    const [from, to] = place.range, middle = board.hover ?? (from + to) / 2;
    const part = (event.shiftKey ? 0.2 : 0.01) * (to - from);
    const by = event.key === "ArrowLeft" ? -part : event.key === "ArrowRight" ? part : 0;
    if (by && event.shiftKey) board.setView([from + by, to + by]);
    else if (by) board.setHover(Math.min(Math.max(middle + by, from), to));
    else if (event.key === "+" || event.key === "=") this.zoom(middle, 0.7);
    else if (event.key === "-") this.zoom(middle, 1 / 0.7);
    else if (event.key === "Home") { this.yView = null; board.setView(null); }
    else if (event.key === "Escape") board.setHover(null);
    else return;
    event.preventDefault();
  }
}
