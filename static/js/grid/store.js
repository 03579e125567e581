// Saving a grid: one request for all of its changes, and what to do when somebody else was faster.

import { follow } from "./follow.js";
import { meet } from "./meet.js";
import { notice } from "./notice.js";
import { formatNumber } from "./numbers.js";

const MOST_CELLS = 8;

// again: after a save that came too late, with what the other side had changed meanwhile.
export async function commit(grid, again = null) {
  const button = grid.tool("Commit");
  if (button.disabled) return;
  button.disabled = true;
  const address = grid.section.dataset.gridSave;
  const result = await send(address, grid.model.changes());
  if (result.ok) return settle(grid, result.answer, again);
  const present = result.status === 409 ? await presentRows(grid, address) : null;
  const met = present && meet(grid.model, present);
  button.disabled = false;
  if (met && !met.clashes.length && !again) return goOn(grid, met);
  grid.effect.clear();
  grid.say(result.answer.detail);
  notice(grid.effect.frame, met?.clashes.length ? inCells(grid, result, met.clashes) : result, {
    signIn: grid.section.dataset.gridSignIn,
    takeTheirs: () => {
      grid.model.abandon();
      location.reload();
    },
    keepMine: () => {
      if (met) return goOn(grid, met);
      grid.model.goOnFrom(present);
      return commit(grid);
    },
  });
  return undefined;
}

// Save once more, with theirs in the cells that were left alone here.
function goOn(grid, met) {
  met.take();
  grid.view.show(grid.model, [...grid.model.rows.keys()]);
  return commit(grid, met);
}

async function settle(grid, answer, again) {
  grid.model.settle(new Map(answer.rows.map((row) => [nameOf(row), row.version])));
  grid.changed([...grid.model.rows.keys()]);
  const saved = "revision" in answer ? `Saved as revision ${answer.revision}.` : "Saved.";
  grid.say(again?.kept ? `${saved} Cells that somebody else changed meanwhile stay as they are: ${again.kept}.` : saved);
  if (grid.section.dataset.grid) await grid.effect.refresh(grid.section.dataset.grid);
  await follow();
}

// What the server said about rows, said about the cells that both sides changed.
function inCells(grid, { status, answer }, clashes) {
  const of = (side) => Object.fromEntries(clashes.slice(0, MOST_CELLS).map((cell) => [grid.view.nameOf(cell), formatNumber(cell[side], grid.signs)]));
  const more = clashes.length - MOST_CELLS;
  const detail = more > 0 ? `${answer.detail} These cells differ, and ${more} more:` : `${answer.detail} These cells differ:`;
  return { status, answer: { ...answer, detail, theirs: of("theirs"), yours: of("mine") } };
}

const NO_ANSWER = "CalMiner did not answer. Nothing was saved and everything typed is still here; save again in a moment.";

async function send(address, changes) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ changes }),
    });
    return { ok: response.ok, status: response.status, answer: await response.json() };
  } catch {
    return { ok: false, status: 0, answer: { detail: NO_ANSWER, errors: [] } };
  }
}

// The changed rows as they now are, by part and key; `{part}` stands in the address for a part's key.
async function presentRows(grid, save) {
  const address = grid.section.dataset.gridRows ?? save.replace(/changes$/, "parts/{part}");
  const changed = grid.model.changes();
  const found = new Map();
  for (const part of new Set(changed.map((change) => change.part))) {
    const response = await fetch(address.replace("{part}", part));
    if (!response.ok) continue;
    const answer = await response.json();
    for (const row of answer.rows ?? answer) found.set(nameOf(row), row);
  }
  return new Map(changed.map(nameOf).filter((name) => found.has(name)).map((name) => [name, found.get(name)]));
}

function nameOf({ part, key }) {
  return `${part}:${key}`;
}
