// Deadline chips tick here; the server alone decides their state. Remaining counted seconds come with the page and run
// down against the time since it was loaded (performance.now, so a wrong clock on this machine does no harm).
(function () {
  "use strict";
  var english = document.documentElement.lang === "en";
  var loaded = performance.now();
  var TICKS_BELOW = 300;

  function span(seconds, over) {
    seconds = Math.abs(Math.trunc(seconds));
    if (seconds < TICKS_BELOW && !over) {
      return Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    }
    var days = Math.floor(seconds / 86400), hours = Math.floor(seconds % 86400 / 3600);
    var minutes = Math.floor(seconds % 3600 / 60);
    var units = english ? ["d", "h", "m"] : ["天", "小时", "分"];
    var parts = days ? [[days, 0], [hours, 1]] : hours ? [[hours, 1], [minutes, 2]] : [[over ? Math.max(minutes, 1) : minutes, 2]];
    return parts.filter(function (part) { return part[0]; })
      .map(function (part) { return part[0] + units[part[1]]; }).join(english ? " " : "");
  }

  function draw(chip) {
    var state = chip.dataset.chip;
    if (chip.dataset.counting !== "1" || (state !== "on_time" && state !== "at_risk" && state !== "overdue")) { return TICKS_BELOW; }
    var left = Number(chip.dataset.seconds) - (performance.now() - loaded) / 1000;
    var text;
    if (state === "overdue") {
      text = english ? span(left, true) + " over" : "超 " + span(left, true);
    } else {
      left = Math.max(left, 0);
      text = english ? span(left) + " left" : "剩 " + span(left);
    }
    chip.querySelector(".chip-words").textContent = text;
    return state === "overdue" ? TICKS_BELOW : left;
  }

  function tick() {
    var least = TICKS_BELOW;
    document.querySelectorAll("[data-chip]").forEach(function (chip) { least = Math.min(least, draw(chip)); });
    window.setTimeout(tick, least < TICKS_BELOW ? 1000 : 30000);
  }
  tick();
})();
