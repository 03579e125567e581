// Draws every figure with `data-chart` from the JSON inside it, in the colours of the theme in force.

import { KINDS } from "./charts/kinds.js";
import { applyDefaults } from "./charts/defaults.js";

const drawn = new Map();
const library = import("../vendor/chart.js/chart.umd.min.js").catch(() => null);

export async function start(figure) {
  const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  addTools(figure);
  if ((await library) === null) {
    showMissing(figure);
    return;
  }
  draw(figure, spec);
}

function draw(figure, spec) {
  drawn.get(figure)?.chart.destroy();
  applyDefaults(globalThis.Chart);
  const chart = new globalThis.Chart(figure.querySelector("canvas"), KINDS[spec.kind](spec));
  drawn.set(figure, { chart, spec });
}

function redrawAll() {
  for (const [figure, { chart, spec }] of drawn) {
    if (figure.isConnected) {
      draw(figure, spec);
    } else {
      chart.destroy();
      drawn.delete(figure);
    }
  }
}

function addTools(figure) {
  const table = figure.querySelector("details");
  const toggle = figure.querySelector("[data-chart-table]");
  toggle.addEventListener("click", () => {
    table.open = !table.open;
  });
  table.addEventListener("toggle", () => toggle.setAttribute("aria-pressed", String(table.open)));
  figure.querySelector("[data-chart-expand]").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else figure.requestFullscreen();
  });
}

function showMissing(figure) {
  const note = document.createElement("p");
  note.className = "chart-missing";
  note.textContent = "The chart could not be drawn. Its numbers are in the table below.";
  figure.querySelector(".chart-canvas").append(note);
  figure.querySelector("details").open = true;
}

// Paper is light whatever the screen is.
let themeOnScreen;

function forPaper() {
  themeOnScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  redrawAll();
}

function forScreen() {
  if (themeOnScreen) document.documentElement.dataset.theme = themeOnScreen;
  else delete document.documentElement.dataset.theme;
  redrawAll();
}

document.addEventListener("calminer:theme", redrawAll);
addEventListener("beforeprint", forPaper);
addEventListener("afterprint", forScreen);
