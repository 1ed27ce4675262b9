// A field that finds: data-find="/find/devices/" asks that address and offers its <li role="option"> as a list.
// Choosing one writes data-value into the field and data-fill {"field": "value"} into the form. Enter never sends the form.
import { composing } from "./composing.js";
import { announce, say } from "./words.js";

const WAIT_MS = 150;
let count = 0;

function write(form, name, value) {
  const fields = [...form.elements].filter((one) => one.name === name);
  fields.forEach((one) => {
    if (one.type === "radio" || one.type === "checkbox") { one.checked = [].concat(value).map(String).includes(one.value); }
    else { one.value = value; }
  });
  const told = fields.find((one) => one.checked) || fields[0];
  if (told) {
    told.dispatchEvent(new Event("input", { bubbles: true }));
    told.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function makeFind(input) {
  if (input.dataset.findReady) { return; }
  input.dataset.findReady = "1";
  const list = Object.assign(document.createElement("ul"), { id: `find-${++count}`, className: "find-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || (input.labels && input.labels[0] ? input.labels[0].textContent.trim() : say("found")));
  const box = document.createElement("span");
  box.className = "find";
  input.replaceWith(box);
  box.append(input, list);
  for (const [key, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id], ["autocomplete", "off"]]) {
    input.setAttribute(key, value);
  }
  let timer = 0;
  let asked = null;
  let at = -1;
  let waiting = false;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { at = -1; input.removeAttribute("aria-activedescendant"); }
  }

  function mark(index) {
    const all = options();
    at = all.length ? (index + all.length) % all.length : -1;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
  }

  function choose(option) {
    window.clearTimeout(timer);
    const going = option.dataset.address || (option.querySelector("a[href]") || {}).href;
    if (option.dataset.value !== undefined) { input.value = option.dataset.value; }
    if (option.dataset.fill && input.form) {
      Object.entries(JSON.parse(option.dataset.fill)).forEach(([name, value]) => write(input.form, name, value));
    }
    show(false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("found", { bubbles: true, detail: { ...option.dataset } }));
    if (going) { window.location.assign(going); }
  }

  async function ask() {
    const text = input.value.trim();
    if (text.length < Number(input.dataset.findLeast || 1)) { show(false); return; }
    if (asked) { asked.abort(); }
    const mine = new AbortController();
    asked = mine;
    const address = new URL(input.dataset.find, window.location.href);
    address.searchParams.set("q", text);
    // what else of the form narrows the search: data-find-with="outlet customer"
    (input.dataset.findWith || "").split(" ").filter(Boolean).forEach((name) => {
      const value = input.form ? new FormData(input.form).get(name) : "";
      if (value) { address.searchParams.set(name, value); }
    });
    try {
      const answer = await fetch(address, { signal: mine.signal, credentials: "same-origin", headers: { "X-Find": "1" } });
      if (!answer.ok || answer.redirected) { show(false); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...page.body.querySelectorAll("li"));
      options().forEach((one, number) => { one.id = `${list.id}-${number}`; one.setAttribute("aria-selected", "false"); });
      at = -1;
      show(list.childElementCount > 0 && document.activeElement === input);
      announce(say("found-count", { count: options().length }));
      // a scanner ends its number with Enter before the answer is here
      if (waiting && options().length === 1) { choose(options()[0]); }
    } catch { show(false); } finally {
      if (asked === mine) { asked = null; waiting = false; }
    }
  }

  function soon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  }
  input.addEventListener("input", (event) => { if (!event.isComposing) { soon(); } });
  input.addEventListener("compositionend", soon);
  input.addEventListener("focus", () => { if (options().length && input.value) { show(true); } });
  input.addEventListener("blur", () => window.setTimeout(() => show(false), 150));
  input.addEventListener("keydown", (event) => {
    if (composing(event)) { return; }
    const all = options();
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open && all.length) { show(true); }
      if (!all.length) { ask(); return; }
      mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? all.length - 1 : at - 1);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (open && at >= 0) { event.preventDefault(); choose(all[at]); return; }
      // a search box is sent by Enter when nothing of the list is meant; a field of a form never is
      if (input.type === "search" && input.dataset.findSends !== undefined) { return; }
      event.preventDefault();
      if (open && all.length === 1) { choose(all[0]); } else { waiting = true; window.clearTimeout(timer); ask(); }
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    } else if (event.key === "Tab") { show(false); }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) { event.preventDefault(); choose(option); }
  });
}

export const makeFinds = (place = document) => place.querySelectorAll("input[data-find]").forEach(makeFind);
makeFinds();
document.addEventListener("parts:added", (event) => makeFinds(event.target));
