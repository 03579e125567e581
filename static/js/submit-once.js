// A form that was sent cannot be sent again by a second click.

export function start(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // A page that comes back from the browser's memory may be sent again.
  addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  });
}
