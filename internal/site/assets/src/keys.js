// The keyboard: what a page offers by a key says so itself, in data-key. Nothing fires
// while somebody types, with Ctrl, Alt or Meta held, or over an open dialog, and all of
// it can be switched off (body[data-keys-off]). Every act has its button or link as well.
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio|button|submit)$/.test(el.type));
  const off = () => "keysOff" in document.body.dataset;
  const seen = (el) => el && (el.offsetParent || el.closest("details:not([open])")) && !el.disabled;

  // A dialog is fetched when it is first asked for, from the page that shows the same
  // without script.
  async function sheet(id, path) {
    let d = document.getElementById(id);
    if (!d) {
      const answer = await fetch(path, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return void (location.href = path);
      d = document.createElement("dialog");
      d.id = id;
      d.className = "lt-dialog lt-sheet";
      d.innerHTML = await answer.text();
      d.setAttribute("aria-labelledby", id + "-t");
      document.body.append(d);
      window.htmx.process(d);
    }
    if (d.open) return d;
    const from = document.activeElement;
    d.showModal();
    d.addEventListener("close", () => from && from.isConnected && from.focus(), { once: true });
    return d;
  }

  // What this page can do stands first in the palette: the keys that it offers.
  async function palette() {
    const d = await sheet("palette", "/go");
    if (!d) return;
    const input = $("input[type=search]", d), here = $("[data-here]", d);
    if (here) {
      here.replaceChildren();
      for (const el of $$("main [data-key][data-key-label]").filter(seen)) {
        const li = document.createElement("li"), b = document.createElement("button"), k = document.createElement("kbd");
        b.type = "button";
        b.className = "lt-plain-btn";
        b.textContent = el.dataset.keyLabel;
        k.textContent = el.dataset.key;
        b.addEventListener("click", () => { d.close(); act(el); });
        li.append(b, k);
        here.append(li);
      }
      here.parentElement.hidden = !here.children.length;
    }
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }

  // What was typed narrows what this page can do, marks or no marks.
  const plain = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  document.addEventListener("input", (e) => {
    const here = e.target.closest("#palette") && $("#palette [data-here]");
    if (!here) return;
    for (const li of here.children) li.hidden = !plain(li.textContent).includes(plain(e.target.value));
    here.parentElement.hidden = ![...here.children].some((li) => !li.hidden);
  });

  function act(el) {
    for (let box = el.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    if (el.type === "radio") { el.checked = true; el.dispatchEvent(new Event("change", { bubbles: true })); }
    if (el.matches("summary")) {
      const first = $("input:not([type=hidden]),select,textarea", el.parentElement);
      return (first || el).focus();
    }
    if (el.matches("input,select,textarea")) { el.scrollIntoView({ block: "center" }); return el.focus(); }
    el.click();
  }

  let before = "", at = 0;
  document.addEventListener("keydown", (e) => {
    if (off() || e.isComposing) return;
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
      e.preventDefault();
      return void palette();
    }
    const d = $("#palette[open]");
    if (d && (e.key === "ArrowDown" || e.key === "ArrowUp" || e.key === "Enter" && e.target.type === "search")) return walk(d, e);
    if (typing(e.target) || e.ctrlKey || e.metaKey || e.altKey || $("dialog:modal")) return;
    if (e.key === "?") { e.preventDefault(); return void sheet("keys", "/keys"); }
    if (e.key.length !== 1) return;
    const pair = e.timeStamp - at < 1500 ? before + " " + e.key : "";
    before = e.key;
    at = e.timeStamp;
    const el = $$("[data-key]").filter(seen).find((x) => x.dataset.key === (pair || e.key)) || $$("[data-key]").filter(seen).find((x) => x.dataset.key === e.key);
    if (!el) return;
    e.preventDefault();
    before = "";
    act(el);
  });

  // Arrows walk what the palette found; Enter in its box opens the first.
  function walk(d, e) {
    const all = $$("a,[data-here] button", d).filter((x) => x.offsetParent && !x.closest("[data-close-row]"));
    if (!all.length) return;
    e.preventDefault();
    if (e.key === "Enter") return void ($("#go-results a", d) || all[0]).click();
    const i = all.indexOf(document.activeElement);
    if (e.key === "ArrowUp" && i <= 0) return $("input[type=search]", d).focus();
    all[Math.min(all.length - 1, i + (e.key === "ArrowDown" ? 1 : -1))].focus();
  }

  document.addEventListener("click", (e) => {
    const t = e.target.closest("[data-sheet]");
    if (!t || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    if (t.dataset.sheet === "palette") palette(); else sheet(t.dataset.sheet, t.getAttribute("href"));
  });
})();
