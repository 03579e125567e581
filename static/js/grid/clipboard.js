// A block of cells as spreadsheets exchange it: tabs between cells, lines between rows, quotes around what holds either.

export function readBlock(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let place = 0; place < body.length; place += 1) {
    const sign = body[place];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (body[place + 1] === '"') {
        cell += '"';
        place += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "\t") {
      rows.at(-1).push(cell);
      cell = "";
    } else if (sign === "\n") {
      rows.at(-1).push(cell);
      rows.push([]);
      cell = "";
    } else cell += sign;
  }
  rows.at(-1).push(cell);
  return rows;
}

export function writeBlock(rows) {
  return rows.map((row) => row.join("\t")).join("\n");
}
