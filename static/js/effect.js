// What unsaved values would do: asks the server shortly after the last key, and shows its answer in a frame.

const PAUSE = 250;

export class EffectFrame {
  constructor(frame) {
    this.frame = frame;
    this.stored = frame.innerHTML;
    this.timer = 0;
    this.request = null;
  }

  clear() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.frame.innerHTML = this.stored;
    this.frame.removeAttribute("aria-busy");
  }

  // Show what is stored now, after something was saved.
  async refresh(address) {
    clearTimeout(this.timer);
    this.request?.abort();
    const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (response?.ok) this.stored = await response.text();
    this.clear();
  }

  // ask(): the options of the request, or null when there is nothing to ask.
  later(address, ask) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#now(address, ask()), PAUSE);
  }

  async #now(address, options) {
    this.request?.abort();
    if (options === null) {
      this.clear();
      return;
    }
    this.request = new AbortController();
    this.frame.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, {
        method: "POST",
        ...options,
        headers: { Accept: "text/html", ...options.headers },
        signal: this.request.signal,
      });
      if (response.ok) this.frame.innerHTML = await response.text();
      else this.#unknown();
      this.frame.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#unknown();
      this.frame.removeAttribute("aria-busy");
    }
  }

  // No figure is better than one of an earlier state.
  #unknown() {
    const note = document.createElement("p");
    note.className = "effect-note";
    note.textContent = "CalMiner did not answer, so the effect of what is typed is not known. The next change asks again.";
    this.frame.replaceChildren(note);
  }
}
