// The table without a whole page load, and buttons that copy. Everything works without this file.
(function () {
  "use strict";

  if (window.htmx) {
    // The content security policy allows neither styles nor code made of strings.
    window.htmx.config.includeIndicatorStyles = false;
    window.htmx.config.allowEval = false;
    // Pages are kept by the portal, not by the browser of a shared computer.
    window.htmx.config.historyCacheSize = 0;
    window.htmx.config.refreshOnHistoryMiss = true;
  }

  // The address names only what was asked for, so that it can be read and shared.
  document.addEventListener("htmx:configRequest", function (event) {
    var parameters = event.detail.parameters;
    Object.keys(parameters).forEach(function (name) {
      if (parameters[name] === "") {
        delete parameters[name];
      }
    });
  });

  // A region that is replaced is not read out; this one stays and says what is shown now.
  document.addEventListener("htmx:afterSettle", function () {
    var summary = document.querySelector("[data-og-table-summary]");
    var said = document.querySelector("[data-og-table-said]");
    if (summary && said) {
      said.textContent = summary.textContent;
    }
  });

  // An answer that is not the page (an error, a sign-in) is shown as a page of its own.
  document.addEventListener("htmx:responseError", function (event) {
    window.location.assign(event.detail.pathInfo.finalRequestPath);
  });

  if (navigator.clipboard) {
    document.querySelectorAll("[data-og-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var text = document.getElementById(button.dataset.ogCopy).textContent;
        navigator.clipboard.writeText(text).then(function () {
          button.textContent = button.dataset.ogCopied;
        });
      });
    });
  }
})();
