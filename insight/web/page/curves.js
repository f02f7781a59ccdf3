// Curves as a chart needs them: never more than some thousand columns of the stretch in view, and
// what came live since. Zooming reads the stretch anew, down to the recorded points.

import { ask, runPath } from "./link.js";

const COLUMNS = 1200;
const MOST = 3 * COLUMNS; // columns and live points, before the overview is read again

function empty() {
  return { step: [], time: [], value: [], min: [], max: [], whole: true };
}

function fromAnswer(answer) {
  const numbers = (list) => list.map((x) => (x === null ? NaN : x));
  const value = numbers(answer.value);
  return {
    step: answer.step, time: answer.time, value, whole: answer.whole,
    min: answer.whole ? value : numbers(answer.min), max: answer.whole ? value : numbers(answer.max),
  };
}

// The first index whose x is not before the given one.
export function firstFrom(list, x) {
  let from = 0, to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle] < x) from = middle + 1; else to = middle;
  }
  return from;
}

// Debiased exponential moving average with the weight of one step, as the studio has it: values d
// steps apart take weight^d.
function smoothed(part, weight) {
  if (weight === 0) return part.value;
  const result = new Array(part.value.length);
  let sum = 0, bias = 0;
  for (let i = 0; i < result.length; i++) {
    const value = part.value[i];
    if (!Number.isFinite(value)) { result[i] = value; continue; }
    const keep = weight ** (i > 0 ? Math.max(part.step[i] - part.step[i - 1], 1) : 1);
    sum = keep * sum + (1 - keep) * value;
    bias = keep * bias + (1 - keep);
    result[i] = sum / bias;
  }
  return result;
}

export class Curve {
  // changed(times) is called when there is something to draw, with the times of points that came live.
  constructor(run, tag, changed) {
    this.run = run;
    this.tag = tag;
    this.changed = changed;
    this.overview = empty();
    this.detail = null;
    this.last = -1;
    this.loaded = false;
  }

  async read(from, to) {
    const query = new URLSearchParams({ tag: this.tag, columns: COLUMNS });
    if (from > 0) query.set("from", Math.floor(from));
    if (Number.isFinite(to)) query.set("to", Math.max(Math.ceil(to), 0));
    return fromAnswer(await ask(runPath(this.run, "/scalars?" + query)));
  }

  // Reads the whole curve; what comes live meanwhile is kept.
  async load() {
    if (this.loading) return;
    this.loading = true;
    try {
      const part = await this.read(0, Infinity);
      const last = part.step.length ? part.step[part.step.length - 1] : -1;
      const before = this.overview;
      this.overview = part;
      this.loaded = true;
      const from = before.step.findIndex((step) => step > last);
      if (from >= 0 && !this.stale) this.extend(part, before.step.slice(from), before.time.slice(from), before.value.slice(from));
      this.stale = false;
      this.last = part.step.length ? part.step[part.step.length - 1] : -1;
      this.changed([]);
    } finally {
      this.loading = false;
    }
  }

  // What was read is void: the run was resumed from an earlier checkpoint.
  async reload() {
    this.stale = true;
    this.detail = null;
    await this.load();
  }

  // Reads what lies between two steps as finely as it can be drawn.
  async focus(from, to) {
    const wanted = { from, to };
    this.wanted = wanted;
    const part = await this.read(from, to);
    if (this.wanted !== wanted) return; // overtaken by a later zoom
    this.detail = { ...part, from, to };
    this.changed([]);
  }

  unfocus() {
    this.wanted = null;
    this.detail = null;
  }

  extend(part, step, time, value) {
    if (part.min !== part.value) {
      part.min.push(...value);
      part.max.push(...value);
    }
    part.step.push(...step);
    part.time.push(...time);
    part.value.push(...value);
    part.smooth = null;
  }

  append(points) {
    const from = firstFrom(points.step, this.last + 1);
    if (from === points.step.length) return;
    const step = points.step.slice(from), time = points.time.slice(from);
    const value = points.value.slice(from).map((x) => (x === null ? NaN : x));
    if (this.detail && this.detail.to > this.last) this.extend(this.detail, step, time, value);
    this.extend(this.overview, step, time, value);
    this.last = step[step.length - 1];
    if (this.overview.step.length > MOST) this.load();
    this.changed(time);
  }

  // The best that there is for a view from one step to another.
  part(from, to) {
    return this.detail && this.detail.from <= from && this.detail.to >= to ? this.detail : this.overview;
  }

  smooth(part, weight) {
    if (!part.smooth || part.weight !== weight) {
      part.smooth = smoothed(part, weight);
      part.weight = weight;
    }
    return part.smooth;
  }
}
