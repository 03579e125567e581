// `data-copy-table="id"` copies a table, full values included, as tab-separated text that a spreadsheet takes.

const SHOWN_FOR = 1500;

export function start(button) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(asText(document.getElementById(button.dataset.copyTable)));
    confirmOn(button);
  });
}

export function asText(table) {
  return [...table.rows].map((row) => [...row.cells].map(cellText).join("\t")).join("\n");
}

function cellText(cell) {
  const number = cell.querySelector("data");
  if (number) return localised(number.value);
  return cell.innerText.replace(/\s+/g, " ").trim();
}

// A spreadsheet reads the decimal sign of its reader, who is the reader of this page.
function localised(value) {
  const sign = (1.5).toLocaleString(document.documentElement.dataset.locale).charAt(1);
  return value.replace(".", sign);
}

function confirmOn(button) {
  const before = button.getAttribute("aria-label");
  const use = button.querySelector("use");
  const picture = use.getAttribute("href");
  use.setAttribute("href", picture.replace(/#.*/, "#good"));
  button.setAttribute("aria-label", "Copied");
  setTimeout(() => {
    use.setAttribute("href", picture);
    button.setAttribute("aria-label", before);
  }, SHOWN_FOR);
}
