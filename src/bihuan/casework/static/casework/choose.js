// Choosing a candidate fills in who is named, and the skill where there is only one; the form itself stays to be sent.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose]");
  if (!button) { return; }
  const place = button.closest("[data-panel-body], main");
  Object.entries(JSON.parse(button.dataset.choose)).forEach(([name, value]) => {
    const field = place.querySelector(`[name="${CSS.escape(name)}"]`);
    if (!field) { return; }
    if (field.type === "radio") {
      const wanted = place.querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
      if (wanted) { wanted.checked = true; }
    } else { field.value = value; }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  place.querySelectorAll("[data-choose]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
});
