// Typing Chinese: while an input method composes, and for one frame after it ended, keys belong to it and not to us.
// Safari sends the Enter that ends a composition after compositionend; it still carries keyCode 229.
let active = false;
let settling = false;
let pointed = false;

export function composing(event) {
  return active || settling || Boolean(event && (event.isComposing || event.keyCode === 229));
}

document.addEventListener("compositionstart", () => { active = true; pointed = false; }, true);
document.addEventListener("compositionend", () => {
  active = false;
  settling = true;
  // the first call belongs to the frame being drawn, the second to the next one
  requestAnimationFrame(() => requestAnimationFrame(() => { settling = false; }));
}, true);

// leaving the field by mouse ends a composition as well, and what is pressed then is meant
document.addEventListener("pointerdown", () => { pointed = true; }, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && composing(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

document.addEventListener("submit", (event) => {
  if (composing(null) && !pointed) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
