// Ticks and numbers, as the studio writes them.

const STEPS = [1, 2, 5, 10];

export function ticks(min, max, log, wanted) {
  if (!(max > min)) return [min];
  if (log) {
    const powers = [];
    const low = Math.ceil(Math.log10(min) - 1e-9), high = Math.floor(Math.log10(max) + 1e-9);
    const stride = Math.max(1, Math.ceil((high - low + 1) / wanted));
    for (let p = low; p <= high; p += stride) powers.push(10 ** p);
    if (powers.length > 1) return powers;
  }
  const raw = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((s) => s * power >= raw * 0.999) * power;
  const result = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) result.push(i * step);
  return result;
}

// Multiples of a second that people count in.
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

export function timeTicks(min, max, wanted) {
  const raw = (max - min) / wanted;
  if (raw < 1 || raw > 86400) return ticks(min, max, false, wanted);
  const step = SECONDS.find((s) => s >= raw);
  const result = [];
  for (let i = Math.ceil(min / step); i * step <= max; i++) result.push(i * step);
  return result;
}

export function format(value, unit, digits = 4) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (unit === "percent") return trim((100 * value).toPrecision(digits)) + " %";
  if (unit === "count") return (Math.round(value) || 0).toLocaleString("en").replaceAll(",", "\u202f");
  if (unit === "relative") return span(value);
  if (unit === "wall") return clock(value);
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e6)) return trim(value.toExponential(digits - 1)).replace("e+", "e");
  return trim(value.toPrecision(digits));
}

function trim(text) {
  return text.replace(/(\.\d*?)0+(?=$|e)/, "$1").replace(/\.(?=$|e)/, "").replace("-", "−").replace("e−", "e-");
}

function span(seconds) {
  const size = Math.abs(seconds);
  if (size < 60) return trim(seconds.toPrecision(3)) + " s";
  if (size < 3600) return `${Math.floor(size / 60)} min` + (size % 60 >= 1 ? ` ${Math.floor(size % 60)} s` : "");
  return `${Math.floor(size / 3600)} h` + (size % 3600 >= 60 ? ` ${Math.floor((size % 3600) / 60)} min` : "");
}

export function clock(seconds) {
  return new Date(1000 * seconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

export function unitOf(tag) {
  return /accuracy|precision|recall|f1|auc|iou|specificity/.test(tag) ? "percent" : "none";
}
