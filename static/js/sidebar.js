// The sidebar folds to icons on wide screens and is a drawer on narrow ones.

import { remember } from "./preferences.js";

const root = document.documentElement;

export function start(fold) {
  fold.addEventListener("click", () => toggleFold(fold));
  const open = document.querySelector("[data-drawer]");
  const sidebar = document.getElementById(open.dataset.drawer);
  open.addEventListener("click", () => openDrawer(open, sidebar));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawer(open);
  });
  sidebar.addEventListener("click", (event) => {
    if (event.target.closest("a, [data-dialog-open]")) closeDrawer(open);
  });
  matchMedia("(min-width: 57rem)").addEventListener("change", () => closeDrawer(open));
}

function toggleFold(fold) {
  const folded = root.dataset.sidebar !== "folded";
  if (folded) root.dataset.sidebar = "folded";
  else delete root.dataset.sidebar;
  fold.setAttribute("aria-pressed", String(folded));
  remember("sidebar", folded ? "folded" : "");
}

function openDrawer(open, sidebar) {
  const scrim = document.createElement("div");
  scrim.className = "drawer-scrim";
  scrim.addEventListener("click", () => closeDrawer(open));
  sidebar.before(scrim);
  root.dataset.drawer = "open";
  open.setAttribute("aria-expanded", "true");
  document.querySelector(".column").inert = true;
  sidebar.querySelector("a").focus({ preventScroll: true });
}

function closeDrawer(open) {
  if (root.dataset.drawer !== "open") return;
  delete root.dataset.drawer;
  open.setAttribute("aria-expanded", "false");
  document.querySelector(".drawer-scrim").remove();
  document.querySelector(".column").inert = false;
  open.focus();
}
