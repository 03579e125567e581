// A form with `data-what-if="/address"` shows in its `data-effect-frame` what the typed values would do.

import { EffectFrame } from "./effect.js";

export function start(form) {
  const effect = new EffectFrame(form.querySelector("[data-effect-frame]"));
  form.addEventListener("input", (event) => {
    if (event.target.name === "why" || event.target.name === "note") return;
    effect.later(form.dataset.whatIf, () => ({ body: new FormData(form) }));
  });
}
