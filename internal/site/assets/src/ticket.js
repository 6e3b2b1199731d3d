// Provisional tickets of a counter: the next number of its block, and the slip that the
// citizen takes home. The form itself is kept and sent by offline.js.
(() => {
  "use strict";
  const form = document.querySelector("form[data-ticket]"), slip = document.getElementById("ticket-slip");
  if (!form || !slip) return;
  const number = form.elements.number, key = "lt-ticket:" + form.dataset.ticket, until = Number(form.dataset.ticketUntil);
  const kept = () => { try { return Number(localStorage.getItem(key)) || 0; } catch { return 0; } };
  let next = Number(number.value), says = null;
  const offer = () => {
    next = Math.max(next, kept() + 1);
    number.defaultValue = String(next);
    const b = form.querySelector("button[type=submit]");
    if (b) b.disabled = next > until;
  };
  // A ticket that was refused comes back with its own number, which may be what was wrong with it.
  const mending = () => { number.readOnly = !location.hash.startsWith("#mend="); };
  offer();
  number.value = String(next);
  mending();
  addEventListener("hashchange", mending);
  addEventListener("storage", (e) => { // another window of this counter took the number
    if (e.key !== key || !number.readOnly) return;
    offer();
    number.value = String(next);
  });

  // Before offline.js keeps the form: what the slip will say. The number is not touched
  // here, since it is about to be read.
  window.addEventListener("submit", (e) => {
    if (e.target !== form || !form.checkValidity()) return;
    const n = Number(number.value), pick = form.elements.procedure;
    says = {
      number: form.dataset.ticketPrefix + String(n).padStart(4, "0"), procedure: pick.options[pick.selectedIndex].text,
      subject: form.elements.subject.value, applicant: form.elements.applicant.value, written: new Date().toLocaleString(document.documentElement.lang),
    };
    next = Math.max(next, n + 1);
    try { localStorage.setItem(key, String(next - 1)); } catch { /* the page counts on by itself */ }
  }, true);

  // It is kept: the slip can be handed out, and the form takes the next number.
  form.addEventListener("reset", () => {
    if (!says) return;
    for (const [name, text] of Object.entries(says)) slip.querySelector(`[data-slip="${name}"]`).textContent = text;
    says = null;
    slip.hidden = false;
    number.readOnly = true;
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    offer();
  });
  slip.querySelector("[data-slip-print]").addEventListener("click", () => window.print());
})();
