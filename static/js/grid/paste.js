// A block from the clipboard laid over the selection.

import { readBlock } from "./clipboard.js";
import { ALL } from "./model.js";
import { hasCurrency, parseNumber, plainNumber } from "./numbers.js";
import { signsOfBlock } from "./signs.js";

export function paste(grid, clipboard) {
  const block = readBlock(clipboard);
  const texts = block.flat();
  const { signs, doubtful } = signsOfBlock(texts, grid.signs);
  const { top, left } = grid.selection.block;
  const { rows, columns } = spread(block, grid.selection.size);
  const cells = [];
  for (let down = 0; down < rows; down += 1)
    for (let right = 0; right < columns; right += 1) {
      const text = block[down % block.length][right % widthOf(block)];
      if (text !== undefined) cells.push({ row: top + down, column: left + right, text });
    }
  const inside = cells.filter(({ row, column }) => row < grid.model.rows.length && column < grid.view.periods);
  const read = inside.map((cell) => ({ ...cell, value: parseNumber(cell.text, signs, grid.model.rows[cell.row].unit) }));
  const empty = read.filter((cell) => cell.value === null && cell.column !== ALL && grid.model.value(cell.row, cell.column));
  const written = [...read.filter((cell) => cell.value !== null), ...empty.map((cell) => ({ ...cell, value: 0 }))];
  const outside = cells.length - inside.length;
  const said = [
    empty.length ? `${empty.length} of them ${empty.length === 1 ? "was empty and is" : "were empty and are"} 0 now.` : "",
    ...doubtful.map((text) => readAs(read.find((cell) => cell.text === text), grid.signs)),
    texts.some(hasCurrency) ? "Signs of currencies were left out." : "",
  ];
  grid.write(written, `${outside ? `${outside} cells did not fit. ` : ""}Pasted:`, said.filter(Boolean).join(" "));
  grid.selection.go(top, left);
  grid.selection.go(top + rows - 1, left + columns - 1, true);
  grid.view.select(grid.selection);
}

function readAs(cell, signs) {
  return cell ? `“${cell.text.trim()}” was read as ${plainNumber(cell.value, signs)}.` : "";
}

// How far a block goes: over the whole selection where that is a multiple of it, as a single value always is.
function spread(block, size) {
  const [rows, columns] = [block.length, widthOf(block)];
  return size.rows % rows || size.columns % columns ? { rows, columns } : size;
}

function widthOf(block) {
  return Math.max(...block.map((row) => row.length));
}
