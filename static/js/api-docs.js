// Starts Swagger UI or ReDoc in the element that names the OpenAPI document.

/* global SwaggerUIBundle, Redoc */

export async function start(element) {
  if (element.dataset.redoc) tameElements(element.dataset.nonce);
  await load(element.dataset.library);
  if (element.dataset.redoc) startRedoc(element);
  else startSwagger(element);
}

function startSwagger(element) {
  followTheme();
  document.addEventListener("calminer:theme", followTheme);
  SwaggerUIBundle({
    url: element.dataset.swagger,
    domNode: element,
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    validatorUrl: null,
    tryItOutEnabled: true,
  });
}

// Swagger UI has a dark style of its own, switched by a class.
function followTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.classList.toggle("dark-mode", (root.dataset.theme ?? system) === "dark");
}

function startRedoc(element) {
  Redoc.init(element.dataset.redoc, { nativeScrollbars: true, scrollYOffset: ".header" }, element);
}

// A library that is no module needs a script element of its own.
function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${address} could not be loaded`)));
    document.head.append(script);
  });
}

// ReDoc makes style elements and offers no way to tell it the nonce that the page's policy asks for, and it asks
// its maker's site for a picture. Neither is an option of its own, so both are settled where it makes elements.
function tameElements(nonce) {
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = create(name, options);
    if (name === "style") element.nonce = nonce;
    if (name === "img") keepHere(element);
    return element;
  };
}

// React sets both the attribute and the property.
function keepHere(picture) {
  const set = picture.setAttribute.bind(picture);
  picture.setAttribute = (name, value) => {
    if (name !== "src" || new URL(value, location.href).origin === location.origin) set(name, value);
  };
  Object.defineProperty(picture, "src", { set: (value) => picture.setAttribute("src", value) });
}
