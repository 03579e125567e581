// `data-dialog-open="id"` opens a dialog, `data-dialog-close` inside it closes it, as does a click beside it.
// Browsers that know `command` open it themselves, also before this script has come.

const OPENED_BY_COMMAND = "commandForElement" in HTMLButtonElement.prototype;

export function start(opener) {
  const dialog = document.getElementById(opener.dataset.dialogOpen);
  prepare(dialog);
  if (!OPENED_BY_COMMAND) opener.addEventListener("click", () => show(dialog));
}

export function show(dialog) {
  if (dialog.open) return;
  prepare(dialog);
  dialog.showModal();
}

const prepared = new WeakSet();

function prepare(dialog) {
  if (prepared.has(dialog)) return;
  prepared.add(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-dialog-close]")) dialog.close();
  });
}
