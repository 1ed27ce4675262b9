// The one file that knows htmx's event names. Pages work without it; it only shortens the way.
(function () {
  "use strict";
  var words = JSON.parse(document.getElementById("page-words").textContent);

  document.body.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
    }
  });

  // A refusal or a form with faults is an answer to be read, not a failure.
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    if (status === 422 || status === 409 || status === 403) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // what came is made ready like the rest of the page
  document.body.addEventListener("htmx:afterSettle", function (event) {
    event.target.dispatchEvent(new CustomEvent("parts:added", { bubbles: true }));
  });

  function announceFailure(number) {
    document.getElementById("announcer").textContent = words.lost + (number ? " " + words.number + " " + number : "");
  }

  document.body.addEventListener("htmx:sendError", function () { announceFailure(""); });
  document.body.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status >= 500) {
      announceFailure(event.detail.xhr.getResponseHeader("X-Error-Number") || "");
    }
  });
})();
