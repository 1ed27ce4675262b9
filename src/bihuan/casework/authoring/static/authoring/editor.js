// The author's editor as an island: line numbers, the check a moment after the last key, lines to jump to. Without it
// the text is a plain field and the button beside it checks.
const REST_MS = 1200;

const area = document.getElementById("q-text");
const form = document.getElementById("q-form");
const state = document.querySelector("[data-check-state]");

function number(box, text) {
  const numbers = document.createElement("pre");
  numbers.className = "author-numbers";
  numbers.setAttribute("aria-hidden", "true");
  box.classList.add("numbered");
  box.insertBefore(numbers, text);
  let lines = 0;
  const draw = () => {
    const now = text.value.split("\n").length;
    if (now !== lines) {
      lines = now;
      numbers.textContent = Array.from({ length: now }, (_, at) => at + 1).join("\n");
    }
    numbers.scrollTop = text.scrollTop;
  };
  text.addEventListener("input", draw);
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
  draw();
}

function jump(line) {
  const lines = area.value.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + lines[at].length);
  const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
  area.scrollTop = Math.max(0, at * height - area.clientHeight / 3);
  area.scrollLeft = 0;
  area.scrollIntoView({ block: "nearest" });
}

function checking() {
  let timer = 0;
  let asked = 0;
  // what was checked without being saved is not what is stored
  let saved = "unsaved" in form.dataset ? null : area.value;
  const say = (words) => { if (state) { state.textContent = words; } };

  async function ask() {
    const mine = ++asked;
    say(state.dataset.checking);
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (mine !== asked) { return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("check");
      if (!answer.ok || !fresh) { throw new Error(String(answer.status)); }
      document.getElementById("check").replaceWith(fresh);
      say(area.value === saved ? "" : state.dataset.unsaved);
    } catch {
      if (mine === asked) { say(state.dataset.failed); }
    }
  }
  if (saved === null) { say(state.dataset.unsaved); }
  area.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, REST_MS);
    say(state.dataset.unsaved);
  });
  form.addEventListener("submit", () => { saved = area.value; });
  window.addEventListener("beforeunload", (event) => { if (area.value !== saved) { event.preventDefault(); } });
}

if (area) {
  number(area.parentElement, area);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (link) { event.preventDefault(); jump(Number(link.dataset.line)); }
  });
  const wanted = Number(form?.dataset.jump || new URLSearchParams(window.location.search).get("line"));
  if (wanted > 0) { jump(wanted); }
  if (form && form.dataset.check && state) { checking(); }
}
