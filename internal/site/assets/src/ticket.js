// Provisional tickets of a counter: the next number of its block, and the slip that the
// citizen takes home. The form itself is kept and sent by offline.js.
(() => {
  "use strict";
  const form = document.querySelector("form[data-ticket]"), slip = document.getElementById("ticket-slip");
  if (!form || !slip) return;
  const number = form.elements.number, key = "lt-ticket:" + form.dataset.ticket, until = Number(form.dataset.ticketUntil);
  const kept = () => { try { return Number(localStorage.getItem(key)) || 0; } catch { return 0; } };
  let next = Math.max(kept() + 1, Number(number.value));
  number.readOnly = true;
  number.value = number.defaultValue = String(next);
  const full = () => { const b = form.querySelector("button[type=submit]"); if (b) b.disabled = next > until; };
  full();

  // Before offline.js keeps the form: the slip says what was typed, and the reset that
  // follows shows the next number. A refused ticket that is mended keeps its own.
  window.addEventListener("submit", (e) => {
    if (e.target !== form || !form.checkValidity()) return;
    const n = Number(number.value), pick = form.elements.procedure;
    const says = {
      number: form.dataset.ticketPrefix + String(n).padStart(4, "0"), procedure: pick.options[pick.selectedIndex].text,
      subject: form.elements.subject.value, applicant: form.elements.applicant.value, written: new Date().toLocaleString(document.documentElement.lang),
    };
    for (const [name, text] of Object.entries(says)) slip.querySelector(`[data-slip="${name}"]`).textContent = text;
    slip.hidden = false;
    next = Math.max(next, n + 1);
    try { localStorage.setItem(key, String(next - 1)); } catch { /* the page counts on by itself */ }
    number.defaultValue = String(next);
    full();
  }, true);
  slip.querySelector("[data-slip-print]").addEventListener("click", () => window.print());
})();
