// A signature drawn by hand: strokes on a canvas, dark on clear, put into the file field as a PNG.
// Without this script the field takes a picture or a typed name; the typed name stays for the keyboard.

const WIDTH = 3;

function pad(place) {
  const box = place.querySelector("[data-signature-pad]");
  const field = place.querySelector("input[type=file]");
  const canvas = box.querySelector("canvas");
  const pen = canvas.getContext("2d");
  let drawn = false;

  const point = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
  };
  const hand = () => canvas.toBlob((content) => {
    if (!content || !drawn) { return; }
    const files = new DataTransfer();
    files.items.add(new File([content], "signature.png", { type: "image/png" }));
    field.files = files.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }, "image/png");

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button > 0) { return; }
    canvas.setPointerCapture(event.pointerId);
    pen.lineWidth = WIDTH;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#000";
    pen.beginPath();
    pen.moveTo(...point(event));
    pen.lineTo(...point(event));
    pen.stroke();
    drawn = true;
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) { return; }
    pen.lineTo(...point(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", hand);
  canvas.addEventListener("pointercancel", hand);
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
    field.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  box.hidden = false;
  place.dataset.signatureReady = "";
}

function ready(root) { root.querySelectorAll("[data-signature]:not([data-signature-ready])").forEach(pad); }
ready(document);
document.addEventListener("htmx:afterSettle", (event) => ready(event.target));
