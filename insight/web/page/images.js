// Pictures that a run has kept, series by series, at the step that a person chooses.

import { format } from "./axis.js";
import { ask, runPath } from "./link.js";
import { t } from "./words.js";

// A range over steps, with what it stands at beside it. Shown when there are several.
export function stepChooser(steps, label, changed) {
  const chooser = document.createElement("label"), range = document.createElement("input"), said = document.createElement("output");
  chooser.className = "steps";
  chooser.hidden = steps.length < 2;
  range.type = "range";
  range.min = 0;
  range.max = steps.length - 1;
  range.value = steps.length - 1;
  range.setAttribute("aria-label", label);
  said.className = "figures dim";
  const say = () => { said.textContent = t("at_step", format(steps[range.value] ?? 0, "count")); };
  range.oninput = () => {
    say();
    changed(steps[range.value]);
  };
  say();
  chooser.append(range, said);
  return chooser;
}

// A place with a card for each thing of a run.
export class Cards {
  constructor(place, empty) {
    this.place = place;
    this.empty = empty;
  }

  // Made anew where the run or what is read of it is another; what was asked last counts.
  async renew(run, read, key, make) {
    this.run = run;
    const list = run ? await read() : [];
    const text = JSON.stringify([run, key(list), document.documentElement.lang]);
    if (this.run !== run || this.text === text) return;
    this.text = text;
    try {
      const cards = await Promise.all(list.map(make));
      if (this.text !== text) return;
      this.empty.hidden = list.length > 0;
      this.place.replaceChildren(...cards);
    } catch (error) {
      if (this.text === text) this.text = null;
      throw error;
    }
  }
}

export class Images extends Cards {
  show(run) {
    const read = async () => (await ask(runPath(run, "/image-series"))).series;
    return this.renew(run, read, (series) => series, ({ name }) => this.card(run, name));
  }

  async card(run, name) {
    const card = document.createElement("article"), heading = document.createElement("h3"), grid = document.createElement("div");
    const read = async (step) => {
      const query = new URLSearchParams(step === undefined ? { name } : { name, step });
      const { images, steps } = await ask(runPath(run, "/images?" + query));
      grid.replaceChildren(...images.map((image) => this.picture(run, name, image)));
      return steps;
    };
    card.className = "card";
    heading.textContent = heading.title = name;
    grid.className = "pictures";
    const steps = await read();
    card.append(heading, stepChooser(steps, t("step"), read), grid);
    return card;
  }

  picture(run, name, image) {
    const figure = document.createElement("figure"), picture = document.createElement("img"), caption = document.createElement("figcaption");
    const words = [image.caption, image.truth >= 0 ? `${t("right")} ${image.truth}` : "", image.answer >= 0 ? `${t("answer")} ${image.answer}` : "", image.score === null ? "" : format(image.score, "percent", 3)].filter((word) => word);
    picture.src = runPath(run, "/image?" + new URLSearchParams({ name, step: image.step, place: image.place }));
    picture.alt = words.join(", ") || name;
    picture.loading = "lazy";
    caption.textContent = words.join(" · ");
    figure.classList.toggle("wrong", image.truth >= 0 && image.answer >= 0 && image.truth !== image.answer);
    figure.append(picture, caption);
    return figure;
  }
}
