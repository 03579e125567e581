// The input that stands in a cell while it is edited.

import { plainNumber } from "./numbers.js";

export class Editor {
  // done(text, move): what was typed and where to go next: "down", "up", "next", "back" or "". Text null was cancelled.
  constructor(signs, done) {
    this.signs = signs;
    this.done = done;
    this.cell = null;
    this.input = Object.assign(document.createElement("input"), { type: "text", inputMode: "decimal" });
    this.input.className = "grid-input";
    this.input.autocomplete = "off";
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.close(this.input.value, ""));
  }

  get open() {
    return this.cell !== null;
  }

  // text: what was typed to begin, null to go on from the value.
  start(cell, value, text, label) {
    this.cell = cell;
    this.input.value = text ?? plainNumber(value, this.signs);
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
    const moves = { Enter: event.shiftKey ? "up" : "down", Tab: event.shiftKey ? "back" : "next" };
    if (event.key === "Escape") this.close(null, "");
    else if (event.key in moves) this.close(this.input.value, moves[event.key]);
    else {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
