// Deadline chips tick here; the server alone decides their state. Counted seconds come with the page and run down
// against the time since (a wrong clock on this machine does no harm). At its next change a chip is fetched anew.
import { language } from "./words.js";

const TICKS_BELOW = 300;
const TICKING = new Set(["on_time", "at_risk", "overdue"]);
const english = language === "en";
const drawnAt = new WeakMap();
const began = Date.now();
const serverBegan = Date.parse(document.body.dataset.now || "") || began;

// a machine that slept has no performance.now for the night; the difference of two readings of its clock has
const elapsed = (since) => Math.max(Date.now() - since, 0) / 1000;

function span(seconds, over) {
  seconds = Math.abs(Math.trunc(seconds));
  if (seconds < TICKS_BELOW && !over) {
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds % 86400 / 3600);
  const minutes = Math.floor(seconds % 3600 / 60);
  const units = english ? ["d", "h", "m"] : ["天", "小时", "分"];
  const parts = days ? [[days, 0], [hours, 1]] : hours ? [[hours, 1], [minutes, 2]] : [[over ? Math.max(minutes, 1) : minutes, 2]];
  return parts.filter((part) => part[0]).map((part) => part[0] + units[part[1]]).join(english ? " " : "");
}

function draw(chip) {
  const state = chip.dataset.chip;
  if (chip.dataset.counting !== "1" || !TICKING.has(state)) { return TICKS_BELOW; }
  let left = Number(chip.dataset.seconds) - elapsed(drawnAt.get(chip) ?? began);
  const words = chip.querySelector(".chip-words");
  if (state === "overdue") {
    words.textContent = english ? `${span(left, true)} over` : `超 ${span(left, true)}`;
    return TICKS_BELOW;
  }
  left = Math.max(left, 0);
  words.textContent = english ? `${span(left)} left` : `剩 ${span(left)}`;
  return left;
}

const due = (chip) => chip.dataset.refresh && chip.dataset.nextChange
  && Date.parse(chip.dataset.nextChange) <= serverBegan + (Date.now() - began);

// One question per address, however many chips wait for it; a chip is known by where it leads.
async function refresh(address, chips) {
  chips.forEach((chip) => { delete chip.dataset.nextChange; });
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Live": "1" } });
    if (!answer.ok || answer.redirected) { return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    chips.forEach((chip) => {
      const fresh = [...page.querySelectorAll("[data-chip]")].find((one) => one.getAttribute("href") === chip.getAttribute("href"));
      if (!fresh || !chip.isConnected) { return; }
      if (!chip.querySelector(".chip-title")) { fresh.querySelector(".chip-title")?.remove(); }
      drawnAt.set(fresh, Date.now());
      if (fresh.dataset.chip !== chip.dataset.chip) { fresh.classList.add("changed"); }
      chip.replaceWith(fresh);
    });
  } catch { /* asked again with the next page */ }
}

function tick() {
  const chips = [...document.querySelectorAll("[data-chip]")];
  const least = chips.reduce((found, chip) => Math.min(found, draw(chip)), TICKS_BELOW);
  if (document.visibilityState === "visible") {
    grouped(chips.filter(due)).forEach((some, address) => refresh(address, some));
  }
  window.clearTimeout(tick.timer);
  tick.timer = window.setTimeout(tick, least < TICKS_BELOW ? 1000 : 30000);
}

function grouped(chips) {
  const found = new Map();
  chips.forEach((chip) => found.set(chip.dataset.refresh, [...(found.get(chip.dataset.refresh) || []), chip]));
  return found;
}

document.addEventListener("parts:added", (event) => {
  event.target.querySelectorAll("[data-chip]").forEach((chip) => drawnAt.set(chip, Date.now()));
  tick();
});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { tick(); } });
tick();
