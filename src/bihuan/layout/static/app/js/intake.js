// The intake desk: what is known comes beside the form while one types, fills only what is empty, and says where from.
import { answered, enter, onward, questions } from "./answering.js";
import { composing } from "./composing.js";
import { makeFind } from "./find.js";
import { announce, csrf } from "./words.js";

const WAIT_MS = 250;
const desk = document.getElementById("desk");
const form = document.getElementById("desk-form");

const named = (names) => (names || "").split(" ").filter(Boolean);
const fields = (name) => [...form.elements].filter((one) => one.name === name);
const value = (name) => {
  const all = fields(name);
  return all[0] && all[0].type === "radio" ? (all.find((one) => one.checked) || { value: "" }).value : all[0] ? all[0].value.trim() : "";
};

// ---- where an answer came from: a small note that goes away with the first change by hand ----
function note(name, source) {
  const place = fields(name)[0]?.closest(".field");
  if (!place || !source) { return; }
  const said = place.querySelector(".field-source") || place.appendChild(Object.assign(document.createElement("p"), { className: "field-source" }));
  said.textContent = source;
}

function fill(answers, source, replace) {
  let filled = 0;
  Object.entries(answers).forEach(([name, text]) => {
    if (!fields(name).length || (value(name) && !replace)) { return; }
    fields(name).forEach((one) => {
      if (one.type === "radio") { one.checked = one.value === text; } else { one.value = text; }
    });
    fields(name)[0].dispatchEvent(new Event("change", { bubbles: true }));
    note(name, source);
    filled += 1;
  });
  return filled;
}
form.addEventListener("input", (event) => { if (event.isTrusted) { event.target.closest(".field")?.querySelector(".field-source")?.remove(); } });

// ---- fields that find ----
const owner = named(form.dataset.customer)[0];
const ofOwner = (name) => named(form.dataset.device).includes(name) && owner;
named(`${form.dataset.people} ${form.dataset.device} ${form.dataset.product}`).forEach((name) => {
  const field = fields(name)[0];
  if (!field || field.tagName !== "INPUT") { return; }
  field.dataset.find = `${form.dataset.find}${name}/`;
  // with nothing typed yet, arrow down offers the devices of the customer on the form
  field.dataset.findLeast = ofOwner(name) ? "0" : "2";
  if (ofOwner(name)) { field.dataset.findWith = owner; }
  makeFind(field);
});
// Enter where nothing is offered for what was typed goes on, as in any other line
const ANSWERED_MS = 500;
form.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.dataset?.findReady || composing(event) || event.ctrlKey || event.metaKey || event.altKey) { return; }
  window.setTimeout(() => {
    const offered = field.parentElement.querySelector("[role=listbox]:not([hidden]) [role=option]");
    if (document.activeElement === field && !offered) { onward(form, true); }
  }, ANSWERED_MS);
});
form.addEventListener("found", (event) => {
  const filled = JSON.parse(event.detail.fill || "{}");
  Object.keys(filled).forEach((name) => note(name, event.detail.source));
  look();
  onward(form, true);
  whichDevice();
});

// ---- questions asked only because of another answer ----
function conditions() {
  form.querySelectorAll("[data-when]").forEach((place) => {
    const asked = JSON.parse(place.dataset.when).some((table) => Object.entries(table).every(([name, wanted]) => wanted.includes(value(name))));
    const said = [...place.querySelectorAll("input, select, textarea")].some((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value));
    place.hidden = !asked && !said && !place.querySelector(".field-wrong");
  });
}
form.addEventListener("change", conditions);
conditions();

// ---- the columns beside the form ----
let timer = 0;
let asked = null;
let shown = "";

async function look() {
  window.clearTimeout(timer);
  if (asked) { asked.abort(); }
  asked = new AbortController();
  const body = new FormData(form);
  // files are handed in once, with the form itself
  [...body].filter(([, one]) => one instanceof File).forEach(([name]) => body.delete(name));
  const typed = JSON.stringify([...body].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "_anyway"));
  if (typed === shown) { return; }
  try {
    const answer = await fetch(desk.dataset.sides, {
      method: "POST", body, signal: asked.signal, credentials: "same-origin", headers: { "X-CSRFToken": csrf() },
    });
    if (!answer.ok) { return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown = typed;
    ["desk-caller", "desk-context"].forEach((id) => replace(id, page));
    known();
    whichDevice();
  } catch { /* the next change asks again; the form does without */ }
}

// What one is just typing into beside the form must not be taken away under the fingers.
function replace(id, page) {
  const here = document.getElementById(id);
  const fresh = page.getElementById(id);
  if (!fresh || here.contains(document.activeElement)) { return; }
  here.replaceChildren(...fresh.childNodes);
  here.dispatchEvent(new CustomEvent("parts:added", { bubbles: true }));
}

// One certain caller: their particulars go into what is still empty, once.
let told = "";
function known() {
  const sure = document.querySelector("#desk-caller [data-desk-fill]");
  if (!sure || sure.dataset.deskFill === told) { return; }
  told = sure.dataset.deskFill;
  const filled = fill(JSON.parse(told), sure.dataset.source, false);
  if (filled) { announce(sure.querySelector("h2").textContent.trim()); soon(); }
}

// A known caller with several devices is asked which one it is, before anything else.
function whichDevice() {
  const field = fields(named(form.dataset.device)[0] || "")[0];
  const several = document.querySelectorAll("#desk-caller [data-desk-unit]").length > 1;
  if (!field || field.value || !several || field.dataset.desked) { return; }
  const active = document.activeElement;
  const idle = active && active.form === form && !active.value && !answered(form, active);
  if (idle) {
    field.dataset.desked = "1";
    enter(form, field);
  }
}

function soon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(look, WAIT_MS);
}
form.addEventListener("change", soon);
form.addEventListener("input", (event) => { if (!event.isComposing && named(form.dataset.phone).includes(event.target.name)) { soon(); } });

// ---- choosing beside the form ----
document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-desk-choose]");
  if (chosen) {
    fill(JSON.parse(chosen.dataset.deskChoose), chosen.dataset.source, true);
    onward(form, true);
    look();
    return;
  }
  const fault = event.target.closest("[data-desk-fault]");
  if (fault) {
    const field = fields(fault.dataset.deskFault)[0];
    const words = fault.textContent.trim();
    if (!field.value.includes(words)) { field.value = field.value.trim() ? `${field.value.trim()}；${words}` : words; }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
    return;
  }
  const part = event.target.closest("[data-desk-part]");
  if (part) {
    event.preventDefault();
    const inside = questions(form).filter((one) => part.closest(".desk-part").contains(one));
    const first = inside.find((one) => one.type !== "radio" && !one.value) || inside[0];
    if (first) { enter(form, first); }
  }
});

// A reload comes back to this draft.
if (desk && !window.location.search.includes("draft=")) { window.history.replaceState(null, "", desk.dataset.address); }
known();
if (!document.querySelector("#problems, .error[role=alert]") && form) {
  const all = questions(form);
  if (all[0] && !all.some((one) => one.type !== "radio" && one.value)) { all[0].focus(); } else { onward(form, true); }
  whichDevice();
}
