// Two people in one grid: what somebody else stored meanwhile comes into the cells that were left alone here.

// model: a Schedule. present: the rows that were changed here, as they are stored now, by part and key. Returns the cells
// that both sides changed, how many only the other side did, and `take` to bring in theirs; nothing where a row is gone
// or has other units or periods, or was a total with its schedule.
export function meet(model, present) {
  if (model.changes().some(({ part, key }) => !present.has(`${part}:${key}`))) return undefined;
  const [clashes, theirs] = [[], []];
  for (const [row, held] of model.rows.entries()) {
    const now = present.get(`${held.part}:${held.key}`);
    if (!now) continue;
    const base = model.stored[row];
    if (base.spread) return undefined;
    const values = valuesOf(now.values[held.field], held, model.periods);
    if (!values || base.values.length !== values.length || held.values.length !== values.length) return undefined;
    for (const [column, value] of values.entries()) {
      const [mine, before] = [held.values[column], base.values[column]];
      if (value === before || value === mine) continue;
      if (mine === before) theirs.push({ row, column, value });
      else clashes.push({ row, column, theirs: value, mine });
    }
  }
  return { clashes, kept: theirs.length, take: () => take(model, theirs, present) };
}

// The numbers by period of a stored quantity; nothing where its unit, driver or number of periods is another.
function valuesOf(quantity, { unit, driver }, periods) {
  if (!quantity || quantity.unit !== unit || (quantity.driver ?? "") !== driver) return undefined;
  const { value } = quantity;
  if (typeof value === "number") return Array(periods).fill(value);
  return Array.isArray(value) && value.length === periods ? value : undefined;
}

function take(model, theirs, present) {
  for (const { row, column, value } of theirs) {
    // What they stored is no change of this tab's, also where its own save is refused once more.
    for (const held of [model.rows[row], model.stored[row]]) {
      held.values[column] = value;
      held.constant = false;
    }
  }
  model.goOnFrom(present);
}
