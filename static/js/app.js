// Brings each behaviour to the elements that ask for it by a data attribute, and loads no other script.

const BEHAVIOURS = {
  "[data-theme-switch]": "./theme.js",
  "[data-sidebar-fold]": "./sidebar.js",
  "[data-palette]": "./palette.js",
  "[data-dialog-open]": "./dialogs.js",
  "[data-shortcuts]": "./shortcuts.js",
  "[data-submit-once]": "./submit-once.js",
  "[data-keep-typed]": "./keep-typed.js",
  "[data-focus-first]": "./focus-first.js",
  "[data-copy-table]": "./copy-table.js",
  "[data-poll]": "./poll.js",
  "[data-chart]": "./charts.js",
  "[data-choice]": "./choice.js",
  "[data-fills]": "./fill-from-file.js",
  "[data-mention]": "./mention.js",
  "[data-what-if]": "./what-if.js",
  "[data-grid]": "./grid.js",
  "[data-lines]": "./lines.js",
  "[data-swagger]": "./api-docs.js",
  "[data-redoc]": "./api-docs.js",
};

// Each module exports `start(element)` and is started once per element; call again for inserted fragments.
export async function bringToLife(root) {
  const started = Object.entries(BEHAVIOURS).map(async ([selector, path]) => {
    const elements = [...root.querySelectorAll(selector)].filter((element) => claim(element, selector));
    if (elements.length === 0) return;
    const { start } = await import(path);
    elements.forEach(start);
  });
  await Promise.all(started);
}

const claimed = new WeakMap();

function claim(element, selector) {
  const known = claimed.get(element) ?? new Set();
  if (known.has(selector)) return false;
  claimed.set(element, known.add(selector));
  return true;
}

// Not awaited here: `poll.js` imports this module and would wait for it for ever.
bringToLife(document).then(() => {
  document.documentElement.dataset.ready = "";
});
