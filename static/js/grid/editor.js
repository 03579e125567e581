// The input that stands in a cell while it is edited.

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

export class Editor {
  // done(text, move): what was typed and what is next: "down", "up", "left", "right", "next", "back", "save" or "".
  // Text null was cancelled.
  constructor(done) {
    this.done = done;
    this.cell = null;
    this.input = Object.assign(document.createElement("input"), { type: "text", inputMode: "decimal" });
    this.input.className = "grid-input";
    this.input.autocomplete = "off";
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("pointerdown", () => (this.typing = false));
    this.input.addEventListener("blur", () => this.close(this.input.value, ""));
  }

  get open() {
    return this.cell !== null;
  }

  // before: what stood there as text. text: what was typed to begin in its place, null to go on from it: arrows then
  // move within the text, and otherwise to the next cell.
  start(cell, before, text, label) {
    this.cell = cell;
    this.typing = text !== null;
    this.input.value = text ?? before;
    this.input.setAttribute("aria-label", label);
    cell.replaceChildren(this.input);
    this.input.focus();
    if (text === null) this.input.select();
  }

  close(text, move) {
    if (!this.open) return;
    this.cell = null;
    this.done(text, move);
  }

  #key(event) {
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const moves = { Enter: shiftKey ? "up" : "down", Tab: shiftKey ? "back" : "next", ...(this.typing && !control && !shiftKey ? ARROWS : {}) };
    event.stopPropagation();
    if (key === "F2") this.typing = !this.typing;
    if (key === "Escape") this.close(null, "");
    else if (control && key.toLowerCase() === "s") this.close(this.input.value, "save");
    else if (key in moves) this.close(this.input.value, moves[key]);
    else return;
    event.preventDefault();
  }
}
