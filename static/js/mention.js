// `data-mention="/address"` around a textarea: @ and the beginning of a name offers people to call. The address
// answers `?q=` with `[{"name", "handle"}]`. Arrow keys choose, Enter or Tab takes, Escape closes.

const PAUSE = 120;
const LONGEST = 60;
const TYPED = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}_.'’ -]*)$/u;

export function start(frame) {
  const field = frame.querySelector("textarea");
  const list = frame.querySelector("[role=listbox]");
  const says = frame.querySelector("[data-mention-says]");
  let timer = 0;
  let turn = 0;

  const close = () => {
    clearTimeout(timer);
    turn += 1;
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  };

  const look = () => {
    const typed = typedName(field);
    if (typed === null) {
      close();
      return;
    }
    clearTimeout(timer);
    const own = ++turn;
    timer = setTimeout(async () => {
      const people = await ask(frame.dataset.mention, typed);
      if (own !== turn) return;
      if (people.length === 0) {
        close();
        return;
      }
      list.replaceChildren(...people.map((person, index) => option(list.id, person, index)));
      list.hidden = false;
      choose(field, list, list.firstElementChild);
      says.textContent = `${people.length} ${people.length === 1 ? "person" : "people"}. Arrow keys choose, Enter takes.`;
    }, PAUSE);
  };

  const take = (item) => {
    const end = field.selectionStart;
    const begin = end - typedName(field).length;
    field.setRangeText(`${item.dataset.handle} `, begin, end, "end");
    says.textContent = `${item.dataset.handle} is called.`;
    close();
    field.focus();
  };

  field.addEventListener("input", look);
  field.addEventListener("blur", () => setTimeout(close, PAUSE));
  field.addEventListener("keydown", (event) => {
    const chosen = list.querySelector("[aria-selected=true]");
    if (list.hidden || chosen === null) return;
    if (event.key === "ArrowDown") choose(field, list, chosen.nextElementSibling ?? list.firstElementChild);
    else if (event.key === "ArrowUp") choose(field, list, chosen.previousElementSibling ?? list.lastElementChild);
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("[role=option]");
    if (item) take(item);
  });
}

// What stands between the @ and the caret, null where no name is being typed.
function typedName(field) {
  const match = TYPED.exec(field.value.slice(0, field.selectionStart));
  return match === null || match[1].length > LONGEST ? null : match[1];
}

async function ask(address, typed) {
  const response = await fetch(`${address}?${new URLSearchParams({ q: typed })}`, {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  return response?.ok ? response.json() : [];
}

function option(list, person, index) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `${list}-${index + 1}`;
  item.dataset.handle = person.handle;
  item.textContent = person.handle;
  return item;
}

function choose(field, list, chosen) {
  for (const item of list.children) item.setAttribute("aria-selected", String(item === chosen));
  field.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}
