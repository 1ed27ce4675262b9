// Parts that stay true by themselves: data-live="15" data-live-from="/address/" is fetched anew every so many seconds
// while the page is seen and nobody has the focus in it. The answer may be the part alone or a page that holds it by id.
import { clock } from "./words.js";

const MOST_MS = 60000;

function keepAlive(part) {
  const every = Math.max(Number(part.dataset.live) || 15, 2) * 1000;
  let pause = every;
  let timer = 0;

  const later = () => { timer = window.setTimeout(ask, pause * (0.9 + Math.random() * 0.2)); };
  const busy = () => part.contains(document.activeElement) || part.querySelector(".row-here, dialog[open], input:checked[data-pick]");

  async function ask() {
    if (!part.isConnected) { return; }
    if (document.visibilityState === "hidden" || busy()) { later(); return; }
    try {
      const answer = await fetch(part.dataset.liveFrom || window.location.href, { credentials: "same-origin", headers: { "X-Live": "1" } });
      if (answer.redirected && !answer.url.includes(new URL(part.dataset.liveFrom || "", window.location.href).pathname)) { return; }
      if (answer.status >= 500) { throw new Error(String(answer.status)); }
      if (answer.ok && answer.status !== 204 && !busy()) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = (part.id && page.getElementById(part.id)) || page.body;
        if (fresh.innerHTML.trim() !== part.innerHTML.trim()) {
          part.innerHTML = fresh.innerHTML;
          part.dispatchEvent(new CustomEvent("parts:added", { bubbles: true }));
        }
      }
      pause = every;
      document.querySelectorAll("[data-live-time]").forEach((one) => { one.textContent = clock(8); });
      document.body.classList.remove("stale");
    } catch {
      pause = Math.min(pause * 1.5, MOST_MS);
      document.body.classList.add("stale");
    }
    later();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") { window.clearTimeout(timer); timer = window.setTimeout(ask, 500); }
  });
  if (part.dataset.liveNow === undefined) { later(); } else { timer = window.setTimeout(ask, 300); }
}

document.querySelectorAll("[data-live]").forEach(keepAlive);
