// Moves a row of a Gantt: dragged by mouse or finger, or with the arrows where it has the
// focus; Enter and letting go ask "what if" through the form beside it, Escape gives up.
(() => {
  const table = document.querySelector("[data-gantt]");
  const form = table && document.getElementById(table.dataset.gantt);
  if (!form) return;
  const works = table.dataset.works, days = Number(table.dataset.days), first = Date.parse(table.dataset.from + "T00:00:00Z");
  const said = document.getElementById("gantt-said");
  const iso = (d) => new Date(first + d * 86400000).toISOString().slice(0, 10);
  const words = (d) => iso(d).split("-").reverse().join("/");
  const open = (d) => d >= works.length || works[d] === "1";

  // step goes so many working days on from a day, not before the first of the chart.
  const step = (from, n) => {
    let d = from;
    for (let left = Math.abs(n), way = Math.sign(n); left > 0; ) {
      if (d + way < 0) return from;
      d += way;
      if (open(d)) left--;
    }
    return d;
  };
  const nearest = (d) => {
    d = Math.max(0, d);
    while (!open(d)) d++;
    return d;
  };
  const start = (grip) => Number(grip.getAttribute("aria-valuenow"));
  const show = (grip, d) => {
    const width = grip.ownerSVGElement.getBoundingClientRect().width;
    grip.parentNode.setAttribute("transform", `translate(${((d - start(grip)) * width) / days} 0)`);
    grip.setAttribute("aria-valuetext", words(d));
    grip.dataset.to = d;
    if (said) said.textContent = table.dataset.say.replace("{unit}", grip.dataset.name) + " " + words(d);
  };
  const reset = (grip) => {
    grip.parentNode.removeAttribute("transform");
    grip.setAttribute("aria-valuetext", words(start(grip)));
    delete grip.dataset.to;
  };
  const ask = (grip) => {
    if (grip.dataset.to === undefined || Number(grip.dataset.to) === start(grip)) return;
    form.elements.unit.value = grip.dataset.unit;
    form.elements.day.value = iso(Number(grip.dataset.to));
    form.elements.resource.value = "";
    form.requestSubmit();
  };
  const keys = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 5, ArrowDown: -5, PageUp: 5, PageDown: -5 };

  for (const grip of table.querySelectorAll("[data-unit]")) {
    grip.addEventListener("keydown", (e) => {
      if (e.altKey || e.ctrlKey || e.metaKey) return;
      if (keys[e.key]) show(grip, step(grip.dataset.to === undefined ? start(grip) : Number(grip.dataset.to), keys[e.key]));
      else if (e.key === "Enter") ask(grip);
      else if (e.key === "Escape") reset(grip);
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
    let from = null;
    grip.addEventListener("pointerdown", (e) => {
      if (e.button !== 0) return;
      from = e.clientX;
      grip.setPointerCapture(e.pointerId);
    });
    grip.addEventListener("pointermove", (e) => {
      if (from === null) return;
      const width = grip.ownerSVGElement.getBoundingClientRect().width;
      const moved = Math.round(((e.clientX - from) * days) / width);
      if (moved !== 0 || grip.dataset.to !== undefined) show(grip, nearest(start(grip) + moved));
    });
    grip.addEventListener("pointerup", () => {
      if (from === null) return;
      from = null;
      ask(grip);
    });
    grip.addEventListener("pointercancel", () => {
      from = null;
      reset(grip);
    });
  }
})();
