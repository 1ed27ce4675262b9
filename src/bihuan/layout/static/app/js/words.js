// The few texts scripts say, as the server wrote them in the reader's language.
const written = document.getElementById("page-words");
const words = written ? JSON.parse(written.textContent) : {};

// say("stored", {time: "10:31"}) fills "{time}" of the text named "stored".
export function say(name, filled = {}) {
  return Object.entries(filled).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name] || name);
}

// One polite voice for those who listen to the page.
export function announce(text) {
  const voice = document.getElementById("announcer");
  if (voice) { voice.textContent = text; }
}

export const language = document.documentElement.lang === "en" ? "en" : "zh";

export const csrf = () => document.body.dataset.csrf || "";

const zone = /([+-])(\d\d):(\d\d)$/.exec(document.body.dataset.now || "");
const ahead = zone ? (zone[1] === "-" ? -1 : 1) * (60 * Number(zone[2]) + Number(zone[3])) : -new Date().getTimezoneOffset();

// The time of day where the site is, as every moment on the page is shown; length 5 to the minute, 8 to the second.
export const clock = (length = 5) => new Date(Date.now() + ahead * 60000).toISOString().slice(11, 11 + length);
