// What the server said about a save that it refused, above the grid, with the ways on.

export function notice(frame, { status, answer }, { takeTheirs, keepMine }) {
  const box = element("div", "callout tone-bad");
  const body = element("div", "callout-body");
  body.append(element("p", "", answer.detail || answer.title));
  const list = element("ul");
  for (const { field, allowed } of answer.errors ?? []) list.append(element("li", "", `${field}: ${allowed}`));
  for (const name of Object.keys(answer.yours ?? {}))
    list.append(element("li", "", `${name}: stored now ${answer.theirs?.[name] ?? "–"}, yours ${answer.yours[name]}`));
  if (list.children.length) body.append(list);
  if (status === 409) {
    const actions = element("div", "actions");
    actions.append(button("Take the stored values", takeTheirs), button("Save mine over them", keepMine));
    body.append(actions);
  }
  box.append(body);
  frame.replaceChildren(box);
}

function button(text, act) {
  const made = element("button", "button button-small", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
