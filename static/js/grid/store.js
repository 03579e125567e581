// Saving a grid: one request for all of its changes, and what to do when somebody else was faster.

import { follow } from "./follow.js";
import { notice } from "./notice.js";

export async function commit(grid) {
  const button = grid.tool("Commit");
  if (button.disabled) return;
  button.disabled = true;
  const address = grid.section.dataset.gridSave;
  const result = await send(address, grid.model.changes());
  if (result.ok) {
    grid.model.settle(versionsOf(result.answer.rows));
    grid.changed(grid.model.rows.map((_, index) => index));
    grid.say("revision" in result.answer ? `Saved as revision ${result.answer.revision}.` : "Saved.");
    if (grid.section.dataset.grid) await grid.effect.refresh(grid.section.dataset.grid);
    await follow();
    return;
  }
  grid.effect.clear();
  button.disabled = false;
  grid.say(result.answer.detail);
  notice(grid.effect.frame, result, {
    takeTheirs: () => {
      grid.model.abandon();
      location.reload();
    },
    keepMine: async () => {
      const parts = new Set(grid.model.changes().map((change) => change.part));
      grid.model.renew(await presentVersions(grid.section.dataset.gridRows ?? address.replace(/changes$/, "parts/{part}"), parts));
      await commit(grid);
    },
  });
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

// The versions of the rows as they now are, by part and key; `{part}` stands in the address for a part's key.
async function presentVersions(address, parts) {
  const found = new Map();
  for (const part of parts) {
    const response = await fetch(address.replace("{part}", part));
    if (!response.ok) continue;
    const answer = await response.json();
    note(found, answer.rows ?? answer);
  }
  return found;
}

function versionsOf(rows) {
  return note(new Map(), rows);
}

function note(found, rows) {
  for (const row of rows) found.set(`${row.part}:${row.key}`, row.version);
  return found;
}
