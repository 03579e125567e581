// The theme switch: light, dark, or as the system says.

import { remember } from "./preferences.js";

export function start(group) {
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    choose(button.value);
    for (const other of document.querySelectorAll("[data-theme-switch] button")) {
      other.setAttribute("aria-pressed", String(other.value === button.value));
    }
  });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announce);

function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  remember("theme", theme);
  announce();
}

// Charts read their colours from the style sheet again.
function announce() {
  document.dispatchEvent(new CustomEvent("calminer:theme"));
}
