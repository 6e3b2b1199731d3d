// Measures in this browser whether an address can be reached, and how long it takes: the
// middle of three tries. The form beside it carries what was measured to the server.
(() => {
  "use strict";
  const said = document.querySelector("[data-reach]");
  if (!said) return;
  const go = document.querySelector("[data-reach-go]"), box = document.querySelector("[data-reach-result]"), form = document.getElementById(said.dataset.reachForm);
  async function once() {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 15000);
    const began = performance.now();
    try {
      const own = said.dataset.reach.startsWith("/");
      const res = await fetch(said.dataset.reach, { method: "GET", mode: own ? "same-origin" : "no-cors", cache: "no-store", credentials: "omit", redirect: "follow", signal: stop.signal });
      if (own && !res.ok) throw new Error(String(res.status));
      return Math.max(1, Math.round(performance.now() - began));
    } finally {
      clearTimeout(timer);
    }
  }
  async function measure() {
    go.disabled = true;
    said.textContent = said.dataset.reachRunning;
    const all = [];
    let why = "";
    for (let i = 0; i < 3; i++) {
      try { all.push(await once()); } catch (e) { why = e.name === "AbortError" ? "15 s" : e.message; }
    }
    const ok = all.length > 1; // most of them
    const ms = ok ? all.sort((a, b) => a - b)[Math.floor(all.length / 2)] : 0;
    said.textContent = ok ? said.dataset.reachOk.replace("{n}", ms) : said.dataset.reachFailed;
    form.elements.ok.value = ok ? "1" : "";
    form.elements.ms.value = String(ms);
    if (!ok) form.elements.why.value = `${said.dataset.reachFailed} (${why})`;
    box.hidden = false;
    go.disabled = false;
  }
  go.hidden = false;
  said.textContent = "";
  go.addEventListener("click", measure);
})();
