// The curves of a classifier: pictures of the painter that the studio has, the areas in a table for
// those who do not see them. All three go through the steps together.

import { format } from "./axis.js";
import { Cards, stepChooser } from "./images.js";
import { ask, runPath } from "./link.js";
import { t } from "./words.js";

const WIDTH = 560, HEIGHT = 380;
const KINDS = ["precision_recall", "roc", "calibration"];

function isOf(kind) {
  return (curve) => curve.name.startsWith(`val_${kind}/`);
}

function areasTable(kind, curves) {
  const table = document.createElement("table");
  table.className = "seen-by-readers";
  table.createCaption().textContent = `${t(kind)}: ${t(kind + "_area")}`;
  for (const { name, area } of curves) {
    const row = table.insertRow(), key = name.slice(name.indexOf("/") + 1);
    row.insertCell().textContent = key === "micro" ? t("all_classes") : key === "answers" ? t("the_answers") : t("one_class", key);
    row.insertCell().textContent = format(area, "none", 3);
  }
  return table;
}

export class Judged extends Cards {
  show(run, dark) {
    const read = async () => {
      const { steps, curves } = await ask(runPath(run, "/curves"));
      return curves.some(isOf("calibration")) ? [{ steps, curves }] : [];
    };
    const key = (list) => [dark, list.map(({ steps }) => steps.at(-1))];
    return this.renew(run, read, key, (all) => this.all(run, all, dark));
  }

  all(run, { steps, curves }, dark) {
    const box = document.createElement("div"), row = document.createElement("div");
    const cards = KINDS.filter((kind) => curves.some(isOf(kind))).map((kind) => this.card(run, kind, curves.filter(isOf(kind)), dark));
    const change = (step) => cards.forEach((card) => card.go(step));
    row.className = "charts";
    row.append(...cards);
    box.append(stepChooser(steps, t("step"), change), row);
    return box;
  }

  card(run, kind, curves, dark) {
    const card = document.createElement("figure"), picture = document.createElement("img");
    card.go = (step) => {
      picture.src = runPath(run, "/curve-picture?" + new URLSearchParams({ kind, step, title: t(kind), x: t(kind + "_x"), y: t(kind + "_y"), area: t(kind + "_area"), all: t("all_classes"), answers: t("the_answers"), one: t("one_class", "%s"), width: WIDTH, height: HEIGHT, dark: +dark }));
    };
    picture.width = WIDTH;
    picture.height = HEIGHT;
    picture.alt = t(kind);
    card.className = "card";
    card.append(picture, areasTable(kind, curves));
    card.go(curves[0].step);
    return card;
  }
}
