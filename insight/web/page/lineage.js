// Where a run comes from and what became of it: the picture is the painter's that the studio has;
// over each card lies a button, which opens a run and tells all that is known of a file.

import { Cards } from "./images.js";
import { ask, runPath } from "./link.js";
import { t } from "./words.js";

// The words on the cards, as the server asks for them.
function words() {
  return { data: t("data"), run_word: t("run"), gone: t("gone"), weights: t("weights"), model: t("model"), forked: t("forked_at", "%s"), step_word: t("at_step", "%s"), changed: t("file_changed"), missing: t("file_missing"), unknown: t("file_unknown") };
}

export class Lineage extends Cards {
  constructor(place, empty, choose) {
    super(place, empty);
    this.choose = choose;
  }

  show(run, dark) {
    const read = async () => {
      const lineage = await ask(runPath(run, "/lineage?" + new URLSearchParams(words())));
      return lineage.nodes.length > 1 ? [lineage] : [];
    };
    return this.renew(run, read, (list) => [dark, list], (lineage) => this.card(run, lineage, dark));
  }

  card(run, { width, height, nodes }, dark) {
    const card = document.createElement("figure"), stage = document.createElement("div"), picture = document.createElement("img");
    const size = { width: Math.min(Math.max(Math.ceil(width), 64), 4096), height: Math.min(Math.max(Math.ceil(height), 64), 4096) };
    picture.src = runPath(run, "/lineage-picture?" + new URLSearchParams({ ...words(), ...size, dark: +dark }));
    picture.width = size.width;
    picture.height = size.height;
    picture.alt = "";
    stage.className = "stage";
    stage.style.width = size.width + "px";
    stage.append(picture, ...nodes.map((node) => this.button(node, width, height)));
    card.className = "card lineage";
    card.append(stage);
    return card;
  }

  button({ kind, name, asked, text, box: [x, y, w, h] }, width, height) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = text;
    button.setAttribute("aria-label", text.replaceAll("\n", ", "));
    Object.assign(button.style, { left: `${100 * x / width}%`, top: `${100 * y / height}%`, width: `${100 * w / width}%`, height: `${100 * h / height}%` });
    if (kind === "run" && !asked) {
      button.className = "opens";
      button.onclick = () => this.choose(name);
    }
    return button;
  }
}
