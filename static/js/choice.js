// A fieldset with `data-choice="family"` shows the parts for the chosen option of that select: those with
// `data-choice-of="pert"` when it is pert, those with `data-choice-except="certain"` when it is anything else.

export function start(fieldset) {
  const select = fieldset.querySelector(`select[name="${fieldset.dataset.choice}"]`);
  const show = () => {
    for (const part of fieldset.querySelectorAll("[data-choice-of]")) {
      part.hidden = part.disabled = part.dataset.choiceOf !== select.value;
    }
    for (const part of fieldset.querySelectorAll("[data-choice-except]")) {
      part.hidden = part.dataset.choiceExcept === select.value;
    }
  };
  select.addEventListener("change", show);
  show();
}
