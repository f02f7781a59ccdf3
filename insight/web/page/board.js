// All charts together: their settings, the view and the crosshair that they share, and when they
// are drawn.

import { unitOf } from "./axis.js";
import { Chart } from "./chart.js";
import { Curve, firstFrom } from "./curves.js";
import { t } from "./words.js";

// As insight/chart-text.c has them: safe for colour blindness, in the order of their use.
const LIGHT = ["#0067b0", "#c9510c", "#00805f", "#a8477f", "#9a6a00", "#2a8fc4"];
const DARK = ["#62b0ee", "#f68d4f", "#35c79c", "#e59ac6", "#e8b83f", "#9bdcf7"];
const PAGE_OF_CHARTS = 48; // as many are added each time that the end comes into sight
const MARKED_MOST = 3; // runs; the marks of more would hide the curves
const FOCUS_MS = 60;
const MOST_DELAYS = 4096;
const MARGIN = 0.5; // of the view's width, read beside it

// "val_loss" stands in the chart of "loss".
export function groupOf(tag) {
  return tag.startsWith("val_") ? tag.slice(4) : tag;
}

export class Board {
  // The page: rows (name -> run), colors (name -> number), events (name -> list), started(curve) is
  // told of each curve that has been read.
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.charts = new Map();
    this.curves = new Map(); // "run\ntag" -> Curve
    this.settings = { x: "step", smoothing: 0.6, logX: false, logY: false, clip: false };
    this.room = PAGE_OF_CHARTS;
    this.view = null;
    this.hover = null;
    this.fresh = []; // times of points that came live and are not drawn yet
    this.delays = [];
    this.unit = unitOf;
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.onchange = () => this.restyle();
    this.seen = new IntersectionObserver((entries) => this.onSeen(entries), { rootMargin: "200px" });
    this.sizes = new ResizeObserver(() => this.redraw());
    this.restyle();
  }

  restyle() {
    const style = getComputedStyle(document.documentElement);
    this.theme = {
      font: "12px " + getComputedStyle(document.body).fontFamily,
      dim: style.getPropertyValue("--dim"), grid: style.getPropertyValue("--line"),
      box: this.dark.matches ? "rgb(120 174 237 / 25%)" : "rgb(28 113 216 / 18%)",
    };
    this.relabel();
  }

  // --- which charts there are ---

  // The runs in the order of the list, and the tags of each that pass the filter. A workspace may
  // have thousands of tags: charts are made page by page, and those of other pages do not exist.
  // Returns how many there are and how many there could be.
  arrange(runs, tagsOf) {
    const groups = new Map();
    for (const run of runs)
      for (const tag of tagsOf(run)) {
        const group = groupOf(tag);
        if (!groups.has(group)) groups.set(group, []);
        groups.get(group).push([run, tag]);
      }
    const names = [...groups.keys()].sort((a, b) => this.rank(a) - this.rank(b) || a.localeCompare(b));
    const wanted = new Set(), shown = new Set(names.slice(0, this.room));
    this.place.replaceChildren(...[...shown].map((group) => {
      const chart = this.chart(group);
      chart.curves = groups.get(group).map(([run, tag]) => this.curve(run, tag, wanted));
      return chart.element;
    }));
    for (const [group, chart] of this.charts)
      if (!shown.has(group)) this.drop(group, chart);
    for (const key of this.curves.keys()) if (!wanted.has(key)) this.curves.delete(key);
    this.page.watch();
    this.relabel();
    return { shown: shown.size, all: names.length };
  }

  makeRoom() {
    this.room += PAGE_OF_CHARTS;
  }

  // What is looked for anew begins with its first page.
  forgetRoom() {
    this.room = PAGE_OF_CHARTS;
  }

  rank(group) {
    const chart = this.charts.get(group);
    if (chart?.element.classList.contains("pinned")) return -1;
    const known = ["loss", "accuracy"].indexOf(group);
    return known < 0 ? 9 : known;
  }

  chart(group) {
    if (!this.charts.has(group)) {
      const chart = new Chart(this, group);
      chart.element.chart = chart;
      this.charts.set(group, chart);
      this.seen.observe(chart.element);
      this.sizes.observe(chart.canvas);
    }
    return this.charts.get(group);
  }

  drop(group, chart) {
    this.seen.unobserve(chart.element);
    this.sizes.unobserve(chart.canvas);
    this.charts.delete(group);
  }

  curve(run, tag, wanted) {
    const key = run + "\n" + tag;
    wanted.add(key);
    if (!this.curves.has(key)) this.curves.set(key, new Curve(run, tag, (times) => this.onChange(times)));
    const curve = this.curves.get(key);
    if (this.charts.get(groupOf(tag)).inSight) this.start(curve);
    return curve;
  }

  find(run, tag) {
    return this.curves.get(run + "\n" + tag);
  }

  // Curves are read when their chart comes into sight, not before.
  onSeen(entries) {
    for (const entry of entries) {
      const { chart } = entry.target;
      chart.inSight = entry.isIntersecting;
      if (chart.inSight) for (const curve of chart.curves) this.start(curve);
    }
    this.redraw();
  }

  start(curve) {
    if (curve.loaded || curve.loading) return;
    curve.load().then(() => this.page.watch(), (error) => this.page.complain(error));
  }

  // What is looked at on the live connection.
  watched() {
    const runs = new Map();
    for (const curve of this.curves.values()) {
      if (!curve.loaded) continue;
      if (!runs.has(curve.run)) runs.set(curve.run, {});
      runs.get(curve.run)[curve.tag] = curve.last;
    }
    return runs;
  }

  // --- how they look ---

  get palette() {
    return this.dark.matches ? DARK : LIGHT;
  }

  color(number) {
    return this.palette[number % this.palette.length];
  }

  // One run alone: its curves differ in colour. Several: each has its own, validation is dashed.
  style(chart, curve) {
    const alone = this.page.shown.size === 1;
    const validation = curve.tag.startsWith("val_");
    return { color: this.color(alone ? +validation : this.page.colors.get(curve.run)), dashed: !alone && validation };
  }

  label(chart, curve) {
    const side = chart.curves.some((other) => other.tag !== curve.tag) ? t(curve.tag.startsWith("val_") ? "validation" : "training") : "";
    if (this.page.shown.size === 1) return side;
    return side ? `${curve.run}, ${side}` : curve.run;
  }

  stepsPerEpoch(run) {
    return this.page.rows.get(run)?.steps_per_epoch || 1;
  }

  started(run) {
    return this.page.rows.get(run)?.started ?? 0;
  }

  markers(chart) {
    if (this.page.shown.size > MARKED_MOST) return [];
    const { x } = this.settings;
    return [...this.page.shown].flatMap((run) => (this.page.events.get(run) ?? []).filter((event) => event.kind !== "checkpoint" && event.kind !== "recorder").map((event) => ({
      label: t(event.kind).replaceAll("_", " "),
      x: x === "step" ? event.step : x === "epoch" ? event.step / this.stepsPerEpoch(run) : x === "relative" ? event.time - this.started(run) : event.time,
    })));
  }

  // Where the chart is drawn by the studio's painter.
  figure(chart, format) {
    const { x, smoothing, logY } = this.settings;
    const query = new URLSearchParams({ format, width: 720, height: 440, title: chart.title(), smoothing, log: +logY, x: x === "epoch" || x === "step" ? x : "time" });
    for (const curve of chart.curves) {
      if (!query.getAll("run").includes(curve.run)) query.append("run", curve.run);
      if (!query.getAll("tag").includes(curve.tag)) query.append("tag", curve.tag);
    }
    if (this.view && x === "step") {
      query.set("from", Math.max(0, Math.floor(this.view[0])));
      query.set("to", Math.max(0, Math.ceil(this.view[1])));
    }
    return "/api/chart?" + query;
  }

  relabel() {
    for (const chart of this.charts.values()) chart.relabel();
    this.redraw();
  }

  set(settings) {
    const turned = settings.x && settings.x !== this.settings.x;
    Object.assign(this.settings, settings);
    for (const chart of this.charts.values()) chart.yView = null;
    if (turned) this.setView(null);
    this.relabel();
  }

  togglePin(chart) {
    chart.element.classList.toggle("pinned");
    this.page.arrange();
    chart.pin.focus();
  }

  // --- view and crosshair ---

  setHover(x) {
    this.hover = x;
    this.redraw();
  }

  setView(view) {
    this.view = view;
    clearTimeout(this.focusing);
    if (!view) for (const curve of this.curves.values()) curve.unfocus();
    else this.focusing = setTimeout(() => this.focus(), FOCUS_MS);
    this.page.zoomed(view !== null);
    this.relabel();
  }

  // The view in steps of a curve, and some beside it, so that a small move needs no reading.
  stretch(chart, curve) {
    const x = chart.positions(curve, curve.overview), { step } = curve.overview;
    if (!x.length) return null;
    const beside = MARGIN * (this.view[1] - this.view[0]);
    const from = Math.max(firstFrom(x, this.view[0] - beside) - 1, 0);
    const to = firstFrom(x, this.view[1] + beside);
    return [step[from], to < step.length ? step[to] : Infinity];
  }

  focus() {
    for (const chart of this.charts.values()) {
      if (!chart.inSight) continue;
      for (const curve of chart.curves) {
        const stretch = curve.overview.whole ? null : this.stretch(chart, curve);
        if (stretch) curve.focus(...stretch).catch((error) => this.page.complain(error));
      }
    }
  }

  // --- drawing ---

  onChange(times) {
    this.fresh.push(...times);
    this.redraw();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = null;
    for (const chart of this.charts.values()) if (chart.inSight) chart.draw();
    const times = this.fresh;
    this.fresh = [];
    // Once the frame has been presented: how old each of its points is, in milliseconds.
    if (times.length)
      setTimeout(() => {
        const now = Date.now();
        this.delays.push(...times.map((time) => now - 1000 * time));
        if (this.delays.length > MOST_DELAYS) this.delays.splice(0, this.delays.length - MOST_DELAYS);
      });
  }

  // The median of the last points; null when nothing came live.
  delay() {
    const recent = this.delays.slice(-31).sort((a, b) => a - b);
    return recent.length ? Math.max(0, Math.round(recent[recent.length >> 1])) : null;
  }
}
