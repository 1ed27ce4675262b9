// One table of keys for every page: whatever carries data-key="alt+u" is pressed or focused by that key.
// "g h" is g and then h. Single letters rest while a field has the focus, and for good where somebody switched them off.
import { composing } from "./composing.js";
import { say } from "./words.js";

const OFF = "bihuan.single-letters";
const SEQUENCE_MS = 1200;
// in a field these belong to the text
const EDITING = new Set(["ctrl+z", "ctrl+a", "ctrl+c", "ctrl+v", "ctrl+x", "ctrl+y", "shift+ctrl+z"]);
const PRESSED = "a[href], button, summary, input[type=radio], input[type=checkbox], input[type=submit], label";

let before = "";
let beforeAt = 0;

export const lettersOff = () => { try { return localStorage.getItem(OFF) === "off"; } catch { return false; } };
export function switchLetters(on) { try { localStorage.setItem(OFF, on ? "on" : "off"); } catch { /* private window */ } }

// The name of a pressed key as data-key writes it: modifiers in this order, letters small.
export function nameOf(event) {
  let key = event.key.toLowerCase();
  // with Alt some keyboards send a sign instead of the letter
  if (event.altKey && /^(Key|Digit)/.test(event.code)) { key = event.code.replace(/^(Key|Digit)/, "").toLowerCase(); }
  if (key === " ") { key = "space"; }
  const printable = key.length === 1 && !/[a-z0-9]/.test(key);
  const parts = [];
  if (event.shiftKey && !printable) { parts.push("shift"); }
  if (event.ctrlKey || event.metaKey) { parts.push("ctrl"); }
  if (event.altKey) { parts.push("alt"); }
  return [...parts, key].join("+");
}

export function inField(target = document.activeElement) {
  if (!target || !target.closest) { return false; }
  const field = target.closest("input, select, textarea, [contenteditable=true]");
  return Boolean(field) && !["checkbox", "radio", "button", "submit", "range"].includes(field.type);
}

const shown = (one) => one.getClientRects().length > 0 && !one.disabled && one.getAttribute("aria-disabled") !== "true";

// Where keys count now: the dialog on top, else the open side panel, then the page behind it.
function places() {
  const dialogs = [...document.querySelectorAll("dialog[open]")].filter((one) => one.matches(":modal"));
  if (dialogs.length) { return [dialogs[dialogs.length - 1]]; }
  return [...[...document.querySelectorAll(".side-panel:not([hidden])")].reverse(), document];
}

function bound(name) {
  for (const place of places()) {
    const found = [...place.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find(shown);
    if (found) { return found; }
  }
  return null;
}

function press(one) {
  if (one.matches(PRESSED)) { one.click(); return; }
  one.focus();
  if (one.select && one.type !== "number" && one.type !== "date") { one.select(); }
}

// ---- rows: J and K go through them, X ticks, Enter opens (the row's own link has the focus) ----
const doors = (row) => row.querySelector("[data-row-door]") || row.querySelector("a[href], button, input");

function step(by) {
  const rows = [...(places()[0] === document ? document : places()[0]).querySelectorAll("[data-row]")].filter(shown);
  if (!rows.length) { return false; }
  const here = rows.findIndex((row) => row.contains(document.activeElement) || row.classList.contains("row-here"));
  const next = rows[Math.min(Math.max(here + by, 0), rows.length - 1)] || rows[0];
  rows.forEach((row) => row.classList.toggle("row-here", row === next));
  const door = doors(next);
  if (door) { door.focus(); }
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("row:here", { bubbles: true }));
  return true;
}

function tick(event) {
  const row = document.querySelector(".row-here") || (document.activeElement && document.activeElement.closest("[data-row]")) || document.querySelector("[data-row][aria-current=true]");
  const box = row && row.querySelector("input[type=checkbox]");
  if (!box) { return false; }
  box.click();
  event.preventDefault();
  return true;
}

// ---- the sheet behind "?" ----
function listed() {
  const seen = new Map();
  const rows = document.querySelector("[data-row]") ? [["j", say("next-row")], ["k", say("previous-row")], ["x", say("pick-row")], ["enter", say("open-row")]] : [];
  [["ctrl+k", say("search")], ["/", say("search-here")], ["?", say("this-sheet")], ...goTo().map((one) => [`g ${one.key}`, one.label]), ...rows, ["escape", say("close")]]
    .forEach(([key, label]) => seen.set(key, label));
  document.querySelectorAll("[data-key]").forEach((one) => {
    if (shown(one)) { seen.set(one.dataset.key, one.dataset.keyLabel || one.getAttribute("aria-label") || one.textContent.trim().slice(0, 40)); }
  });
  return [...seen];
}

const NAMED = { ctrl: "Ctrl", alt: "Alt", shift: "Shift", enter: "Enter", escape: "Esc", arrowdown: "↓", arrowup: "↑", space: "Space" };
export const written = (key) => key.split(" ").map((part) => part === "+" ? part
  : part.split("+").map((one) => NAMED[one] || one.toUpperCase()).join("+")).join(" ");

function sheet() {
  const dialog = document.getElementById("keys-sheet");
  if (!dialog) { return; }
  const list = dialog.querySelector("[data-keys-list]");
  list.replaceChildren(...listed().flatMap(([key, label]) => {
    const term = document.createElement("dt");
    term.append(...written(key).split(" ").map((part) => Object.assign(document.createElement("kbd"), { textContent: part })));
    return [term, Object.assign(document.createElement("dd"), { textContent: label })];
  }));
  if (!dialog.open) { dialog.showModal(); }
}

function goTo() {
  const table = document.getElementById("page-goto");
  return table ? JSON.parse(table.textContent) : [];
}

function escape() {
  const panel = [...document.querySelectorAll(".side-panel:not([hidden])")].pop();
  if (panel && !document.querySelector("dialog[open]")) {
    panel.querySelector("[data-closes]")?.click();
    return true;
  }
  const open = document.activeElement && document.activeElement.closest("details.sheet[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); return true; }
  if (window.location.hash === "#menu") { window.location.hash = "content"; return true; }
  return false;
}

const SINGLE = {
  j: () => step(1), k: () => step(-1), x: (event) => tick(event),
  "?": () => { sheet(); return true; },
  "/": () => { const box = document.querySelector("[data-key='ctrl+k']"); if (box) { press(box); } return Boolean(box); },
};

document.addEventListener("keydown", (event) => {
  if (composing(event) || event.defaultPrevented || ["Control", "Alt", "Shift", "Meta"].includes(event.key)) { return; }
  const name = nameOf(event);
  const plain = !/(ctrl|alt)\+/.test(name) && !/^(f\d+|escape|enter|tab|arrow|shift\+(enter|tab|arrow|f\d))/.test(name);
  if (name === "escape" && escape()) { event.preventDefault(); return; }
  if (inField(event.target) && (plain || EDITING.has(name))) { return; }
  if (name === "enter" || (plain && lettersOff() && /^[a-z?/[\]]$|^shift\+[a-z]$/.test(name))) { return; }
  const sequence = performance.now() - beforeAt < SEQUENCE_MS && before ? `${before} ${name}` : "";
  before = plain ? name : "";
  beforeAt = performance.now();
  const going = sequence.startsWith("g ") && goTo().find((one) => `g ${one.key}` === sequence);
  if (going) { event.preventDefault(); before = ""; window.location.assign(going.address); return; }
  const found = (sequence && bound(sequence)) || bound(name);
  if (found) { event.preventDefault(); press(found); return; }
  if (plain && !document.querySelector("dialog[open]") && SINGLE[name] && SINGLE[name](event)) { event.preventDefault(); }
});

// the keys stand beside their buttons for whoever looks for them
document.querySelectorAll("[data-key]").forEach((one) => {
  const key = one.dataset.key;
  one.setAttribute("aria-keyshortcuts", key.replace(/\bctrl\b/, "Control").replace(/\balt\b/, "Alt").replace(/\bshift\b/, "Shift"));
});

document.querySelectorAll("[data-single-letters]").forEach((box) => {
  box.checked = !lettersOff();
  box.addEventListener("change", () => switchLetters(box.checked));
});
document.querySelectorAll("[data-keys-sheet]").forEach((one) => one.addEventListener("click", (event) => { event.preventDefault(); sheet(); }));
