// `data-grid="/what-if"` on a section makes its table of periods a grid: keys, blocks, undo, effect, saving.

import { EffectFrame } from "./effect.js";
import { writeBlock } from "./grid/clipboard.js";
import { Editor } from "./grid/editor.js";
import { actOf } from "./grid/keys.js";
import { Schedule } from "./grid/model.js";
import { parseNumber, plainNumber, signsOf } from "./grid/numbers.js";
import { paste } from "./grid/paste.js";
import { Selection } from "./grid/selection.js";
import { commit } from "./grid/store.js";
import { View } from "./grid/view.js";

export function start(section) {
  if ("gridEditable" in section.dataset) new Grid(section);
}

class Grid {
  constructor(section) {
    this.section = section;
    this.signs = signsOf(document.documentElement.dataset.locale);
    const table = section.querySelector("table");
    this.view = new View(table, this.signs);
    this.model = new Schedule(this.view.readRows(), this.view.periods);
    this.selection = new Selection(this.model.rows.length, this.view.periods);
    this.effect = new EffectFrame(section.querySelector("[data-effect-frame]"));
    this.editor = new Editor((text, move) => this.typed(text, move));
    this.leaving = false;
    this.view.select(this.selection, false);
    section.querySelector("[data-grid-tools]").hidden = false;
    this.listen(table);
  }

  listen(table) {
    table.addEventListener("keydown", (event) => this.key(event));
    table.addEventListener("pointerdown", (event) => this.point(event));
    table.addEventListener("pointerover", (event) => {
      if (event.buttons === 1 && this.dragging) this.goTo(this.view.placeOf(event.target), true);
    });
    addEventListener("pointerup", () => (this.dragging = false));
    table.addEventListener("dblclick", (event) => this.view.placeOf(event.target) && this.edit(null));
    table.addEventListener("copy", (event) => this.copy(event));
    table.addEventListener("paste", (event) => this.paste(event));
    const acts = { Undo: () => this.back(), Redo: () => this.forth(), Fill: () => this.fill(), Commit: () => this.save() };
    for (const [name, act] of Object.entries(acts)) this.tool(name).addEventListener("click", act);
    addEventListener("beforeunload", (event) => {
      if (this.model.changedRows().length || this.model.bad.size) event.preventDefault();
    });
  }

  tool(name) {
    return this.section.querySelector(`[data-grid-${name.toLowerCase()}]`);
  }

  say(text) {
    this.tool("Says").textContent = text;
  }

  key(event) {
    if (this.editor.open || !this.view.placeOf(event.target)) return;
    const control = event.ctrlKey || event.metaKey;
    const act = actOf(this, event, control);
    if (act) event.preventDefault();
    act?.();
  }

  readyToLeave() {
    this.leaving = true;
    this.say("Tab leaves the grid.");
  }

  zero() {
    this.write(this.selection.cells().map((cell) => ({ ...cell, value: 0 })), "Set to zero:");
  }

  tab(back) {
    const next = this.selection.next(back);
    return this.leaving || !next ? undefined : () => this.goTo({ row: next[0], column: next[1] });
  }

  point(event) {
    const place = this.view.placeOf(event.target);
    if (!place || this.editor.input === event.target) return;
    event.preventDefault();
    this.dragging = true;
    if (this.editor.open) this.editor.close(this.editor.input.value, "");
    this.goTo(place, event.shiftKey);
  }

  goTo(place, extend = false) {
    if (!place) return;
    this.leaving = false;
    this.selection.go(place.row, place.column, extend);
    this.view.select(this.selection);
    if (extend) this.say(`${this.selection.size.rows} by ${this.selection.size.columns} cells selected.`);
  }

  all() {
    this.selection.all();
    this.view.select(this.selection);
    this.say("Every cell selected.");
  }

  edit(text) {
    const { row, column } = this.selection.active;
    if (this.model.isLocked(row, column)) {
      this.say("An amount by period has no value for all periods.");
      return;
    }
    this.selection.go(row, column);
    this.view.select(this.selection);
    const before = this.model.bad.get(`${row}:${column}`) ?? plainNumber(this.model.value(row, column), this.signs);
    this.editor.start(this.view.cell(row, column), before, text, this.view.nameOf({ row, column }));
  }

  typed(text, move) {
    const { row, column } = this.selection.active;
    const value = text === null ? null : parseNumber(text, this.signs, this.model.rows[row].unit);
    const marked = this.model.bad.has(`${row}:${column}`);
    // What is emptied keeps its number; of a marked cell it is the one before.
    if (text === null || (!marked && (value === null || value === this.model.value(row, column)))) this.view.show(this.model, [row]);
    else this.write([{ row, column, value, text }]);
    const to = this.selection.from(move) ?? [row, column];
    if (move || text === null) this.goTo({ row: to[0], column: to[1] });
    if (move === "save") this.save();
  }

  write(cells, words = "", more = "") {
    const written = this.model.write(cells);
    const bad = cells.filter((cell) => cell.value === undefined).length;
    const lost = bad ? ` ${bad} ${bad === 1 ? "cell is" : "cells are"} not a number and marked.` : "";
    if (words || bad) this.say(`${words} ${written} ${written === 1 ? "cell" : "cells"}.${lost} ${more}`.trim());
    this.changed([...new Set(cells.map((cell) => cell.row))]);
  }

  changed(rows) {
    this.view.show(this.model, rows);
    this.tool("Undo").disabled = !this.model.done.length;
    this.tool("Redo").disabled = !this.model.undone.length;
    this.tool("Commit").disabled = !this.model.changedRows().length || this.model.bad.size > 0;
    if (this.section.dataset.grid) this.effect.later(this.section.dataset.grid, () => {
      const changes = this.model.changes();
      return changes.length ? { body: JSON.stringify({ changes }), headers: { "Content-Type": "application/json" } } : null;
    });
  }

  back() {
    this.stepped(this.model.undo(), "Undone.", "There is nothing to undo.");
  }

  forth() {
    this.stepped(this.model.redo(), "Done again.", "There is nothing to do again.");
  }

  stepped(rows, words, nothing) {
    this.say(rows.length ? words : nothing);
    this.changed(rows);
  }

  fill() {
    const { top, bottom, left, right } = this.selection.block;
    const [cells, end] = [[], left === right ? this.view.periods - 1 : right];
    for (let row = top; row <= bottom; row += 1) {
      const value = this.model.value(row, left);
      if (value === null) continue;
      for (let column = Math.max(left, 0); column <= end; column += 1) cells.push({ row, column, value });
    }
    this.write(cells, "Filled right:");
  }

  copy(event) {
    if (this.editor.open) return;
    const { top, bottom, left, right } = this.selection.block;
    const rows = [];
    for (let row = top; row <= bottom; row += 1) {
      const columns = Array.from({ length: right - left + 1 }, (_, index) => left + index);
      rows.push(columns.map((column) => plainNumber(this.model.value(row, column), this.signs)));
    }
    event.clipboardData.setData("text/plain", writeBlock(rows));
    event.preventDefault();
    this.say(`Copied ${rows.length} by ${rows[0].length} cells.`);
  }

  paste(event) {
    if (this.editor.open) return;
    event.preventDefault();
    paste(this, event.clipboardData.getData("text/plain"));
  }

  save() {
    const bad = this.model.firstBad();
    this.goTo(bad);
    if (bad) this.say(`Nothing was saved. ${this.view.nameOf(bad)}: “${bad.text}” is not a number.`);
    else if (!this.model.changedRows().length) this.say("Nothing has changed.");
    else return commit(this);
    return undefined;
  }
}
