// Everything here is an addition: without it every link, form and dialog still works.
// One listener per kind of event on the document, so that what htmx swaps in is served too.
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio|button|submit)$/.test(el.type));
  const html = document.documentElement;

  // The open tab is in sight, also where the row is wider than the window.
  function centre(tab) {
    const row = tab.closest(".lt-tabs"), at = tab.getBoundingClientRect(), of = row.getBoundingClientRect();
    row.scrollLeft += at.left + at.width / 2 - of.left - of.width / 2;
  }

  // What only script can do is hidden until script is there.
  function ready(root) {
    $$("[data-reveal],[data-copy],[data-pick-all],[data-theme-toggle]", root).forEach((el) => (el.hidden = false));
    $$(".lt-form input[type=date]", root).forEach(day);
    $$("[data-sign]", root).forEach(signs);
    $$("form:has([data-when])", root).forEach(whens);
    $$(".lt-tabs [aria-current]", root).forEach(centre);
    const wrong = $("[data-focus]", root);
    if (wrong) wrong.focus();
  }

  // Questions that apply only after certain answers are hidden until those are given. What
  // script cannot tell (an age, a date) stays and says when it applies.
  function whens(form) {
    const answer = (name) => [...form.elements].filter((el) => el.name === name && (!/^(radio|checkbox)$/.test(el.type) || el.checked)).map((el) => el.value.trim()).filter(Boolean);
    const asked = (name) => [...form.elements].some((el) => el.name === name);
    const holds = (c) => {
      if (c.all && !c.all.every(holds) || c.any && !c.any.some(holds) || c.not && holds(c.not) && known(c.not)) return false;
      if (!c.op || !asked(c.field)) return true;
      const got = answer(c.field);
      switch (c.op) {
        case "is": return (got[0] || "") === (c.value || "");
        case "in": return c.in.includes(got[0] || "");
        case "has": return got.includes(c.value);
        case "filled": return got.length > 0;
        case "blank": return got.length === 0;
      }
      return true;
    };
    const known = (c) => (!c.op || /^(is|in|has|filled|blank)$/.test(c.op) && asked(c.field)) && [...(c.all || []), ...(c.any || [])].every(known) && (!c.not || known(c.not));
    for (const el of $$("[data-when]", form)) {
      const c = JSON.parse(el.dataset.when);
      el.hidden = !holds(c);
      const said = $("[data-when-said]", el);
      if (said) said.hidden = known(c);
    }
  }

  // A browser writes days in its own order; the day in words leaves no doubt.
  function day(input) {
    let note = input.nextElementSibling;
    if (!note) {
      note = document.createElement("span");
      note.className = "lt-note lt-day";
      input.after(note);
    }
    note.textContent = input.valueAsDate ? new Intl.DateTimeFormat(html.lang === "en" ? "en-GB" : "vi", { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }).format(input.valueAsDate) : "";
  }

  // Dialogs and the navigation open by their address without script; with it, in place.
  const close = (el) => { el.close(); if (el.opener) el.opener.focus(); };

  function openDialog(link, e) {
    const d = document.getElementById(link.dataset.dialog);
    if (!d || !d.showModal) return;
    e.preventDefault();
    d.opener = link;
    d.showModal();
  }

  function nav(open) {
    document.body.classList.toggle("lt-nav-open", open);
    const b = $("[data-nav]");
    b.setAttribute("aria-expanded", String(open));
    if (open) $("#nav a").focus(); else b.focus();
  }

  function theme() {
    const dark = html.dataset.bsTheme === "dark" || html.dataset.bsTheme === "auto" && matchMedia("(prefers-color-scheme:dark)").matches;
    html.dataset.bsTheme = dark ? "light" : "dark";
    document.cookie = "theme=" + html.dataset.bsTheme + ";path=/;max-age=31536000;samesite=lax";
  }

  async function copy(b) {
    const words = b.textContent;
    try {
      await navigator.clipboard.writeText(b.dataset.copy);
      b.textContent = b.dataset.copied;
      setTimeout(() => (b.textContent = words), 2000);
    } catch {
      getSelection().selectAllChildren(b.previousElementSibling);
    }
  }

  function reveal(b) {
    const input = document.getElementById(b.dataset.reveal);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    b.setAttribute("aria-pressed", String(show));
  }

  // The side panel.
  let panelOpener;
  function panel(open) {
    const p = $("#panel");
    if (!p || p.hidden === !open) return;
    p.hidden = !open;
    document.body.classList.toggle("lt-panel-open", open);
    if (open) $("#panel-body").focus();
    else if (panelOpener && panelOpener.isConnected) panelOpener.focus();
  }

  // A click on a row is a click on its link.
  function go(row, e) {
    const link = $("a.lt-main-link, a[href]", row);
    if (!link) { location.href = row.dataset.href; return; }
    if (e && (e.ctrlKey || e.metaKey)) { open(link.href); return; }
    link.click();
  }

  document.addEventListener("click", (e) => {
    $$("details.lt-me[open]").forEach((m) => m.contains(e.target) || (m.open = false));
    if (document.body.classList.contains("lt-nav-open") && !e.target.closest("#nav,[data-nav]")) return nav(false);
    const t = e.target.closest("a,button,label,input,select,textarea,summary,tr[data-href],li[data-href],dialog");
    if (!t) return;
    const d = t.dataset;
    if ("dialog" in d) return openDialog(t, e);
    if ("close" in d) { const box = t.closest("dialog"); if (box && box.matches(":modal")) { e.preventDefault(); close(box); } return; }
    if ("nav" in d) { e.preventDefault(); return nav(t.getAttribute("aria-expanded") !== "true"); }
    if ("themeToggle" in d) { e.preventDefault(); return theme(); }
    if ("copy" in d) return void copy(t);
    if ("reveal" in d) return reveal(t);
    if ("panelClose" in d) return panel(false);
    if ("pickAll" in d) return $$(`input[type=checkbox][name="${d.pickAll}"]`, t.closest("table")).forEach((c) => { c.checked = t.checked; c.dispatchEvent(new Event("change", { bubbles: true })); });
    if (t.dataset.insert) {
      const box = document.getElementById(t.dataset.insertInto);
      if (!box) return;
      const at = box.selectionEnd ?? box.value.length, gap = at && !/\n\s*$/.test(box.value.slice(0, at)) ? "\n\n" : "";
      box.setRangeText(gap + t.dataset.insert, at, at, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
      return;
    }
    if (t.matches("tr[data-href],li[data-href]") && !String(getSelection())) go(t, e);
    if ("navClose" in d) { e.preventDefault(); nav(false); }
  });

  document.addEventListener("change", (e) => {
    const t = e.target;
    if (t.matches(".lt-form input[type=date]")) day(t);
    if (t.matches("[data-photo]")) photos(t);
    if (t.form && $("[data-when]", t.form)) whens(t.form);
    if (t.matches(".lt-pick input")) picked(t.closest("table"));
    if (t.closest("form[data-keep]")) dirty.add(t.form);
  });
  document.addEventListener("input", (e) => { const f = e.target.form; if (f && f.matches("[data-keep]")) dirty.add(f); });

  // How many rows are chosen, said where the form asks for it: <output data-picked="name">.
  function picked(table) {
    const boxes = $$("tbody .lt-pick input", table);
    const n = boxes.filter((b) => b.checked).length;
    if (boxes.length) $$(`[data-picked="${boxes[0].name}"]`).forEach((o) => (o.textContent = n));
  }

  // Text in a box that is kept on the server as it is typed may be left: it comes back.
  document.addEventListener("htmx:afterRequest", (e) => {
    const box = e.detail.elt;
    if (box.matches("[data-unsent]") && e.detail.successful) dirty.delete(box.form);
  });

  // Who has a ticket open says so, and whether something is being written; a page that
  // closes says that, too.
  const writes = () => $$("textarea[data-unsent]").some((b) => b.value.trim());
  function presence() {
    const f = $("form[data-presence]");
    if (!f) return;
    const now = writes() ? "1" : "";
    if (f.elements.writing.value === now) return;
    f.elements.writing.value = now;
    f.dispatchEvent(new Event("beat"));
  }
  document.addEventListener("input", (e) => { if (e.target.matches("[data-unsent]")) presence(); });
  addEventListener("pagehide", () => {
    const f = $("form[data-presence]");
    if (f) navigator.sendBeacon(f.action, new URLSearchParams({ leave: "1" }));
  });

  // A signature is drawn with a finger, a pen or the mouse, and sent as a picture.
  function signs(box) {
    const c = $("canvas", box), pen = c.getContext("2d"), out = $("input[type=hidden]", box);
    let last;
    const at = (e) => { const r = c.getBoundingClientRect(); return [(e.clientX - r.left) * c.width / r.width, (e.clientY - r.top) * c.height / r.height]; };
    const blank = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, c.width, c.height); out.value = ""; };
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    blank();
    box.hidden = false;
    c.addEventListener("pointerdown", (e) => { last = at(e); c.setPointerCapture(e.pointerId); });
    c.addEventListener("pointermove", (e) => {
      if (!last) return;
      const to = at(e);
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...(last = to));
      pen.stroke();
    });
    for (const end of ["pointerup", "pointercancel"]) c.addEventListener(end, () => { if (last) out.value = c.toDataURL("image/png"); last = null; });
    $("[data-sign-clear]", box).addEventListener("click", blank);
  }

  // A photo is drawn small, so that no address but our own is ever fetched.
  async function photos(input) {
    const box = document.getElementById(input.id + "-seen");
    if (!box) return;
    box.replaceChildren();
    for (const file of input.files) {
      const fig = document.createElement("figure");
      const cap = document.createElement("figcaption");
      cap.textContent = `${file.name} · ${(file.size / 1048576).toFixed(1)} MB`;
      try {
        const bmp = await createImageBitmap(file, { resizeHeight: 192, resizeQuality: "medium" });
        const c = document.createElement("canvas");
        c.width = bmp.width;
        c.height = bmp.height;
        c.getContext("2d").drawImage(bmp, 0, 0);
        c.setAttribute("role", "img");
        c.setAttribute("aria-label", file.name);
        fig.append(c);
      } catch { /* not a picture this browser can draw: its name is enough */ }
      fig.append(cap);
      box.append(fig);
    }
  }

  // What pages for the field keep of themselves is not for the next reader of this
  // machine; the records that wait to be sent stay, for their own person.
  const forgetPages = () => window.caches && caches.keys().then((all) => all.filter((n) => n.startsWith("lt-field-")).forEach((n) => caches.delete(n)));
  if (location.pathname === "/sign-in") forgetPages();

  // Typed text is not lost by leaving the page, and nothing is sent twice.
  const dirty = new Set();
  const sent = new Set();
  addEventListener("beforeunload", (e) => {
    for (const f of dirty) if (f.isConnected) { e.preventDefault(); e.returnValue = f.dataset.keep; return; }
  });
  document.addEventListener("submit", (e) => {
    const f = e.target;
    if (f.method !== "post" || e.defaultPrevented) return;
    if (sent.has(f)) return e.preventDefault();
    if (f.getAttribute("action") === "/sign-out") forgetPages();
    sent.add(f);
    dirty.clear();
    f.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => { sent.forEach((f) => f.removeAttribute("aria-busy")); sent.clear(); });

  // j and k walk rows, Enter opens (it is a link), / finds, Escape closes.
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      const menu = $("details.lt-me[open]");
      if (menu) { menu.open = false; return $("summary", menu).focus(); }
      if (document.body.classList.contains("lt-nav-open")) return nav(false);
      return panel(false);
    }
    if ("keysOff" in document.body.dataset || typing(e.target) || e.ctrlKey || e.metaKey || e.altKey || $("dialog:modal")) return;
    if (e.key === "/") {
      const s = $("#q");
      if (s && s.offsetParent) { e.preventDefault(); s.focus(); s.select(); }
    }
    if (e.key === "j" || e.key === "k") step(e.key === "j" ? 1 : -1);
    if (e.key === "x") {
      const box = document.activeElement.closest("tr") && $(".lt-pick input", document.activeElement.closest("tr"));
      if (box) box.click();
    }
  });

  function step(by) {
    const here = document.activeElement.closest("[data-keys]") || $("main [data-keys]");
    if (!here) return;
    const links = $$("tr[data-href],li[data-href]", here).map((r) => $("a.lt-main-link, a[href]", r)).filter(Boolean);
    const at = links.indexOf(document.activeElement.closest("tr,li") && $("a.lt-main-link, a[href]", document.activeElement.closest("tr,li")));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (next) { next.focus(); next.closest("tr,li").scrollIntoView({ block: "nearest" }); }
  }

  // The business clock runs on from the moment that the page shows.
  const began = performance.now();
  function tick() {
    $$("time[data-clock]").forEach((el) => {
      const now = new Date(Date.parse(el.dateTime) + performance.now() - began);
      const p = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" }).formatToParts(now).map((x) => [x.type, x.value]));
      const s = `${p.day}/${p.month}/${p.year} ${p.hour}:${p.minute}`;
      if (el.textContent !== s) el.textContent = s;
    });
  }
  setInterval(tick, 5000);

  document.addEventListener("htmx:beforeRequest", (e) => { if (e.detail.target.id === "panel-body") panelOpener = document.activeElement; });
  document.addEventListener("htmx:afterSwap", (e) => {
    ready(e.detail.target.isConnected ? e.detail.target : document); // swapped out whole
    if (e.detail.target.id === "panel-body") panel(true);
  });
  document.addEventListener("htmx:sendError", () => html.classList.add("lt-offline"));
  document.addEventListener("htmx:afterOnLoad", () => html.classList.remove("lt-offline"));

  // What happens now: one stream serves all open pages of this browser, where it can.
  function live(box) {
    const shows = new Map(); // what stands, for pages that open later
    const channel = window.BroadcastChannel && new BroadcastChannel("lt-live");
    const put = sessionStorage;
    let wait = 2000;

    async function show(p) {
      // what is laid aside, or what this page is about, needs no card
      if (put.getItem("lt-hidden " + p.id) || location.pathname.startsWith(p.href.replace(/\/card$/, ""))) return;
      let part = "";
      try {
        const res = await fetch(p.href, { headers: { "HX-Request": "true" } });
        if (res.status === 200) part = await res.text();
      } catch { return; }
      if (shows.get(p.id) !== p) return; // gone meanwhile, or shown anew
      const old = document.getElementById(p.id);
      if (!part) return old && old.remove();
      if (old && old.contains(document.activeElement) && typing(document.activeElement)) return; // somebody writes in it
      const made = new DOMParser().parseFromString(part, "text/html").body.firstElementChild;
      if (old) old.remove();
      if ("liveLast" in made.dataset) box.append(made); else box.prepend(made);
      if (window.htmx) window.htmx.process(made);
      ready(made);
    }
    function take(kind, p) {
      if (kind === "show") { shows.set(p.id, p); show(p); return; }
      shows.delete(p.id);
      const el = document.getElementById(p.id);
      if (el) el.remove();
    }
    let from;
    function listen() {
      from = new EventSource(box.dataset.live);
      for (const kind of ["show", "gone"]) from.addEventListener(kind, (e) => {
        const p = JSON.parse(e.data);
        take(kind, p);
        if (channel) channel.postMessage({ kind, p });
      });
      from.onopen = () => (wait = 2000);
      from.onerror = () => {
        if (from.readyState !== EventSource.CLOSED) return; // comes back by itself
        setTimeout(() => document.hidden && !leads || listen(), wait);
        wait = Math.min(wait * 2, 300000);
      };
    }
    // Where pages cannot agree on one, the page that is looked at listens: browsers open
    // few connections at a time.
    function alone() {
      const look = () => {
        if (from) from.close();
        if (!document.hidden) listen();
      };
      document.addEventListener("visibilitychange", look);
      look();
    }
    let leads = false;
    if (channel) channel.onmessage = (e) => {
      if (e.data.kind !== "hello") take(e.data.kind, e.data.p);
      else if (leads) shows.forEach((p) => channel.postMessage({ kind: "show", p }));
    };
    if (!channel || !navigator.locks) return alone();
    channel.postMessage({ kind: "hello" });
    navigator.locks.request("lt-live", () => { leads = true; listen(); return new Promise(() => {}); });
  }

  // A card that came in is answered by N or Enter when nothing else is being done, and
  // laid aside by its button.
  document.addEventListener("keydown", (e) => {
    const card = $("#live > *");
    if (!card || e.ctrlKey || e.metaKey || e.altKey || e.repeat || typing(e.target) || $("dialog:modal")) return;
    const idle = e.target === document.body || e.target.id === "main";
    const main = $("[data-live-main]", card);
    if (main && (e.key === "n" || e.key === "Enter" && idle)) {
      e.preventDefault();
      e.stopImmediatePropagation();
      main.click();
    }
  }, true);
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-live-hide]");
    const card = b && b.closest("#live > *");
    if (!card) return;
    e.preventDefault();
    sessionStorage.setItem("lt-hidden " + card.id, "1");
    card.remove();
  });

  if ($("[data-live]")) live($("[data-live]"));
  ready(document);
  html.classList.add("lt-js");
})();
