// What follows from the inputs of a page, brought up to date once they are saved, without leaving the page.

import { bringToLife } from "../app.js";

// Replaces each `[data-follows]` by what a fresh page has there; without an answer it stays as it is.
export async function follow() {
  const places = [...document.querySelectorAll("[data-follows]")];
  if (places.length === 0) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const place of places) {
    const other = fresh.querySelector(`[data-follows="${place.dataset.follows}"]`);
    if (other) place.replaceChildren(...other.childNodes);
  }
  await bringToLife(document);
}
