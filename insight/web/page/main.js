// The page: what is chosen and shown, and who is told when something changes.

import { clock, format } from "./axis.js";
import { Board } from "./board.js";
import { Figures } from "./figures.js";
import { Histograms } from "./histograms.js";
import { Images } from "./images.js";
import { Judged } from "./judged.js";
import { Lineage } from "./lineage.js";
import { Link, ask, runPath } from "./link.js";
import { Parameters } from "./parameters.js";
import { RunHead, RunList, goesOn, pattern } from "./runs.js";
import { language, speak, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const TABS = ["scalars", "histograms", "images", "confusion", "curves", "parameters", "lineage", "events"];

class Page {
  rows = new Map();
  shown = new Set();
  colors = new Map();
  events = new Map();
  tags = new Map();
  current = null;
  tab = "scalars";
  tagFilter = /(?:)/;
  link = null;

  constructor() {
    this.board = new Board($("charts"), this);
    this.list = new RunList(this);
    this.head = new RunHead(this);
    this.parameters = new Parameters(this);
    this.figures = new Figures($("figures"), $("no-figures"));
    this.histograms = new Histograms($("histograms"), $("no-histograms"), this.board);
    this.judged = new Judged($("judged"), $("no-judged"));
    this.lineage = new Lineage($("lineage"), $("no-lineage"), (run) => this.choose(run).catch((error) => this.complain(error)));
    this.images = new Images($("images"), $("no-images"));
    this.end = new IntersectionObserver(([end]) => end.isIntersecting && this.showMore(), { rootMargin: "400px" });
    this.board.dark.addEventListener("change", () => this.refresh());
    this.listenToTools();
    this.listenToTabs();
    $("language").value = language();
    $("language").onchange = (event) => this.speak(event.target.value);
  }

  async begin() {
    await this.readRuns();
    const first = [...this.rows.values()].find(goesOn) ?? this.rows.values().next().value;
    if (first) await this.choose(first.run);
    this.refresh();
    const hear = (message) => this.hear(message).catch((error) => this.complain(error));
    this.link = new Link(hear, (state) => this.onState(state), () => this.watched());
    setInterval(() => this.showConnection(), 500);
  }

  speak(code) {
    localStorage.setItem("language", code);
    speak(code);
    this.refresh();
  }

  complain(error) {
    this.head.say(error.message, true);
  }

  // --- runs ---

  async readRuns() {
    const { workspace, runs } = await ask("/api/runs");
    $("workspace").textContent = $("workspace").title = workspace;
    this.rows = new Map(runs.map((row) => [row.run, row]));
    // Oldest first, so that a run keeps its colour when others come.
    for (const row of [...runs].reverse()) if (!this.colors.has(row.run)) this.colors.set(row.run, this.colors.size);
    for (const name of [...this.shown]) if (!this.rows.has(name)) this.shown.delete(name);
    if (!this.rows.has(this.current)) this.current = null;
  }

  async choose(run) {
    if (this.shown.size === 1 && this.shown.has(this.current)) this.shown.clear();
    this.current = run;
    this.shown.add(run);
    this.head.say("");
    await this.readTags(run);
    this.refresh();
  }

  async toggle(run) {
    if (this.shown.has(run)) this.shown.delete(run);
    else {
      this.shown.add(run);
      await this.readTags(run);
    }
    this.refresh();
  }

  async readTags(run) {
    try {
      const { tags } = await ask(runPath(run, "/tags"));
      this.tags.set(run, tags.map((tag) => tag.tag));
    } catch (error) {
      this.complain(error);
    }
  }

  // --- what comes live ---

  async hear(message) {
    for (const row of message.runs ?? []) this.takeRow(row);
    for (const points of message.curves ?? []) this.board.find(points.run, points.tag)?.append(points);
    for (const { run, ...event } of message.events ?? []) this.takeEvent(run, event);
    for (const change of message.changes ?? []) await this.takeChange(change);
    if (message.list) await this.readList();
    for (const { run, tag } of message.reset ?? []) {
      await this.board.find(run, tag)?.reload();
      this.watch();
    }
  }

  takeRow(row) {
    const before = this.rows.get(row.run);
    this.rows.set(row.run, { ...before, ...row });
    this.list.update(this.rows.get(row.run));
    if (row.run !== this.current) return;
    this.head.show(this.rows.get(row.run));
    if (before?.epoch !== row.epoch) this.showTab();
  }

  async readList() {
    await this.readRuns();
    if (!this.current && this.rows.size) await this.choose(this.rows.keys().next().value);
    else this.refresh();
  }

  takeEvent(run, event) {
    const events = this.events.get(run) ?? [];
    if (events.some((known) => known.id === event.id)) return;
    this.events.set(run, [...events, event]);
    if (run === this.current) this.showEvents();
    this.board.redraw();
  }

  async takeChange({ run, tags }) {
    if (tags !== (this.tags.get(run)?.length ?? 0)) {
      await this.readTags(run);
      this.arrange();
    }
    if (run === this.current) this.showTab();
  }

  watch() {
    this.link?.watch();
  }

  watched() {
    const curves = this.board.watched();
    const names = new Set([...this.shown, ...(this.current ? [this.current] : [])]);
    return [...names].slice(0, 64).map((run) => ({ run, event: this.events.get(run)?.at(-1)?.id ?? 0, curves: curves.get(run) ?? {} }));
  }

  onState(state) {
    // What was asked for while the server was away got no answer.
    if (this.state === "lost" && state === "live") {
      this.head.say("");
      this.readList().catch((error) => this.complain(error));
    }
    this.state = state;
    this.showConnection();
  }

  showConnection() {
    const delay = this.board.delay(), row = this.rows.get(this.current);
    const word = this.state === "live" && delay !== null && row?.status === "running" ? t("behind", delay) : t(this.state ?? "connecting");
    const place = $("connection");
    place.className = "connection " + (this.state ?? "");
    if (place.lastChild.textContent !== word) place.lastChild.textContent = word;
  }

  // --- showing ---

  refresh() {
    this.list.show();
    this.head.show(this.rows.get(this.current));
    this.arrange();
    this.showEvents();
    this.showConnection();
    if (this.tab === "parameters") this.parameters.show();
    this.showTab();
  }

  // What stands in the tab that is open, where it is of one run.
  showTab() {
    const complain = (error) => this.complain(error);
    if (this.tab === "confusion") this.figures.show(this.current, this.board.dark.matches).catch(complain);
    if (this.tab === "curves") this.judged.show(this.current, this.board.dark.matches).catch(complain);
    if (this.tab === "lineage") this.lineage.show(this.current, this.board.dark.matches).catch(complain);
    if (this.tab === "histograms") this.histograms.show(this.current, complain).catch(complain);
    if (this.tab === "images") this.images.show(this.current).catch(complain);
  }

  arrange() {
    const runs = [...this.rows.keys()].filter((run) => this.shown.has(run));
    const { shown, all } = this.board.arrange(runs, (run) => (this.tags.get(run) ?? []).filter((tag) => this.wants(tag)));
    $("no-curves").hidden = shown > 0;
    $("more-charts").hidden = shown === all;
    $("show-more").textContent = t("more_charts", format(shown, "count"), format(all, "count"));
    // An observer tells of changes alone: of an end that is still in sight it has to be asked anew.
    this.end.unobserve($("more-charts"));
    this.end.observe($("more-charts"));
  }

  // Nodes have many tags: they are shown when they are looked for.
  wants(tag) {
    return this.tagFilter.test(tag) && (!tag.startsWith("node/") || $("tag-filter").value !== "");
  }

  showMore() {
    this.board.makeRoom();
    this.arrange();
  }

  showEvents() {
    const events = this.events.get(this.current) ?? [];
    const head = document.createElement("thead"), body = document.createElement("tbody");
    const top = head.insertRow();
    for (const word of ["time", "step", "kind", "text"]) {
      const cell = document.createElement("th");
      cell.textContent = t(word);
      top.append(cell);
    }
    for (const event of [...events].reverse()) {
      const line = body.insertRow();
      for (const text of [clock(event.time), event.step, t(event.kind).replaceAll("_", " "), event.text ?? ""]) line.insertCell().textContent = text;
    }
    $("no-events").hidden = events.length > 0;
    $("events").replaceChildren(...(events.length ? [head, body] : []));
  }

  // --- tools and tabs ---

  zoomed(is) {
    $("reset").disabled = !is;
  }

  listenToTools() {
    const { board } = this;
    const smoothing = () => { $("smoothing-value").textContent = Number($("smoothing").value).toFixed(2); };
    $("tools").onsubmit = (event) => event.preventDefault();
    $("tag-filter").oninput = (event) => {
      this.tagFilter = pattern(event.target) ?? this.tagFilter;
      board.forgetRoom();
      this.arrange();
    };
    $("histogram-tools").onsubmit = (event) => event.preventDefault();
    $("histogram-filter").oninput = (event) => {
      this.histograms.filter = pattern(event.target) ?? this.histograms.filter;
      this.showTab();
    };
    $("ridges").onchange = (event) => {
      this.histograms.ridges = event.target.checked;
      this.histograms.redraw();
    };
    $("show-more").onclick = () => this.showMore();
    $("smoothing").oninput = (event) => { smoothing(); board.set({ smoothing: Number(event.target.value) }); };
    $("x").onchange = (event) => board.set({ x: event.target.value });
    $("log-x").onchange = (event) => board.set({ logX: event.target.checked });
    $("log-y").onchange = (event) => board.set({ logY: event.target.checked });
    $("clip").onchange = (event) => board.set({ clip: event.target.checked });
    $("reset").onclick = () => { for (const chart of board.charts.values()) chart.yView = null; board.setView(null); };
    smoothing();
    this.zoomed(false);
  }

  listenToTabs() {
    for (const name of TABS) {
      $("tab-" + name).onclick = () => this.open(name);
      $("tab-" + name).onkeydown = (event) => {
        const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (!by) return;
        const next = TABS[(TABS.indexOf(name) + by + TABS.length) % TABS.length];
        this.open(next);
        $("tab-" + next).focus();
      };
    }
    this.open(this.tab);
  }

  open(tab) {
    this.tab = tab;
    for (const name of TABS) {
      $("tab-" + name).setAttribute("aria-selected", name === tab);
      $("tab-" + name).tabIndex = name === tab ? 0 : -1;
      $("view-" + name).hidden = name !== tab;
    }
    this.showTab();
    if (tab === "parameters") this.readRuns().then(() => this.parameters.show(), (error) => this.complain(error));
    if (tab === "scalars") this.board.redraw();
  }
}

speak(localStorage.getItem("language") ?? navigator.language.slice(0, 2));
const page = new Page();
// For whoever measures: board.delays has the age of each point when it stood on the screen.
window.telar = page;
page.begin().catch((error) => page.complain(error));
