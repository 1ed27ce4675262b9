// Forms marked data-draft="place" are kept on the server: five seconds after a change, and on leaving the page.
import { announce, clock, csrf, say } from "./words.js";

const WAIT_MS = 5000;
const NEVER = new Set(["password", "file"]);

function typed(form) {
  const answers = {};
  for (const one of form.elements) {
    // what the page itself keeps (its token, the act's id, the state it was read in) is no answer
    if (!one.name || one.name === "csrfmiddlewaretoken" || one.name.startsWith("_") || NEVER.has(one.type)) { continue; }
    if (one.tagName === "BUTTON" || ((one.type === "radio" || one.type === "checkbox") && !one.checked)) { continue; }
    const values = one.multiple && one.options ? [...one.selectedOptions].map((option) => option.value) : [one.value];
    answers[one.name] = [...(answers[one.name] || []), ...values.filter((value) => value !== "")];
  }
  return answers;
}

function keep(form) {
  if (form.dataset.draftKept) { return; }
  form.dataset.draftKept = "1";
  const place = `/drafts/${encodeURIComponent(form.dataset.draft)}/`;
  const state = form.querySelector("[data-draft-state]") || form.appendChild(Object.assign(document.createElement("p"), { className: "draft-state muted" }));
  state.setAttribute("data-draft-state", "");
  let timer = 0;
  let changed = false;
  let sent = false;

  async function save() {
    window.clearTimeout(timer);
    if (!changed || sent) { return; }
    changed = false;
    try {
      const answer = await fetch(place, {
        method: "POST", keepalive: true, credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
        body: JSON.stringify({ answers: typed(form) }),
      });
      if (!answer.ok) { throw new Error(String(answer.status)); }
      state.textContent = say("draft-stored", { time: clock() });
      state.classList.remove("draft-lost");
    } catch {
      changed = true;
      state.textContent = say("draft-lost");
      state.classList.add("draft-lost");
      timer = window.setTimeout(save, WAIT_MS * 2);
    }
  }

  function touched(event) {
    if (NEVER.has(event.target.type)) { return; }
    changed = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, WAIT_MS);
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", (event) => {
    // sent: the server forgets the draft when it has carried it out; nothing may bring it back afterwards
    if (!event.defaultPrevented) { sent = true; window.clearTimeout(timer); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      changed = true;
      save().then(() => announce(state.textContent));
    }
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") { save(); } });
  window.addEventListener("pagehide", save);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { sent = false; } });
}

const keepAll = (place) => place.querySelectorAll("form[data-draft]").forEach(keep);
keepAll(document);
document.addEventListener("parts:added", (event) => keepAll(event.target));
