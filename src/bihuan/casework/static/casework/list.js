// The list: news of it every 15 s without a jump, ranges and whole pages picked by key, columns chosen by tick.
const EVERY_MS = 15000;
const MOST_MS = 60000;
const form = document.querySelector("[data-list-live]");
const boxes = () => [...document.querySelectorAll("input[data-pick=rows]")];
const told = (box) => box.dispatchEvent(new Event("change", { bubbles: true }));
let last = null;

// Enter opens the row that J and K went to: its link has the focus, not its box
document.addEventListener("row:here", (event) => event.target.querySelector("[data-row-door]")?.focus());

// ---- picking ----
document.addEventListener("click", (event) => {
  const box = event.target.closest && event.target.closest("input[data-pick=rows]");
  if (box) { range(box, event.shiftKey); }
});

function range(box, whole) {
  const all = boxes();
  if (whole && last && last.isConnected && last !== box) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((one) => { if (one.checked !== box.checked) { one.checked = box.checked; told(one); } });
  }
  last = box;
}

const writing = () => {
  const one = document.activeElement;
  return one && (one.matches("textarea, select, [contenteditable=true]") || (one.matches("input") && !["checkbox", "radio"].includes(one.type)));
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || writing() || document.querySelector("dialog[open]")) { return; }
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === "a" && boxes().length) {
    event.preventDefault();
    boxes().forEach((one) => { if (!one.checked) { one.checked = true; told(one); } });
  } else if (event.shiftKey && key === "x" && !event.ctrlKey && !event.altKey) {
    const row = document.querySelector(".row-here") || (document.activeElement && document.activeElement.closest("[data-row]"));
    const box = row && row.querySelector("input[data-pick=rows]");
    if (box) { event.preventDefault(); box.checked = true; range(box, true); told(box); }
  }
});

// ---- columns ----
document.querySelectorAll("[data-column]").forEach((tick) => tick.addEventListener("change", () => {
  const field = document.querySelector("[data-columns]");
  field.value = [...document.querySelectorAll("[data-column]")].filter((one) => one.checked).map((one) => one.dataset.column).join(",");
}));

// a filter that says nothing does not have to stand in the address
document.querySelectorAll("form.filters").forEach((one) => one.addEventListener("formdata", (event) => {
  [...event.formData.keys()].forEach((name) => {
    if (!event.formData.getAll(name).some((value) => value !== "")) { event.formData.delete(name); }
  });
}));

// ---- news ----
let cursor = "";
let pause = EVERY_MS;
const changed = new Set();

const busy = () => form.contains(document.activeElement) || form.matches(":hover") || boxes().some((one) => one.checked);

async function refresh() {
  const answer = await fetch(window.location.href, { credentials: "same-origin", headers: { "X-Live": "1" } });
  if (!answer.ok || answer.redirected) { return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = document.getElementById("case-rows");
  const fresh = page.getElementById("case-rows");
  if (!part || !fresh) { return; }
  const here = document.activeElement && document.activeElement.closest("[data-row] a");
  const picked = new Set(boxes().filter((one) => one.checked).map((one) => one.value));
  part.innerHTML = fresh.innerHTML;
  boxes().forEach((one) => { if (picked.has(one.value)) { one.checked = true; told(one); } });
  if (here) { part.querySelector(`a[href="${CSS.escape(here.getAttribute("href"))}"]`)?.focus(); }
  changed.clear();
  document.getElementById("list-news").hidden = true;
  part.dispatchEvent(new CustomEvent("parts:added", { bubbles: true }));
}

async function ask() {
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(`${form.dataset.listLive}?topics=cases&since=${encodeURIComponent(cursor)}`, { credentials: "same-origin" });
      if (answer.status === 200 && !answer.redirected) {
        const news = await answer.json();
        if (cursor) { (news.changed.cases || []).forEach((one) => changed.add(one)); }
        cursor = news.cursor;
      } else if (answer.status >= 400) { throw new Error(String(answer.status)); }
      pause = EVERY_MS;
      document.body.classList.remove("stale");
      document.querySelectorAll("[data-live-time]").forEach((one) => { one.textContent = new Date().toTimeString().slice(0, 8); });
      if (changed.size && !busy()) { await refresh(); }
      if (changed.size) {
        const bar = document.getElementById("list-news");
        const words = bar.querySelector("[data-news]");
        words.textContent = document.documentElement.lang === "en" ? `${changed.size} changed` : `有 ${changed.size} 条更新`;
        bar.hidden = false;
      }
    } catch {
      pause = Math.min(pause * 1.5, MOST_MS);
      document.body.classList.add("stale");
    }
  }
  window.setTimeout(ask, pause * (0.9 + Math.random() * 0.2));
}

if (form) {
  document.querySelector("[data-list-refresh]")?.addEventListener("click", refresh);
  ask();
}
