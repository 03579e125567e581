// A file of text chosen beside a field fills the field, where it can be looked at before it is sent.

const MOST_BYTES = 1_000_000;

export function start(frame) {
  const chooser = frame.querySelector("input[type='file']");
  const says = frame.querySelector("[role='status']");
  const field = document.getElementById(frame.dataset.fills);
  frame.hidden = false;
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    const text = file.size > MOST_BYTES ? null : await file.text().catch(() => null);
    if (text === null || text.includes("\0")) {
      says.textContent = `${file.name} is no text of up to 1 MB. Save the column as CSV, or paste it.`;
      return;
    }
    field.value = text.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    says.textContent = `${file.name} fills the field above.`;
  });
}
