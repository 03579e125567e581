// Which key does what while no cell is being edited.

const BEGINS_A_NUMBER = /^[-+\d.,(\u2212]$/;

export function actOf(grid, event, control) {
  const { key, shiftKey } = event;
  const lead = grid.selection.byKey(key, control);
  if (lead) return () => grid.goTo({ row: lead[0], column: lead[1] }, shiftKey);
  if (control) return withControl(grid, shiftKey)[key.toLowerCase()];
  if (event.altKey) return undefined;
  if (key === "Tab") return grid.tab(shiftKey);
  if (key === "Escape") return () => grid.readyToLeave();
  if (key === "Enter" || key === "F2") return () => grid.edit(null);
  if (key === "Delete" || key === "Backspace") return () => grid.zero();
  if (BEGINS_A_NUMBER.test(key)) return () => grid.edit(key);
  return undefined;
}

function withControl(grid, shift) {
  return {
    a: () => grid.all(),
    r: () => grid.fill(),
    s: () => grid.save(),
    y: () => grid.forth(),
    z: () => (shift ? grid.forth() : grid.back()),
  };
}
