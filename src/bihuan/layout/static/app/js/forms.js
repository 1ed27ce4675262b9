// What a form does for whoever fills it: it says what is missing on leaving a field, and is sent once.
import { say } from "./words.js";

// A second press while the first is on its way would only be answered with "sent already".
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.again !== undefined) { return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}));

// Sound and pictures with sound: the question what whoever is heard was told opens by itself.
document.addEventListener("change", (event) => {
  const asked = event.target.type === "file" && event.target.parentElement?.querySelector("[data-said]");
  if (asked && [...event.target.files].some((one) => /^(audio|video)\//.test(one.type))) { asked.open = true; }
});

// Leaving a must empty says so under it; filling it takes the words away. The server says the same in any case.
function checked(field) {
  const place = field.closest(".field");
  if (!place || field.type === "radio" || field.type === "checkbox" || field.type === "hidden") { return; }
  const empty = field.required && !field.value.trim();
  const said = place.querySelector("[data-said-here]");
  if (empty && !said && !place.querySelector(".field-error")) {
    const words = Object.assign(document.createElement("p"), { className: "field-error", textContent: say("must"), id: `${field.id}-here` });
    words.dataset.saidHere = "";
    place.append(words);
    field.setAttribute("aria-invalid", "true");
    place.classList.add("field-wrong");
  } else if (!empty && said) {
    said.remove();
    field.removeAttribute("aria-invalid");
    place.classList.remove("field-wrong");
  }
}
document.addEventListener("focusout", (event) => { if (event.target.matches?.(".form input, .form select, .form textarea")) { checked(event.target); } });
document.addEventListener("input", (event) => { if (event.target.closest?.(".field-wrong")) { checked(event.target); } });
