// Starts Swagger UI or ReDoc; their scripts are on the page already, deferred like this one.

/* global SwaggerUIBundle, Redoc */

export function start(element) {
  if (element.dataset.swagger) {
    SwaggerUIBundle({
      url: element.dataset.swagger,
      domNode: element,
      deepLinking: true,
      presets: [SwaggerUIBundle.presets.apis],
      layout: "BaseLayout",
      validatorUrl: null,
      tryItOutEnabled: true,
    });
  } else {
    // styled-components, inside ReDoc, takes the nonce for its style elements from here.
    globalThis.__webpack_nonce__ = element.dataset.nonce;
    Redoc.init(element.dataset.redoc, { hideDownloadButton: false, nativeScrollbars: true }, element);
  }
}
