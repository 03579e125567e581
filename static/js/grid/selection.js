// Where one is in a grid, and the block that is selected from there. Columns begin at -1, which is every period.

import { ALL } from "./model.js";

const PAGE = 12;

export class Selection {
  constructor(rows, periods) {
    this.last = { row: rows - 1, column: periods - 1 };
    this.active = { row: 0, column: 0 };
    this.end = { row: 0, column: 0 };
  }

  get block() {
    return {
      top: Math.min(this.active.row, this.end.row),
      bottom: Math.max(this.active.row, this.end.row),
      left: Math.min(this.active.column, this.end.column),
      right: Math.max(this.active.column, this.end.column),
    };
  }

  get size() {
    const { top, bottom, left, right } = this.block;
    return { rows: bottom - top + 1, columns: right - left + 1 };
  }

  has(row, column) {
    const { top, bottom, left, right } = this.block;
    return row >= top && row <= bottom && column >= left && column <= right;
  }

  cells() {
    const { top, bottom, left, right } = this.block;
    const found = [];
    for (let row = top; row <= bottom; row += 1)
      for (let column = left; column <= right; column += 1) found.push({ row, column });
    return found;
  }

  go(row, column, extend = false) {
    const place = {
      row: Math.min(Math.max(row, 0), this.last.row),
      column: Math.min(Math.max(column, ALL), this.last.column),
    };
    if (!extend) this.active = place;
    this.end = place;
  }

  all() {
    this.active = { row: 0, column: 0 };
    this.end = { ...this.last };
  }

  // The place that a key leads to, or nothing.
  byKey(key, control) {
    const { row, column } = this.end;
    const { row: bottom, column: right } = this.last;
    const leads = {
      ArrowLeft: [row, control ? 0 : column - 1],
      ArrowRight: [row, control ? right : column + 1],
      ArrowUp: [control ? 0 : row - 1, column],
      ArrowDown: [control ? bottom : row + 1, column],
      Home: [control ? 0 : row, 0],
      End: [control ? bottom : row, right],
      PageUp: [row, column - PAGE],
      PageDown: [row, column + PAGE],
    };
    return leads[key];
  }

  // The place that an editor leaves to, or nothing.
  from(move) {
    const { row, column } = this.active;
    const places = { down: [row + 1, column], up: [row - 1, column], left: [row, column - 1], right: [row, column + 1] };
    return places[move] ?? (move === "next" || move === "back" ? this.next(move === "back") : undefined);
  }

  // The next cell in reading order, or nothing at the end.
  next(back) {
    const { row, column } = this.active;
    if (back) {
      if (column > ALL) return [row, column - 1];
      return row > 0 ? [row - 1, this.last.column] : undefined;
    }
    if (column < this.last.column) return [row, column + 1];
    return row < this.last.row ? [row + 1, ALL] : undefined;
  }
}
