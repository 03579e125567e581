// Keys that work anywhere on a page, except while somebody types.

import { show } from "./dialogs.js";

const CHART_KEYS = { t: "[data-chart-table]", c: "[data-copy-table]", f: "[data-chart-expand]" };

export function start(list) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      show(document.getElementById("palette"));
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      press(event, list);
    }
  });
}

function press(event, list) {
  const key = event.key.toLowerCase();
  if (key === "?") show(list);
  else if (key === "/") act(event, document.querySelector("[data-search]"), "focus");
  else if (key === "[") foldOrOpen();
  else if (key in CHART_KEYS) {
    act(event, event.target.closest("[data-chart]")?.querySelector(CHART_KEYS[key]), "click");
  }
}

function act(event, element, verb) {
  if (!element) return;
  event.preventDefault();
  element[verb]();
}

function foldOrOpen() {
  const fold = document.querySelector("[data-sidebar-fold]");
  (fold.checkVisibility({ visibilityProperty: true }) ? fold : document.querySelector("[data-drawer]")).click();
}

function typing(element) {
  return element.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;
}
