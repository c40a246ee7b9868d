/* Suggestions under a search box: a combobox after the ARIA pattern. Without it the box works as it is. */
"use strict";

const DELAY = 150;

class Suggestions {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.list = document.createElement("ul");
    this.list.id = `${this.input.id}-suggestions`;
    this.list.className = "og-suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.labels[0].textContent);
    this.list.hidden = true;
    this.status = document.createElement("p");
    this.status.className = "og-visually-hidden";
    this.status.setAttribute("role", "status");
    form.append(this.list, this.status);
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // The box keeps the focus while the mouse chooses.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.chosen = -1;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), DELAY);
  }

  async ask() {
    const text = this.input.value.trim();
    if (text.length < 2) {
      this.close();
      return;
    }
    this.request?.abort();
    this.request = new AbortController();
    try {
      const address = `${this.form.dataset.suggest}?q=${encodeURIComponent(text.slice(0, 200))}`;
      const answer = await fetch(address, { signal: this.request.signal, credentials: "omit" });
      this.show(answer.ok ? await answer.json() : []);
    } catch (error) {
      if (error.name !== "AbortError") {
        this.close();
      }
    }
  }

  show(items) {
    this.chosen = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...items.map((item, number) => this.option(item, number)));
    const open = items.length > 0 && document.activeElement === this.input;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.status.textContent = open ? this.form.dataset.suggestCount.replace("{number}", items.length) : "";
  }

  option(item, number) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.lang = item.lang;
    option.textContent = item.title;
    option.dataset.url = item.url;
    option.addEventListener("click", () => window.location.assign(item.url));
    return option;
  }

  key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) {
        return;
      }
      event.preventDefault();
      this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && this.chosen >= 0 && !this.list.hidden) {
      event.preventDefault();
      window.location.assign(this.list.children[this.chosen].dataset.url);
    }
  }

  choose(number) {
    const options = [...this.list.children];
    // One place before the first is the box itself.
    this.chosen = number < -1 ? options.length - 1 : number >= options.length ? -1 : number;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.chosen)));
    if (this.chosen < 0) {
      this.input.removeAttribute("aria-activedescendant");
    } else {
      this.input.setAttribute("aria-activedescendant", options[this.chosen].id);
      options[this.chosen].scrollIntoView({ block: "nearest" });
    }
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.show([]);
  }
}

for (const form of document.querySelectorAll("form[data-suggest]")) {
  new Suggestions(form);
}
