// Starts Swagger UI or ReDoc in the element that names the OpenAPI document.

/* global SwaggerUIBundle, Redoc */

export async function start(element) {
  if (element.dataset.redoc) changeNewElements(forRedoc(element.dataset.nonce));
  else changeNewElements(forSwagger);
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

// Neither library offers an option for what follows, so it is settled where they make their elements.
function changeNewElements(make) {
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => make(create, name, options);
}

// Swagger UI brings a main landmark of its own into the page's.
function forSwagger(create, name, options) {
  return create(name === "main" ? "div" : name, options);
}

// ReDoc's style elements need the nonce of the page's policy, and its picture would come from its maker's site.
function forRedoc(nonce) {
  return (create, name, options) => {
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
