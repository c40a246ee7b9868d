"use strict";
/* Turns the languages of a form into tabs. Without this script all languages stand one below the other.
   Keyboard as WAI-ARIA describes tabs: arrows, Home and End move, the chosen tab follows the focus. */
(function () {
  const CHOSEN = "opengov-form-language";

  function choose(strips, lang, focused) {
    for (const { tabs, panels } of strips) {
      for (const tab of tabs) {
        const on = tab.dataset.lang === lang;
        tab.setAttribute("aria-selected", String(on));
        tab.tabIndex = on ? 0 : -1;
      }
      for (const panel of panels) panel.hidden = panel.dataset.lang !== lang;
    }
    if (focused) focused.focus();
    try { sessionStorage.setItem(CHOSEN, lang); } catch (error) { /* private mode: not remembered */ }
  }

  function makeTabs(group) {
    const list = group.querySelector("[data-language-tabs]");
    const panels = [...group.querySelectorAll("[data-language-panel]")];
    list.hidden = false;
    list.setAttribute("role", "tablist");
    const tabs = [...list.querySelectorAll("button")];
    tabs.forEach((tab) => {
      tab.setAttribute("role", "tab");
      const own = panels.filter((panel) => panel.dataset.lang === tab.dataset.lang);
      tab.setAttribute("aria-controls", own.map((panel) => panel.id).join(" "));
    });
    panels.forEach((panel) => {
      const tab = tabs.find((candidate) => candidate.dataset.lang === panel.dataset.lang);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.classList.add("is-tab");
    });
    return { tabs, panels };
  }

  function start() {
    const strips = [...document.querySelectorAll("[data-languages]")].map(makeTabs);
    if (!strips.length) return;
    strips.forEach((strip) => strip.tabs.forEach((tab, position) => {
      tab.addEventListener("click", () => choose([strip], tab.dataset.lang));
      tab.addEventListener("keydown", (event) => {
        const last = strip.tabs.length - 1;
        const to = { ArrowLeft: position ? position - 1 : last, ArrowRight: position === last ? 0 : position + 1,
          Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        choose([strip], strip.tabs[to].dataset.lang, strip.tabs[to]);
      });
    }));
    strips.forEach((strip) => {
      const wrong = strip.tabs.find((tab) => tab.dataset.error !== undefined);
      choose([strip], (wrong || strip.tabs[0]).dataset.lang);
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
