// Confusion matrices: drawn by the studio's painter as SVG, with their counts in a table for those
// who do not see them.

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

export class Figures {
  constructor(place, empty) {
    this.place = place;
    this.empty = empty;
  }

  async show(run, dark) {
    const { figures } = run ? await ask(runPath(run, "/figures")) : { figures: [] };
    this.empty.hidden = figures.length > 0;
    this.place.replaceChildren(...figures.map((figure) => {
      const card = document.createElement("figure"), picture = document.createElement("img");
      const query = new URLSearchParams({ name: figure.name, title: t(figure.name), right: t("right"), answer: t("answer"), width: SIZE, height: SIZE, dark: +dark, step: figure.step });
      picture.src = runPath(run, "/matrix?" + query);
      picture.width = picture.height = SIZE;
      picture.alt = t(figure.name);
      card.className = "card";
      card.append(picture, countsTable(figure));
      return card;
    }));
  }
}
