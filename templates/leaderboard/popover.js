// Panels that open below a button (details of the class pop): one at a time;
// Escape and a click elsewhere close them.

export function popovers(all) {
  const panels = Array.from(all);
  const close = (except) => {
    for (const p of panels) if (p !== except) p.open = false;
  };
  for (const p of panels) {
    p.addEventListener("toggle", () => { if (p.open) close(p); });
    p.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || !p.open) return;
      p.open = false;
      p.querySelector("summary").focus();
    });
  }
  document.addEventListener("click", (e) => close(e.target.closest(".pop")));
}
