// What the server said about a save that it refused, above the grid, with the ways on.

const SIGNED_OUT = "You are signed out. Nothing was saved, and everything typed is still here: sign in in a new tab, then save again.";

export function notice(frame, { status, answer }, { takeTheirs, keepMine, signIn }) {
  const box = element("div", "callout tone-bad");
  const body = element("div", "callout-body");
  body.append(element("p", "", status === 401 ? SIGNED_OUT : answer.detail || answer.title));
  const list = element("ul");
  for (const { field, allowed } of answer.errors ?? []) list.append(element("li", "", `${field}: ${allowed}`));
  for (const name of Object.keys(answer.yours ?? {}))
    list.append(element("li", "", `${name}: stored now ${answer.theirs?.[name] ?? "–"}, yours ${answer.yours[name]}`));
  if (list.children.length) body.append(list);
  if (status === 401) body.append(link("Sign in in a new tab", signIn));
  if (status === 409) {
    const actions = element("div", "actions");
    actions.append(button("Take the stored values", takeTheirs), button("Save mine over them", keepMine));
    body.append(actions);
  }
  box.append(body);
  frame.replaceChildren(box);
}

function link(text, address) {
  return Object.assign(element("a", "button button-small", text), { href: address, target: "_blank", rel: "noopener" });
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
