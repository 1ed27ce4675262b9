// Answering a form by keys alone: inside data-answering a figure answers the focused choice and goes on to the next
// question, Enter in a line goes on and never sends. Both stay with the input method while it composes.
import { composing } from "./composing.js";

const SENT = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";

const seen = (one) => one.getClientRects().length > 0;

// One place per question: a group of radios is one, entered at its answer or its first choice.
export function questions(form) {
  const groups = new Set();
  return [...form.querySelectorAll(SENT)].filter((one) => {
    if (!seen(one)) { return false; }
    if (one.type !== "radio" && one.type !== "checkbox") { return true; }
    if (groups.has(one.name)) { return false; }
    groups.add(one.name);
    return true;
  });
}

const same = (form, one) => [...form.elements].filter((other) => other.name === one.name);

export function answered(form, one) {
  return one.type === "radio" || one.type === "checkbox"
    ? same(form, one).some((other) => other.checked) : one.value.trim() !== "";
}

export const required = (one) => one.required || Boolean(one.closest(".field")?.querySelector(".required"));

export function enter(form, one) {
  const target = one.type === "radio" ? same(form, one).find((other) => other.checked) || one : one;
  target.focus();
  target.closest(".field, .desk-part")?.scrollIntoView({ block: "nearest" });
}

function here(form, all) {
  const active = document.activeElement;
  return all.findIndex((one) => one === active || (one.name && active.name === one.name && active.form === form));
}

// The next question, or with ``open`` the next one that still waits for an answer (a must, or a choice).
export function onward(form, open) {
  const all = questions(form);
  const from = here(form, all) + 1;
  const waits = (one) => !answered(form, one) && (required(one) || one.type === "radio");
  const next = open ? all.slice(from).find(waits) || all.slice(0, from).find(waits) : all[from];
  if (next) { enter(form, next); return true; }
  return false;
}

function figure(form, event) {
  const active = document.activeElement;
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) { return false; }
  if (active.type !== "radio" || active.form !== form) { return false; }
  const chosen = same(form, active)[Number(event.key) - 1];
  if (!chosen) { return false; }
  chosen.checked = true;
  chosen.focus();
  chosen.dispatchEvent(new Event("input", { bubbles: true }));
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
  onward(form, form.dataset.answering === "open");
  return true;
}

export function answering(form) {
  form.addEventListener("keydown", (event) => {
    if (composing(event) || event.defaultPrevented) { return; }
    if (figure(form, event)) { event.preventDefault(); event.stopPropagation(); return; }
    const line = event.target.matches("input:not([type=submit]), select");
    if (event.key === "Enter" && line && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      onward(form, form.dataset.answering === "open");
    }
  });
}

document.querySelectorAll("form[data-answering]").forEach(answering);
