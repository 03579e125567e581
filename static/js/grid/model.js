// The schedules of a grid: values by row and period, what was changed, and the steps back. Knows nothing of the page.

export const ALL = -1;

export class Schedule {
  // rows: { part, key, field, version, unit, driver, values, constant, spread, total }; spread: the field of the row that
  // spreads a total over the periods, which the values by period replace
  constructor(rows, periods) {
    this.rows = rows;
    this.periods = periods;
    this.stored = rows.map(copy);
    this.bad = new Map();
    this.done = [];
    this.undone = [];
  }

  value(row, column) {
    const held = this.rows[row];
    if (column === ALL) return held.constant ? held.values[0] : null;
    return held.values.length ? held.values[column] : null;
  }

  isLocked(row, column) {
    return column === ALL && this.rows[row].total;
  }

  // cells: [{ row, column, value, text }], value undefined where the text is no number, null for the number before
  // one that was none. One step to undo.
  write(cells) {
    const touched = [...new Set(cells.map((cell) => cell.row))];
    const before = this.#snapshot(touched);
    let written = 0;
    for (const cell of cells) {
      if (this.isLocked(cell.row, cell.column)) continue;
      const place = `${cell.row}:${cell.column}`;
      if (cell.value === undefined) {
        this.bad.set(place, cell.text);
        continue;
      }
      this.bad.delete(place);
      if (cell.value === null) continue;
      this.#set(cell.row, cell.column, cell.value);
      written += 1;
    }
    this.done.push({ before, after: this.#snapshot(touched) });
    this.undone = [];
    return written;
  }

  #set(row, column, value) {
    const held = this.rows[row];
    if (column === ALL) {
      held.values = Array(this.periods).fill(value);
      held.constant = true;
      for (const place of [...this.bad.keys()]) if (place.startsWith(`${row}:`)) this.bad.delete(place);
      return;
    }
    if (held.values.length === 0) held.values = Array(this.periods).fill(0);
    if (held.values[column] === value) return;
    held.values[column] = value;
    held.constant = false;
    held.spread = "";
  }

  undo() {
    return this.#step(this.done, this.undone, "before");
  }

  redo() {
    return this.#step(this.undone, this.done, "after");
  }

  #step(from, to, side) {
    const step = from.pop();
    if (!step) return [];
    to.push(step);
    for (const { row, state, bad } of step[side]) {
      Object.assign(this.rows[row], { ...state, values: [...state.values] });
      for (const place of [...this.bad.keys()]) if (place.startsWith(`${row}:`)) this.bad.delete(place);
      for (const [place, text] of bad) this.bad.set(place, text);
    }
    return step[side].map(({ row }) => row);
  }

  #snapshot(rows) {
    return rows.map((row) => ({
      row,
      state: copy(this.rows[row]),
      bad: [...this.bad].filter(([place]) => place.startsWith(`${row}:`)),
    }));
  }

  // The first cell whose text is no number, or nothing.
  firstBad() {
    for (const [place, text] of this.bad) {
      const [row, column] = place.split(":").map(Number);
      return { row, column, text };
    }
    return undefined;
  }

  changedRows() {
    return this.rows.flatMap((row, index) => (differs(row, this.stored[index]) ? [index] : []));
  }

  // What the server is asked to save, or to try: one change for each row of the model.
  changes() {
    const found = new Map();
    for (const index of this.changedRows()) {
      const { part, key, field, version, unit, driver, values, constant } = this.rows[index];
      const name = `${part}:${key}`;
      if (!found.has(name)) found.set(name, { part, key, version, values: {} });
      const quantity = { value: constant ? values[0] : values, unit };
      found.get(name).values[field] = driver ? { ...quantity, driver } : quantity;
      if (this.stored[index].spread) found.get(name).values[this.stored[index].spread] = null;
    }
    return [...found.values()];
  }

  // versions: of the rows as saved, by part and key.
  settle(versions) {
    this.renew(versions);
    this.stored = this.rows.map(copy);
  }

  // Go on from the rows that are stored now, whoever wrote them. Steps back would lead to what was there before.
  goOnFrom(present) {
    this.renew(new Map([...present].map(([name, { version }]) => [name, version])));
    this.done = [];
    this.undone = [];
  }

  renew(versions) {
    for (const row of this.rows) row.version = versions.get(`${row.part}:${row.key}`) ?? row.version;
  }

  abandon() {
    this.stored = this.rows.map(copy);
    this.bad.clear();
  }
}

function copy({ values, constant, spread }) {
  return { values: [...values], constant, spread };
}

function differs(row, stored) {
  return (
    row.constant !== stored.constant ||
    row.values.length !== stored.values.length ||
    row.values.some((value, index) => value !== stored.values[index])
  );
}
