// The list of runs, and the head of the one that is looked at with what can be asked of it.

import { format, unitOf } from "./axis.js";
import { ask, change, runPath } from "./link.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const ANSWER_TRIES = 40, ANSWER_MS = 100;

export const statusWord = (status) => t(status === "lost" ? "lost_run" : status);
export const goesOn = (row) => row.status === "running" || row.status === "paused";

function progressText(row) {
  return t("epoch_of", row.epoch, row.epochs, format(row.step, "count"));
}

// A filter's pattern; null when it is no regular expression.
export function pattern(input) {
  try {
    const made = new RegExp(input.value, "i");
    input.classList.remove("wrong");
    input.removeAttribute("aria-invalid");
    return made;
  } catch {
    input.classList.add("wrong");
    input.setAttribute("aria-invalid", "true");
    return null;
  }
}

export class RunList {
  constructor(page) {
    this.page = page;
    this.items = new Map();
    this.filter = /(?:)/;
    $("run-filter").oninput = (event) => {
      this.filter = pattern(event.target) ?? this.filter;
      this.show();
    };
  }

  make(row) {
    const item = document.createElement("li");
    const box = document.createElement("input"), button = document.createElement("button");
    const name = document.createElement("b"), state = document.createElement("small");
    box.type = "checkbox";
    box.onchange = () => this.page.toggle(row.run);
    button.type = "button";
    button.onclick = () => this.page.choose(row.run);
    button.append(name, state);
    item.append(box, button);
    return Object.assign(item, { box, button, name, state });
  }

  update(row) {
    const item = this.items.get(row.run);
    if (!item) return;
    item.name.textContent = item.name.title = row.run;
    item.state.textContent = `${statusWord(row.status)} · ${row.epoch}/${row.epochs}${row.metrics?.loss !== undefined ? " · " + format(row.metrics.loss, "none", 3) : ""}`;
    item.box.checked = this.page.shown.has(row.run);
    item.box.setAttribute("aria-label", t("show", row.run));
    item.box.style.setProperty("--swatch", this.page.board.color(this.page.colors.get(row.run)));
    item.classList.toggle("current", row.run === this.page.current);
    item.button.setAttribute("aria-current", row.run === this.page.current);
  }

  show() {
    const rows = [...this.page.rows.values()].filter((row) => this.filter.test(row.run));
    for (const row of rows) if (!this.items.has(row.run)) this.items.set(row.run, this.make(row));
    for (const name of this.items.keys()) if (!this.page.rows.has(name)) this.items.delete(name);
    $("runs").replaceChildren(...rows.map((row) => this.items.get(row.run)));
    $("no-runs").hidden = rows.length > 0;
    for (const row of rows) this.update(row);
  }
}

export class RunHead {
  constructor(page) {
    this.page = page;
    for (const button of $("steering").querySelectorAll("[data-kind]"))
      button.onclick = () => this.request(button.dataset.kind, { value: 1 });
    $("steering").onsubmit = (event) => {
      event.preventDefault();
      const rate = Number($("rate").value.replace(",", "."));
      if (rate > 0 && Number.isFinite(rate)) this.request("learning-rate", { value: rate });
      else this.say(t("not_a_rate"), true);
    };
    $("setting-path").onchange = () => this.showSetting();
    $("setting").onsubmit = async (event) => {
      event.preventDefault();
      const path = $("setting-path").value, value = $("setting-value").value;
      if (await this.request("set", { text: `${path}=${value}` })) this.settings.set(path, value);
    };
  }

  // What may be changed while the run trains; read when it is first looked at, or goes on again.
  async readSettings(run) {
    this.settingsOf = run;
    this.settings = new Map();
    try {
      const { settings } = await ask(runPath(run, "/settings"));
      if (this.settingsOf !== run) return;
      this.settings = new Map(settings.map(({ path, value }) => [path, value]));
    } catch (error) {
      this.say(error.message, true);
    }
    $("setting").hidden = this.settings.size === 0 || this.settingsOf === null;
    $("setting-path").replaceChildren(...[...this.settings.keys()].map((path) => new Option(path)));
    this.showSetting();
  }

  showSetting() {
    $("setting-value").value = this.settings.get($("setting-path").value) ?? "";
  }

  say(text, problem = false) {
    $("notice").textContent = text;
    $("notice").classList.toggle("problem", problem);
  }

  // Whether it was obeyed.
  async request(kind, what) {
    const run = this.page.current;
    try {
      const { id } = await change("POST", runPath(run, "/requests"), { kind, ...what });
      this.say(t("asked"));
      for (let i = 0; i < ANSWER_TRIES; i++) {
        const { requests } = await ask(runPath(run, `/requests?after=${id - 1}`));
        const answer = requests.find((request) => request.id === id);
        if (answer?.outcome) {
          const done = answer.outcome === "done";
          this.say(done ? t("obeyed", format(answer.step, "count")) : answer.outcome, !done);
          return done;
        }
        await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
      }
    } catch (error) {
      this.say(error.message, true);
    }
    return false;
  }

  show(row) {
    $("run").hidden = !row;
    if (!row) return;
    $("run-name").textContent = row.run;
    $("run-status").textContent = statusWord(row.status);
    $("run-status").className = "status " + row.status;
    $("run-progress").textContent = progressText(row);
    $("run-parent").textContent = row.parent ? t("forked_from", row.parent, format(row.parent_step, "count")) : "";
    const total = row.epochs * row.steps_per_epoch;
    $("run-bar").value = total > 0 ? row.step / total : 0;
    $("run-message").textContent = row.message ?? "";
    $("run-message").hidden = !row.message;
    $("steering").hidden = !goesOn(row);
    if (!goesOn(row)) {
      this.settingsOf = null;
      $("setting").hidden = true;
    } else if (this.settingsOf !== row.run) this.readSettings(row.run);
    const can = { pause: row.status === "running", resume: row.status === "paused", step: row.status === "paused" };
    for (const button of $("steering").querySelectorAll("[data-kind]"))
      button.disabled = can[button.dataset.kind] === false;
    this.showMetrics(row.metrics ?? {});
  }

  showMetrics(metrics) {
    const entries = Object.entries(metrics);
    const text = JSON.stringify([entries, document.documentElement.lang]);
    if (this.metrics === text) return;
    this.metrics = text;
    $("run-metrics").replaceChildren(...entries.map(([name, value]) => {
      const pair = document.createElement("div"), term = document.createElement("dt"), number = document.createElement("dd");
      const validation = name.startsWith("val_"), base = validation ? name.slice(4) : name;
      term.textContent = validation ? `${t(base)}, ${t("validation")}` : t(base);
      number.textContent = format(value ?? NaN, unitOf(name));
      pair.append(term, number);
      return pair;
    }));
  }
}
