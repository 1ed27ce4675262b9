// What was ticked to be agreed to together stays ticked from card to card, while nothing of the case has changed.
const KEPT = "inbox-picks";
const form = document.querySelector("form[data-kept-picks]");
const boxes = () => [...document.querySelectorAll("input[data-pick=together]")];

function kept() {
  try { return JSON.parse(window.sessionStorage.getItem(KEPT)) || []; } catch { return []; }
}

function keep() {
  window.sessionStorage.setItem(KEPT, JSON.stringify(boxes().filter((box) => box.checked).map((box) => box.value)));
}

if (form) {
  const before = new Set(kept());
  boxes().forEach((box) => {
    if (before.has(box.value) && !box.checked) { box.checked = true; box.dispatchEvent(new Event("change", { bubbles: true })); }
  });
  document.addEventListener("change", (event) => { if (event.target.matches("input[data-pick=together]")) { keep(); } });
  document.querySelectorAll("[data-bulk=together] [data-bulk-clear]").forEach((one) => one.addEventListener("click", () => window.sessionStorage.removeItem(KEPT)));
} else {
  window.sessionStorage.removeItem(KEPT);
}
