// Pages for work in the field load this beside app.js. A form with data-kept-form is
// kept on this device first and sent from there to that operation of the API, so that it
// goes nowhere lost while there is no line. Each record has an ID made here, by which
// the server takes it once. Where a browser cannot keep, forms are posted as ever.
(() => {
  "use strict";
  const host = document.getElementById("offline");
  if (!host || !window.isSecureContext || !window.indexedDB || !(window.crypto && crypto.subtle)) return;
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const words = JSON.parse(host.dataset.words);
  const say = (key, by = {}) => (words[key] || "").replace(/\{(\w+)\}/g, (whole, k) => (k in by ? by[k] : whole));
  const account = host.dataset.account;
  const day = 86400000;

  // What is kept: one store, one row a record.
  const opened = new Promise((done, failed) => {
    const ask = indexedDB.open("lotrinh-field", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("items", { keyPath: "id" });
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(ask.error);
  });
  async function store(mode, use) {
    const tx = (await opened).transaction("items", mode);
    const ask = use(tx.objectStore("items"));
    return new Promise((done, failed) => {
      tx.oncomplete = () => done(ask.result);
      tx.onabort = tx.onerror = () => failed(tx.error);
    });
  }
  const mine = async () => (await store("readonly", (s) => s.getAll())).filter((x) => x.account === account).sort((a, b) => a.seq - b.seq);
  const put = (x) => store("readwrite", (s) => s.put(x));
  const drop = (id) => store("readwrite", (s) => s.delete(id));

  function newID() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    for (let i = 5, ms = Date.now(); i >= 0; i--, ms = Math.floor(ms / 256)) b[i] = ms % 256;
    b[6] = (b[6] & 15) | 112;
    b[8] = (b[8] & 63) | 128;
    return [...b].map((x) => x.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // A photo is drawn smaller before it is kept: a phone's 6 MB become some 300 KB.
  const side = 1600;
  async function shrink(file) {
    const bmp = await createImageBitmap(file);
    const by = Math.min(1, side / Math.max(bmp.width, bmp.height));
    const c = document.createElement("canvas");
    c.width = Math.max(1, Math.round(bmp.width * by));
    c.height = Math.max(1, Math.round(bmp.height * by));
    const pen = c.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, c.width, c.height);
    pen.drawImage(bmp, 0, 0, c.width, c.height);
    return new Promise((done, failed) => c.toBlob((b) => (b ? done(b) : failed(new Error("blob"))), "image/jpeg", 0.8));
  }

  // A form as the operation takes it: text by name, "facts.os" inside facts; what begins
  // with an underscore, the ID and files are ours to say.
  function fieldsOf(form) {
    const out = {};
    for (const [name, value] of new FormData(form)) {
      if (name.startsWith("_") || name === "id" || typeof value !== "string") continue;
      const [key, sub] = name.split(".");
      if (sub) { if (value) (out[key] = out[key] || {})[sub] = value; } else out[key] = key === "version" ? Number(value) : value;
    }
    return out;
  }

  // What a field says to people: the words of the choice, not its value.
  function wordsOf(form, name, fields) {
    const el = form.elements[name];
    if (el && el.options && el.selectedIndex >= 0) return el.options[el.selectedIndex].text;
    const radio = $$(`input[type=radio][name="${name}"]:checked`, form)[0];
    return radio ? radio.closest("label").innerText.trim() : fields[name] || "";
  }

  const said = (text, form) => {
    const box = (form && $("[data-kept-said]", form.parentElement)) || $("[data-kept-said]");
    if (box) box.textContent = text;
  };

  // The list of a count: what is found is marked at once, here, and counted.
  const tagOf = (raw) => {
    let s = String(raw).trim().normalize("NFC");
    if (s.includes("://")) s = s.split(/[?#]/)[0].split("/").filter(Boolean).pop() || "";
    return s.split(/\s+/).filter(Boolean).join(" ").toUpperCase();
  };
  const rowOf = (tag) => $$("[data-kept-tags]").find((li) => li.dataset.keptTags.split("|").some((t) => t.toUpperCase() === tag));
  function mark(tag) {
    const li = rowOf(tag);
    if (!li) return false;
    if (!("keptDone" in li.dataset)) {
      li.dataset.keptDone = "";
      $("[data-kept-yes]", li).hidden = false;
      $("[data-kept-no]", li).hidden = true;
    }
    $$("[data-kept-found]").forEach((o) => (o.textContent = $$("[data-kept-tags][data-kept-done]").length));
    return true;
  }
  const read = new Set(); // tags of this page that are on no list
  async function remark() {
    if (!$("[data-kept-marks]")) return;
    const forms = $$("form[data-kept-scan]").map((f) => f.dataset.keptForm);
    for (const x of await mine()) if (x.scan && forms.includes(x.send) && x.state === "waiting" && !mark(x.scan)) read.add(x.scan);
  }

  let mending; // the refused record that the form shows again
  const keeping = new Set();
  async function keep(form, more = {}) {
    if (!form.reportValidity() || keeping.has(form)) return;
    keeping.add(form);
    try {
      const fields = { ...fieldsOf(form), ...more };
      const by = form.dataset.keptScan;
      const scan = by ? tagOf(fields[by]) : "";
      const label = form.dataset.keptLabel.replace(/\{(\w+)\}/g, (_, k) => wordsOf(form, k, fields));
      if (by) {
        form.reset();
        const row = rowOf(scan);
        if (row ? "keptDone" in row.dataset : read.has(scan)) return said(say("scan.twice", { what: scan }), form);
      }
      const again = mending && mending.send === form.dataset.keptForm ? mending : null;
      let photos = again ? again.photos : [];
      for (const input of $$("input[type=file]", form)) {
        if (input.files.length) photos = [];
        for (const file of input.files) photos.push({ name: file.name, blob: await shrink(file) });
      }
      const x = {
        id: again ? again.id : newID(), seq: Date.now(), account, send: form.dataset.keptForm, page: location.pathname + location.search, keptAt: again ? again.keptAt : Date.now(),
        label, fields, photos, scan, state: "waiting",
      };
      await put(x);
      mending = null;
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      if (by) {
        if (mark(scan)) said(say("scan.found", { what: scan }), form);
        else { read.add(scan); said(say("scan.other", { what: scan }), form); }
        if (!more.how) form.elements[by].focus();
      } else {
        form.reset();
        $$(".lt-photos", form).forEach((b) => b.replaceChildren());
        said(say("kept", { what: x.label }), form);
      }
      await paint();
      flush();
    } catch {
      said(say("too_big"), form);
    } finally {
      keeping.delete(form);
    }
  }
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("form[data-kept-form]")) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    keep(e.target);
  }, true);

  // Sending: in order, one page at a time, again later when the line breaks.
  async function call(method, path, body, headers = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 60000);
    try {
      const raw = body instanceof Blob;
      const res = await fetch(path, { method, signal: stop.signal, body: raw ? body : body && JSON.stringify(body), headers: { ...(body && !raw ? { "Content-Type": "application/json" } : {}), Accept: "application/json", "Accept-Language": document.documentElement.lang, ...headers } });
      return { status: res.status, body: await res.json().catch(() => ({})) };
    } catch {
      return { status: 0, body: {} };
    } finally {
      clearTimeout(timer);
    }
  }
  const good = (r) => r.status >= 200 && r.status < 300;
  const later = (r) => r.status === 0 || r.status === 408 || r.status === 425 || r.status === 429 || r.status >= 500;

  async function upload(p) {
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await p.blob.arrayBuffer()));
    const sha256 = [...sum].map((x) => x.toString(16).padStart(2, "0")).join("");
    let r = await call("POST", "/api/v1/uploads", { kind: "photo", name: p.name, size: p.blob.size, sha256 });
    if (!good(r)) return r;
    const { id, chunk, missing } = r.body;
    if (!missing) return { status: 0, body: {} }; // the line broke within the answer
    for (const n of missing) {
      r = await call("PUT", `/api/v1/uploads/${id}/parts/${n}`, p.blob.slice(n * chunk, (n + 1) * chunk), { "Content-Type": "application/octet-stream" });
      if (!good(r)) return r;
    }
    r = await call("POST", `/api/v1/uploads/${id}/finish`);
    if (good(r)) { p.upload = id; p.at = Date.now(); }
    return r;
  }

  async function send(x) {
    let r;
    for (const p of x.photos) {
      if (p.upload && Date.now() - p.at < day) continue;
      r = await upload(p);
      if (!good(r)) break;
      await put(x); // the photo need not be sent again
    }
    if (!r || good(r)) {
      const body = { ...x.fields, id: x.id };
      if (x.photos.length) body.photos = x.photos.map((p) => p.upload);
      r = await call("POST", `${x.send}?ago=${Math.max(0, Math.round((Date.now() - x.keptAt) / 1000))}`, body);
    }
    if (later(r) || r.status === 401) return r;
    if (good(r)) Object.assign(x, { state: "sent", sentAt: Date.now(), text: r.body.text, href: r.body.page, fields: {}, photos: [] });
    else {
      const lines = (r.body.errors || []).map((e) => e.detail);
      Object.assign(x, { state: "refused", why: lines.length ? lines.join(" ") : r.body.title || String(r.status), stale: r.body.code === "fault.changed_meanwhile" });
      x.photos.forEach((p) => delete p.upload);
    }
    await put(x);
    if (x.state === "sent" && x.text && x.page === location.pathname + location.search) said(x.text);
    return r;
  }

  let problem = "", wait = 0, timer, busy = false, more = false;
  const alone = (f) => (navigator.locks ? navigator.locks.request("lt-field", f) : f());
  async function sendAll() {
    const waiting = (await mine()).filter((x) => x.state === "waiting");
    if (!waiting.length) return true;
    problem = "sending";
    await paint();
    const me = await call("GET", "/api/v1/me");
    problem = "";
    if (later(me)) return false;
    if (!good(me) || me.body.id !== account) { problem = "sign_in"; return true; }
    for (const x of waiting) {
      const r = await send(x);
      if (r.status === 401) { problem = "sign_in"; return true; }
      if (later(r)) return false;
      wait = 0; // the line carries: what breaks after this is tried again soon
      await paint();
    }
    return true;
  }
  async function flush() {
    if (busy) { more = true; return; }
    busy = true;
    clearTimeout(timer);
    let done = true;
    try {
      do { more = false; done = await alone(sendAll); } while (more && done);
    } catch {
      done = false; // whatever it was, what is kept is tried again
      problem = "";
    } finally {
      busy = false;
    }
    wait = done ? 0 : Math.min(wait ? wait * 2 : 2000, 300000);
    if (wait) timer = setTimeout(flush, wait);
    await paint();
  }

  // What is kept, in words.
  function line(x) {
    const li = document.createElement("li");
    li.dataset.keptItem = x.state;
    const name = document.createElement("strong");
    name.textContent = x.label + (x.photos.length ? ` · ${say("photo", { n: x.photos.length })}` : "");
    const state = document.createElement("span");
    state.className = "lt-sub";
    state.textContent = x.state === "sent" ? x.text || say("sent") : x.state === "refused" ? say("refused", { why: x.why }) + (x.stale ? " " + say("conflict") : "") : say("kept_here");
    li.append(name, state);
    const link = (text, href) => { const a = document.createElement("a"); a.textContent = text; a.href = href; a.className = "btn btn-sm me-2"; li.append(a); return a; };
    if (x.state === "sent" && x.href) link(say("page"), x.href);
    if (x.state === "refused") {
      if (!x.scan) link(say("mend"), `${x.page}#mend=${x.id}`).addEventListener("click", () => setTimeout(mend, 50));
      const b = document.createElement("button");
      b.type = "button";
      b.className = "btn btn-sm btn-outline-danger";
      b.textContent = say("drop");
      b.addEventListener("click", async () => {
        if (!b.dataset.sure) { b.dataset.sure = "1"; b.textContent = say("drop_sure"); return; }
        await drop(x.id);
        paint();
      });
      li.append(b);
    }
    return li;
  }
  async function paint() {
    const items = await mine();
    const n = items.filter((x) => x.state === "waiting").length;
    host.hidden = !items.length && navigator.onLine;
    $("[data-kept-count]", host).textContent = n ? say("waiting", { n }) : say("none");
    const note = $("[data-kept-line]", host);
    note.textContent = !navigator.onLine ? say("offline") : problem ? say(problem) : n && wait ? say("again", { n: Math.round(wait / 1000) }) : "";
    if (problem === "sign_in") {
      const a = document.createElement("a");
      a.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
      a.textContent = " →";
      a.setAttribute("aria-label", say("sign_in"));
      note.append(a);
    }
    $("[data-kept-send]", host).hidden = !n;
    $("[data-kept-list]", host).replaceChildren(...items.reverse().slice(0, 20).map(line));
    $$("[data-kept-total]").forEach((o) => (o.textContent = n));
  }
  $("[data-kept-send]", host).addEventListener("click", () => { wait = 0; flush(); });

  // A refused record comes back into the form that made it.
  async function mend() {
    const id = (location.hash.match(/^#mend=([0-9a-f-]{36})$/) || [])[1];
    const x = id && (await mine()).find((one) => one.id === id);
    const form = x && $$("form[data-kept-form]").find((f) => f.dataset.keptForm === x.send);
    if (!form) return;
    mending = x;
    for (const [key, value] of Object.entries(x.fields)) {
      if (key === "version") continue; // the page knows the newer one
      for (const [name, v] of typeof value === "object" ? Object.entries(value).map(([k, v]) => [`${key}.${k}`, v]) : [[key, value]]) {
        const el = form.elements[name];
        if (!el) continue;
        if (el.type === "checkbox") el.checked = Boolean(v); else el.value = v;
      }
    }
    said(say("refused", { why: x.why }), form);
    form.scrollIntoView({ block: "start" });
  }

  // The camera reads QR codes; the browser's own reader where it has one, else ours.
  let reader;
  async function decoder() {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const own = new BarcodeDetector({ formats: ["qr_code"] });
      return async (c) => { const [found] = await own.detect(c); return found && found.rawValue; };
    }
    await new Promise((done, failed) => {
      const s = document.createElement("script");
      s.src = host.dataset.decoder;
      s.onload = done;
      s.onerror = failed;
      document.head.append(s);
    });
    return async (c) => window.ltDecode(c.getContext("2d").getImageData(0, 0, c.width, c.height));
  }
  async function camera(b) {
    const form = document.getElementById(b.dataset.keptScanStart);
    const view = $("[data-kept-view]", b.parentElement), video = $("video", view);
    if (video.srcObject) {
      video.srcObject.getTracks().forEach((t) => t.stop());
      video.srcObject = null;
      view.hidden = true;
      return b.setAttribute("aria-expanded", "false");
    }
    try {
      reader = reader || (await decoder());
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
    } catch {
      return said(say("scan.blocked"), form);
    }
    view.hidden = false;
    b.setAttribute("aria-expanded", "true");
    const c = document.createElement("canvas");
    let last = "", at = 0; // the code in sight, and when it was seen last: it counts again once it was out of sight for a while
    const look = async () => {
      if (!video.srcObject) return;
      if (video.videoWidth) {
        c.width = 480;
        c.height = Math.round((480 * video.videoHeight) / video.videoWidth);
        c.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, c.width, c.height);
        let text = "";
        try { text = await reader(c); } catch { /* no code in this picture */ }
        const fresh = text && (text !== last || Date.now() - at > 4000);
        if (text) { last = text; at = Date.now(); }
        if (fresh) {
          if (navigator.vibrate) navigator.vibrate(60);
          form.elements[form.dataset.keptScan].value = text;
          await keep(form, { how: "camera" });
        }
      }
      setTimeout(look, 180);
    };
    look();
  }
  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) $$("[data-kept-camera]").forEach((x) => (x.hidden = false));
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-kept-scan-start]"), set = e.target.closest("[data-kept-set]");
    if (b) camera(b);
    if (set) { // the form is on this page: no line is needed to choose in it
      const field = $(`form[data-kept-form] [name="${set.dataset.keptSet}"]`);
      if (!field) return;
      e.preventDefault();
      field.value = set.dataset.keptValue;
      field.form.scrollIntoView({ block: "start" });
      field.focus();
    }
  });

  async function begin() {
    for (const x of await mine()) if (x.state === "sent" && Date.now() - x.sentAt > day) await drop(x.id);
    await remark();
    await mend();
    await paint();
    flush();
  }
  addEventListener("online", () => { wait = 0; flush(); });
  addEventListener("offline", paint);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  document.addEventListener("htmx:afterSwap", remark);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(host.dataset.worker, { scope: host.dataset.scope }).catch(() => {}); // without it pages need the line
    navigator.serviceWorker.ready.then((r) => r.active.postMessage({ account, pages: [location.pathname + location.search, ...$$("[data-kept-page]").map((x) => x.dataset.keptPage)] }));
  }
  begin();
})();
