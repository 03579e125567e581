// `data-dialog-open="id"` opens a dialog, `data-dialog-close` inside it closes it, as does a click beside it.

export function start(opener) {
  const dialog = document.getElementById(opener.dataset.dialogOpen);
  opener.addEventListener("click", () => show(dialog));
}

export function show(dialog) {
  if (dialog.open) return;
  if (!prepared.has(dialog)) prepare(dialog);
  dialog.showModal();
}

const prepared = new WeakSet();

function prepare(dialog) {
  prepared.add(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-dialog-close]")) dialog.close();
  });
}
