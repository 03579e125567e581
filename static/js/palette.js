// The command palette: type a part of a name, go there. Pages are in the page; other places are asked for.

const PAUSE = 120;

export function start(dialog) {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const pages = [...list.children].map((option) => ({
    label: option.textContent.trim(),
    hint: "Page",
    href: option.dataset.href,
  }));
  const sources = dialog.dataset.paletteSrc.split(" ").filter(Boolean);
  let wanted = 0;
  let timer = 0;

  // What is in the page shows at once, so that Enter right after typing goes to what was typed.
  const search = () => {
    const words = input.value.trim();
    const turn = ++wanted;
    const here = pages.filter((page) => page.label.toLowerCase().includes(words.toLowerCase()));
    render(dialog, here, sources.length > 0);
    clearTimeout(timer);
    if (sources.length === 0) return;
    timer = setTimeout(async () => {
      const found = await Promise.all(sources.map((source) => ask(source, words)));
      if (turn === wanted) render(dialog, [...here, ...found.flat().filter(Boolean)], false, found.includes(null));
    }, PAUSE);
  };

  input.addEventListener("input", search);
  dialog.addEventListener("keydown", (event) => move(event, dialog));
  dialog.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.href);
    else if (event.target === dialog) dialog.close();
  });
  input.addEventListener("focus", search);
  dialog.addEventListener("close", () => {
    input.value = "";
  });
}

async function ask(source, words) {
  const response = await fetch(`${source}?${new URLSearchParams({ q: words })}`, {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  return response?.ok ? response.json() : null;
}

function render(dialog, places, pending, failed = false) {
  const list = dialog.querySelector("[role=listbox]");
  list.replaceChildren(...places.map(option));
  dialog.querySelector(".palette-empty").hidden = pending || failed || places.length > 0;
  dialog.querySelector(".palette-failed").hidden = !failed;
  select(dialog, list.firstElementChild);
}

function option(place, index) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `palette-${index + 1}`;
  item.dataset.href = place.href;
  item.append(span("", place.label), span("palette-hint", place.hint ?? ""));
  return item;
}

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function select(dialog, chosen) {
  for (const item of dialog.querySelectorAll("[role=option]")) {
    item.setAttribute("aria-selected", String(item === chosen));
  }
  const input = dialog.querySelector("input");
  if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
  else input.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function move(event, dialog) {
  const chosen = dialog.querySelector("[aria-selected=true]");
  if (event.key === "Enter") {
    event.preventDefault();
    if (chosen) location.assign(chosen.dataset.href);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const list = dialog.querySelector("[role=listbox]");
    const next = event.key === "ArrowDown" ? chosen?.nextElementSibling : chosen?.previousElementSibling;
    select(dialog, next ?? (event.key === "ArrowDown" ? list.firstElementChild : list.lastElementChild));
  }
}
