// `data-poll="/address" data-poll-every="1000"` exchanges an element for the fragment at that address, again and
// again, until the fragment no longer carries `data-poll`. A fragment with `data-poll-then="/address"` leads on.

import { bringToLife } from "./app.js";

const LONGEST_PAUSE = 15000;

export function start(element) {
  schedule(element, Number(element.dataset.pollEvery || 1000));
}

function schedule(element, pause) {
  setTimeout(() => exchange(element, pause), pause);
}

async function exchange(element, pause) {
  if (!element.isConnected) return;
  const fresh = document.hidden ? null : await fetchFragment(element.dataset.poll);
  if (fresh === null) {
    if (!document.hidden) waiting(element);
    schedule(element, document.hidden ? pause : Math.min(pause * 2, LONGEST_PAUSE));
    return;
  }
  element.replaceWith(fresh);
  if (fresh.dataset.pollThen) location.assign(fresh.dataset.pollThen);
  await bringToLife(fresh.parentElement);
}

// What is shown may be old; the next answer replaces it together with these words.
function waiting(element) {
  const note = element.querySelector(".poll-waiting") ?? document.createElement("p");
  note.className = "poll-waiting soft small";
  note.role = "status";
  note.textContent = "CalMiner does not answer; this is asked again.";
  element.append(note);
}

async function fetchFragment(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok) return null;
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    return holder.content.firstElementChild;
  } catch {
    return null;
  }
}
