// A grid on the page: reads the table that the server wrote, and shows what the model holds.

import { ALL } from "./model.js";
import { formatNumber } from "./numbers.js";

export class View {
  constructor(table, signs) {
    this.table = table;
    this.signs = signs;
    this.lines = [...table.querySelectorAll("tbody tr")];
    this.cells = this.lines.map((line) => [...line.querySelectorAll("[data-cell]")]);
    this.periods = this.cells[0].length - 1;
    this.selected = [];
    this.focused = null;
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    table.closest(".table-frame").removeAttribute("tabindex");
    this.cells.flat().forEach((cell) => (cell.tabIndex = -1));
  }

  readRows() {
    return this.lines.map((line, index) => {
      const [part, key, field] = line.dataset.row.split(":");
      const texts = this.cells[index].slice(1).map((cell) => cell.dataset.value);
      return {
        part,
        key,
        field,
        version: Number(line.dataset.version),
        unit: line.dataset.unit,
        driver: line.dataset.driver ?? "",
        values: texts.some((text) => text === undefined) ? [] : texts.map(Number),
        constant: "constant" in line.dataset,
        spread: line.dataset.spread ?? "",
        total: "total" in line.dataset,
        sums: line.dataset.sums ?? "",
      };
    });
  }

  cell(row, column) {
    return this.cells[row][column - ALL];
  }

  // What a cell is called: its line, without the unit, and its period.
  nameOf({ row, column }) {
    const head = this.lines[row].querySelector("th").cloneNode(true);
    head.querySelector(".unit")?.remove();
    const [all, ...periods] = [...this.table.querySelectorAll("thead th")].slice(-this.periods - 1);
    const period = column === ALL ? all : periods[column];
    return `${head.textContent.trim().replace(/\s+/g, " ")}, ${period.textContent.trim()}`;
  }

  placeOf(element) {
    const cell = element.closest?.("[data-cell]");
    const row = this.lines.indexOf(cell?.closest("tr"));
    return row < 0 ? undefined : { row, column: Number(cell.dataset.cell) };
  }

  show(model, rows) {
    const changed = new Set(model.changedRows());
    for (const row of rows) {
      const held = model.rows[row];
      for (let column = ALL; column < this.periods; column += 1) this.#showCell(model, row, column, held);
      this.lines[row].toggleAttribute("data-changed", changed.has(row));
      const total = this.lines[row].querySelector("td[data-total]");
      if (held.sums) total.textContent = held.values.length ? this.#number(sum(held.values)) : "";
    }
    this.#showFeet(model);
  }

  #showCell(model, row, column, held) {
    const cell = this.cell(row, column);
    const bad = model.bad.get(`${row}:${column}`);
    const text = bad ?? formatNumber(model.value(row, column), this.signs);
    if (cell.textContent !== text) cell.textContent = text;
    cell.classList.toggle("grid-same", (held.constant || Boolean(held.spread)) && column !== ALL);
    if (bad === undefined) {
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("title");
    } else {
      cell.setAttribute("aria-invalid", "true");
      cell.title = `“${bad}” is not a number`;
    }
  }

  #showFeet(model) {
    for (const foot of this.table.querySelectorAll("[data-foot]")) {
      const alike = model.rows.filter((row) => row.sums === foot.dataset.foot && !row.driver && row.values.length);
      const sums = Array.from({ length: this.periods }, (_, index) => sum(alike.map((row) => row.values[index])));
      const [total, , ...columns] = foot.querySelectorAll("td");
      total.textContent = this.#number(sum(sums));
      columns.forEach((cell, index) => {
        const text = this.#number(sums[index]);
        if (cell.textContent !== text) cell.textContent = text;
      });
    }
  }

  #number(value) {
    return formatNumber(Number(value.toPrecision(12)), this.signs);
  }

  select(selection, focus = true) {
    for (const cell of this.selected) cell.removeAttribute("aria-selected");
    const { rows, columns } = selection.size;
    this.selected = rows * columns > 1 ? selection.cells().map(({ row, column }) => this.cell(row, column)) : [];
    for (const cell of this.selected) cell.setAttribute("aria-selected", "true");
    const active = this.cell(selection.end.row, selection.end.column);
    if (this.focused) this.focused.tabIndex = -1;
    this.focused = active;
    active.tabIndex = 0;
    if (focus) {
      active.focus({ preventScroll: true });
      reveal(active);
    }
  }
}

// Scroll so that a cell stands beside the column of names and below the heading, not behind them.
function reveal(cell) {
  const frame = cell.closest(".table-frame");
  const box = frame.getBoundingClientRect();
  const place = cell.getBoundingClientRect();
  const names = cell.parentElement.firstElementChild.getBoundingClientRect().right;
  const head = frame.querySelector("thead").getBoundingClientRect().bottom;
  const feet = frame.querySelector("tfoot").getBoundingClientRect().height;
  if (place.left < names) frame.scrollLeft -= names - place.left;
  else if (place.right > box.right) frame.scrollLeft += place.right - box.right + 4;
  if (place.top < head) frame.scrollTop -= head - place.top;
  else if (place.bottom > box.bottom - feet) frame.scrollTop += place.bottom - box.bottom + feet;
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
