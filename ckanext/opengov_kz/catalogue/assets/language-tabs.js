"use strict";
/* Turns the languages of a form into tabs. Without this script all languages stand one below the other.
   Keyboard as WAI-ARIA describes tabs: arrows, Home and End move, and the panel follows. */
(function () {
  function choose(strip, lang, focus) {
    for (const tab of strip.tabs) {
      const chosen = tab.dataset.lang === lang;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    }
    for (const panel of strip.panels) panel.hidden = panel.dataset.lang !== lang;
  }

  function moved(key, position, last) {
    if (key === "ArrowLeft") return position ? position - 1 : last;
    if (key === "ArrowRight") return position === last ? 0 : position + 1;
    if (key === "Home") return 0;
    return key === "End" ? last : -1;
  }

  function makeStrip(group) {
    const list = group.querySelector("[data-language-tabs]");
    const strip = {
      tabs: [...list.querySelectorAll("button")],
      panels: [...group.querySelectorAll("[data-language-panel]")],
    };
    list.hidden = false;
    list.setAttribute("role", "tablist");
    strip.tabs.forEach((tab, position) => {
      const panel = strip.panels[position];
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.classList.add("is-tab");
      tab.addEventListener("click", () => choose(strip, tab.dataset.lang));
      tab.addEventListener("keydown", (event) => {
        const to = moved(event.key, position, strip.tabs.length - 1);
        if (to < 0) return;
        event.preventDefault();
        choose(strip, strip.tabs[to].dataset.lang, true);
      });
    });
    const wrong = strip.tabs.find((tab) => tab.dataset.error !== undefined);
    choose(strip, (wrong || strip.tabs[0]).dataset.lang);
    return strip;
  }

  function start() {
    const strips = [...document.querySelectorAll("[data-languages]")].map(makeStrip);
    /* A line of the error list leads to its input, on whichever tab that is. */
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-form-errors] a");
      const input = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!input) return;
      const strip = strips.find((candidate) => candidate.panels.some((panel) => panel.contains(input)));
      if (strip) choose(strip, input.closest("[data-language-panel]").dataset.lang);
      event.preventDefault();
      input.focus();
      input.scrollIntoView({ block: "center" });
    });
    const errors = document.querySelector("[data-form-errors]");
    if (errors) errors.focus();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
