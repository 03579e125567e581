// `data-lines` on a form makes its table of inputs take a block from a spreadsheet, and gives it lines as needed.
// `data-line` marks a row, the last one is what new rows are made of.

import { readBlock } from "./grid/clipboard.js";

export function start(form) {
  const table = form.querySelector("table");
  table.addEventListener("paste", (event) => paste(form, event));
  table.addEventListener("keydown", (event) => walk(form, event));
  form.querySelector("[data-lines-add]").addEventListener("click", () => {
    const line = addLine(form);
    inputsOf(line)[0].focus();
  });
}

function linesOf(form) {
  return [...form.querySelectorAll("[data-line]")];
}

function inputsOf(line) {
  return [...line.querySelectorAll("input:not([type='hidden'])")];
}

function paste(form, event) {
  const input = event.target.closest?.("input");
  const block = readBlock(event.clipboardData.getData("text/plain"));
  if (!input || (block.length === 1 && block[0].length === 1)) return;
  event.preventDefault();
  const lines = linesOf(form);
  const top = lines.indexOf(input.closest("[data-line]"));
  const left = inputsOf(lines[top]).indexOf(input);
  let written = 0;
  for (const [down, texts] of block.entries()) {
    const line = linesOf(form)[top + down] ?? addLine(form);
    for (const [right, text] of texts.entries()) {
      const cell = inputsOf(line)[left + right];
      if (!cell) continue;
      cell.value = text.trim();
      written += 1;
    }
  }
  input.dispatchEvent(new Event("input", { bubbles: true }));
  form.querySelector("[data-lines-say]").textContent = `Pasted ${written} cells in ${block.length} lines.`;
}

// Up, down and Enter move in the column, as in a spreadsheet.
function walk(form, event) {
  const steps = { ArrowUp: -1, ArrowDown: 1, Enter: event.shiftKey ? -1 : 1 };
  const input = event.target.closest?.("[data-line] input");
  if (!input || !(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const lines = linesOf(form);
  const row = lines.indexOf(input.closest("[data-line]"));
  const column = inputsOf(lines[row]).indexOf(input);
  const to = lines[row + steps[event.key]] ?? (event.key === "Enter" && !event.shiftKey ? addLine(form) : lines[row]);
  inputsOf(to)[column].focus();
}

function addLine(form) {
  const last = linesOf(form).at(-1);
  const made = last.cloneNode(true);
  const place = Number(last.dataset.line) + 1;
  made.dataset.line = String(place);
  for (const hidden of made.querySelectorAll("input[type='hidden'], .field-error")) hidden.remove();
  for (const input of inputsOf(made)) {
    const name = input.name.split(".")[0];
    input.id = input.name = `${name}.${place}`;
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, String(place + 1)));
  }
  last.after(made);
  return made;
}
