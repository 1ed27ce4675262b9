// Native dialogs, side panels, the undo bar and what is copied. Links and forms keep their own addresses without script.
import { announce, say } from "./words.js";

let cameFrom = null;

function openPanel(panel, opener) {
  // pressed by its key, the opener has not had the focus itself
  cameFrom = document.activeElement === document.body ? opener : document.activeElement;
  panel.hidden = false;
  document.body.classList.add("with-panel");
  (panel.querySelector("[autofocus]") || panel.querySelector("h2[tabindex], h2") || panel).focus();
}

function closePanel(panel) {
  panel.hidden = true;
  document.body.classList.remove("with-panel");
  if (cameFrom && cameFrom.isConnected) { cameFrom.focus(); }
}

// data-panel="id" on a link: the part marked data-panel-content of its address is laid into the panel.
async function fill(panel, address) {
  const body = panel.querySelector("[data-panel-body]") || panel;
  const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Panel": "1" } });
  if (!answer.ok || answer.redirected) { window.location.assign(address); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector("[data-panel-content]") || page.querySelector("main") || page.body;
  body.replaceChildren(...part.childNodes);
  body.dispatchEvent(new CustomEvent("parts:added", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const target = document.getElementById(opener.dataset.opens);
    if (target) {
      event.preventDefault();
      if (target.tagName === "DIALOG") { target.showModal(); } else { openPanel(target, opener); }
    }
    return;
  }
  const link = event.target.closest("a[data-panel]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && window.innerWidth >= 900) {
    const panel = document.getElementById(link.dataset.panel);
    if (panel) {
      event.preventDefault();
      fill(panel, link.href).then(() => openPanel(panel, link)).catch(() => window.location.assign(link.href));
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    event.preventDefault();
    const dialog = closer.closest("dialog");
    const panel = closer.closest(".side-panel");
    if (dialog) { dialog.close(); } else if (panel) { closePanel(panel); } else { closer.closest("[data-closable]")?.remove(); }
    return;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier && navigator.clipboard) {
    event.preventDefault();
    navigator.clipboard.writeText(copier.dataset.copy).then(() => announce(say("copied")), () => announce(say("not-copied")));
    copier.classList.add("copied");
    window.setTimeout(() => copier.classList.remove("copied"), 1500);
    return;
  }
  // a sheet opened from the bar goes when one looks elsewhere
  document.querySelectorAll("details.sheet[open]").forEach((sheet) => { if (!sheet.contains(event.target)) { sheet.open = false; } });
});

// a click beside a dialog closes it; what was typed in it stays
document.addEventListener("click", (event) => {
  if (event.target.tagName === "DIALOG" && event.target.dataset.easy !== undefined) { event.target.close(); }
});

// The undo bar stays as long as it says, and as long as somebody is at it.
document.querySelectorAll("[data-undo]").forEach((bar) => {
  let left = Number(bar.dataset.undo) || 10;
  const tick = window.setInterval(() => {
    if (bar.matches(":hover") || bar.contains(document.activeElement)) { return; }
    left -= 1;
    if (left <= 0) { window.clearInterval(tick); bar.remove(); }
  }, 1000);
});

// All boxes of a list at once, how many are ticked, and the bar that appears with them.
document.querySelectorAll("[data-bulk]").forEach((bar) => {
  const boxes = () => [...document.querySelectorAll(`input[data-pick="${bar.dataset.bulk}"]`)];
  const all = document.querySelector(`input[data-pick-all="${bar.dataset.bulk}"]`);
  const count = bar.querySelector("[data-bulk-count]");
  function draw() {
    const ticked = boxes().filter((box) => box.checked).length;
    bar.hidden = ticked === 0;
    if (count) { count.textContent = String(ticked); }
    if (all) { all.checked = ticked > 0 && ticked === boxes().length; all.indeterminate = ticked > 0 && ticked < boxes().length; }
  }
  document.addEventListener("change", (event) => {
    if (event.target === all) { boxes().forEach((box) => { box.checked = all.checked; }); }
    if (event.target === all || event.target.dataset?.pick === bar.dataset.bulk) { draw(); }
  });
  bar.querySelectorAll("[data-bulk-clear]").forEach((one) => one.addEventListener("click", () => { boxes().forEach((box) => { box.checked = false; }); draw(); }));
  draw();
});
