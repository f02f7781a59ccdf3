// Distributions over the steps: of each series the bands in which the middle part of the numbers
// lies, or one histogram behind the other.

import { format, ticks } from "./axis.js";
import { ask, runPath } from "./link.js";
import { t } from "./words.js";

const MOST = 48;
const MARGIN = { left: 56, right: 12, top: 8, bottom: 22 };
// The parts of the numbers that a band holds: one, two and three deviations of a bell curve, and all.
const BANDS = [[0, 1], [0.0013, 0.9987], [0.0228, 0.9772], [0.1587, 0.8413]];

// The number below which the part q of a histogram's numbers lies.
function quantile(histogram, q) {
  let left = q * histogram.n;
  const { counts, edges } = histogram;
  for (let i = 0; i < counts.length; i++) {
    if (left <= counts[i] && counts[i] > 0) return edges[i] + (left / counts[i]) * (edges[i + 1] - edges[i]);
    left -= counts[i];
  }
  return edges[edges.length - 1];
}

class HistogramCard {
  constructor(view, name) {
    this.view = view;
    this.name = name;
    this.histograms = [];
    this.element = document.createElement("article");
    this.element.className = "card";
    this.heading = document.createElement("h3");
    this.heading.textContent = this.heading.title = name;
    this.said = document.createElement("p");
    this.said.className = "dim figures said";
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.tabIndex = 0;
    this.element.append(this.heading, this.said, this.canvas);
    this.element.card = this;
    this.canvas.onpointermove = (event) => this.point(event.offsetX);
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onkeydown = (event) => this.key(event);
  }

  async read() {
    const run = this.view.run;
    const query = new URLSearchParams({ name: this.name, most: MOST });
    const { histograms } = await ask(runPath(run, "/histograms?" + query));
    if (run !== this.view.run) return;
    this.histograms = histograms.filter((histogram) => histogram.n > 0);
    this.at = null;
    this.draw();
  }

  point(x) {
    const at = x === null || !this.histograms.length ? null : this.nearest(this.place.fromX(x));
    if (at === this.at) return;
    this.at = at;
    this.draw();
  }

  key(event) {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!by || !this.histograms.length) return;
    event.preventDefault();
    this.at = Math.min(Math.max((this.at ?? this.histograms.length - 1) + by, 0), this.histograms.length - 1);
    this.draw();
  }

  nearest(step) {
    let best = 0;
    for (let i = 1; i < this.histograms.length; i++)
      if (Math.abs(this.histograms[i].step - step) < Math.abs(this.histograms[best].step - step)) best = i;
    return best;
  }

  draw() {
    const ratio = devicePixelRatio || 1, width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (!width) return;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = this.view.board.theme.font;
    this.say();
    if (!this.histograms.length) return;
    if (this.view.ridges) this.drawRidges(context, width, height);
    else this.drawBands(context, width, height);
  }

  // What the pointer is at, or the newest, in words: for those who do not see the picture, too.
  say() {
    const histogram = this.histograms[this.at ?? this.histograms.length - 1];
    const text = histogram
      ? t("histogram_says", format(histogram.step, "count"), format(histogram.mean ?? NaN, "none", 3), format(histogram.deviation ?? NaN, "none", 3), format(histogram.min ?? NaN, "none", 3), format(histogram.max ?? NaN, "none", 3))
      : t("nothing_yet");
    this.said.textContent = text;
    this.canvas.setAttribute("aria-label", `${this.name}: ${text}`);
  }

  layout(width, height, low, high) {
    const steps = this.histograms.map((histogram) => histogram.step);
    const [first, last] = [steps[0], Math.max(steps[steps.length - 1], steps[0] + 1)];
    const left = MARGIN.left, right = width - MARGIN.right, floor = height - MARGIN.bottom;
    const place = {
      left, right, floor, first, last,
      toX: (step) => left + ((step - first) / (last - first)) * (right - left),
      fromX: (x) => first + ((x - left) / (right - left)) * (last - first),
      toY: (value) => floor - ((value - low) / (high - low || 1)) * (floor - MARGIN.top),
    };
    this.place = place;
    return place;
  }

  drawAxis(context, { left, right, floor, first, last, toX, toY }, yTicks) {
    const { theme } = this.view.board;
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.dim;
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const value of yTicks) {
      const y = Math.round(toY(value)) + 0.5;
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(right, y);
      context.stroke();
      context.fillText(format(value, "none", 3), left - 8, y);
    }
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    for (const step of ticks(first, last, false, Math.max(2, Math.floor((right - left) / 90))))
      context.fillText(format(step, "count"), Math.min(Math.max(toX(step), left + 10), right - 14), floor + 17);
  }

  drawBands(context, width, height) {
    const list = this.histograms;
    const low = Math.min(...list.map((one) => one.min)), high = Math.max(...list.map((one) => one.max));
    const place = this.layout(width, height, low, high), { toX, toY } = place;
    this.drawAxis(context, place, ticks(low, high, false, Math.max(2, Math.floor(height / 44))));
    context.fillStyle = this.view.board.color(0);
    for (const [from, to] of BANDS) {
      context.globalAlpha = 0.2;
      context.beginPath();
      for (const one of list) context.lineTo(toX(one.step), toY(to === 1 ? one.max : quantile(one, to)));
      for (const one of [...list].reverse()) context.lineTo(toX(one.step), toY(from === 0 ? one.min : quantile(one, from)));
      if (list.length === 1) context.lineTo(place.right, toY(quantile(list[0], from))), context.lineTo(place.right, toY(quantile(list[0], to)));
      context.closePath();
      context.fill();
    }
    context.globalAlpha = 1;
    context.strokeStyle = this.view.board.color(0);
    context.lineWidth = 2;
    context.beginPath();
    for (const one of list) context.lineTo(toX(one.step), toY(quantile(one, 0.5)));
    context.stroke();
    this.drawPointer(context, place);
  }

  drawPointer(context, { toX, floor }) {
    if (this.at === null) return;
    const x = Math.round(toX(this.histograms[this.at].step)) + 0.5;
    context.strokeStyle = this.view.board.theme.dim;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, MARGIN.top);
    context.lineTo(x, floor);
    context.stroke();
  }

  // The oldest stands at the back and highest; the one that is pointed at is strong.
  drawRidges(context, width, height) {
    const list = this.histograms, { theme } = this.view.board;
    const low = Math.min(...list.map((one) => one.min)), high = Math.max(...list.map((one) => one.max));
    const left = 12, right = width - 12, floor = height - MARGIN.bottom, rise = (floor - MARGIN.top) * 0.62, tall = (floor - MARGIN.top) * 0.34;
    const toX = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
    const most = Math.max(...list.map((one) => Math.max(...one.counts.map((count, i) => count / (one.n * (one.edges[i + 1] - one.edges[i] || 1))))));
    this.place = { fromX: (x) => list[0].step + ((x - left) / (right - left)) * (list[list.length - 1].step - list[0].step) };
    list.forEach((one, i) => {
      const base = floor - rise * (1 - (list.length > 1 ? i / (list.length - 1) : 1));
      const lit = i === (this.at ?? list.length - 1);
      context.beginPath();
      context.moveTo(toX(one.edges[0]), base);
      one.counts.forEach((count, bin) => {
        const density = count / (one.n * (one.edges[bin + 1] - one.edges[bin] || 1)), y = base - tall * (density / (most || 1));
        context.lineTo(toX((one.edges[bin] + one.edges[bin + 1]) / 2), y);
      });
      context.lineTo(toX(one.edges[one.edges.length - 1]), base);
      context.fillStyle = this.view.board.color(0);
      context.globalAlpha = lit ? 0.75 : 0.16;
      context.fill();
      context.globalAlpha = lit ? 1 : 0.5;
      context.strokeStyle = lit ? this.view.board.color(0) : theme.dim;
      context.lineWidth = lit ? 1.6 : 0.7;
      context.stroke();
    });
    context.globalAlpha = 1;
    context.fillStyle = theme.dim;
    context.textAlign = "center";
    for (const value of ticks(low, high, false, Math.max(2, Math.floor(width / 90))))
      context.fillText(format(value, "none", 3), Math.min(Math.max(toX(value), 20), width - 20), floor + 17);
  }
}

export class Histograms {
  constructor(place, empty, board) {
    this.place = place;
    this.empty = empty;
    this.board = board;
    this.cards = new Map();
    this.ridges = false;
    this.filter = /(?:)/;
    // Cards are read when they come into sight, for there may be hundreds.
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        target.card.inSight = isIntersecting;
        if (isIntersecting) target.card.read().catch((error) => this.complain(error));
      }
    }, { rootMargin: "200px" });
    this.sizes = new ResizeObserver(() => this.redraw());
  }

  async show(run, complain) {
    this.complain = complain;
    this.asked = run;
    const { series } = run ? await ask(runPath(run, "/histogram-series")) : { series: [] };
    if (run !== this.asked) return;
    if (run !== this.run) this.forget();
    this.run = run;
    const names = series.map((one) => one.name).filter((name) => this.filter.test(name));
    for (const [name, card] of this.cards)
      if (!names.includes(name)) this.drop(name, card);
    this.place.replaceChildren(...names.map((name) => this.card(name).element));
    this.empty.hidden = names.length > 0;
    for (const card of this.cards.values()) if (card.inSight) card.read().catch(complain);
  }

  card(name) {
    if (!this.cards.has(name)) {
      const card = new HistogramCard(this, name);
      this.cards.set(name, card);
      this.seen.observe(card.element);
      this.sizes.observe(card.canvas);
    }
    return this.cards.get(name);
  }

  drop(name, card) {
    this.seen.unobserve(card.element);
    this.sizes.unobserve(card.canvas);
    this.cards.delete(name);
  }

  forget() {
    for (const [name, card] of this.cards) this.drop(name, card);
  }

  redraw() {
    for (const card of this.cards.values()) if (card.inSight) card.draw();
  }
}
