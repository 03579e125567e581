// A form with `data-keep-typed` asks before what was typed into it is left behind.

export function start(form) {
  let typed = false;
  form.addEventListener("input", () => {
    typed = true;
  });
  form.addEventListener("submit", () => {
    typed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}
