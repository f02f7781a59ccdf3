// Confusion matrices: the picture is the painter's that the studio has, the counts in a table for
// those who do not see them. Each can be looked at as it was at an earlier step.

import { Cards, stepChooser } from "./images.js";
import { ask, runPath } from "./link.js";
import { t } from "./words.js";

const SIZE = 520;

function countsTable(figure) {
  const table = document.createElement("table");
  table.className = "seen-by-readers";
  table.createCaption().textContent = t(figure.name);
  for (const [right, counts] of figure.values.entries()) {
    const row = table.insertRow();
    for (const [answer, count] of counts.entries())
      row.insertCell().textContent = `${t("right")} ${right}, ${t("answer")} ${answer}: ${count}`;
  }
  return table;
}

export class Figures extends Cards {
  show(run, dark) {
    const read = async () => (await ask(runPath(run, "/figures"))).figures;
    const key = (figures) => [dark, figures.map(({ name, step }) => [name, step])];
    return this.renew(run, read, key, (figure) => this.card(run, figure, dark));
  }

  async card(run, figure, dark) {
    const card = document.createElement("figure"), picture = document.createElement("img");
    const { steps } = await ask(runPath(run, "/figure-steps?" + new URLSearchParams({ name: figure.name })));
    const show = (step) => {
      picture.src = runPath(run, "/matrix?" + new URLSearchParams({ name: figure.name, title: t(figure.name), right: t("right"), answer: t("answer"), width: SIZE, height: SIZE, dark: +dark, step }));
    };
    const change = async (step) => {
      const { figures } = await ask(runPath(run, "/figures?" + new URLSearchParams({ step })));
      const then = figures.find((one) => one.name === figure.name);
      show(step);
      if (then) card.lastChild.replaceWith(countsTable(then));
    };
    picture.width = picture.height = SIZE;
    picture.alt = t(figure.name);
    card.className = "card";
    card.append(picture, stepChooser(steps, t("step"), change), countsTable(figure));
    show(figure.step);
    return card;
  }
}
