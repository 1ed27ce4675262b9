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

export const clock = (at = new Date()) =>
  `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
