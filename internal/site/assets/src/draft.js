// The pages on which a citizen files a dossier load this beside app.js. What is typed is
// kept on this device at once and handed to the server as soon as there is a line; each
// keeping has a number that grows, by which the server knows what is newer. Pictures
// travel in parts and go on after a drop. Where a browser cannot keep, every form is
// posted as ever.
(() => {
  "use strict";
  const host = document.getElementById("draft");
  if (!host || !window.indexedDB || !window.fetch) return;
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const words = JSON.parse(host.dataset.words);
  const say = (key, by = {}) => (words[key] || "").replace(/\{(\w+)\}/g, (whole, k) => (k in by ? by[k] : whole));
  const draft = host.dataset.draft;
  const said = (text) => ($("[data-said]", host).textContent = text);
  const form = $("form[data-draft-group]");
  const filer = $$("form[data-draft-files]");

  // What is kept: what was typed, one row a page; pictures that have not arrived.
  const opened = new Promise((done, failed) => {
    const ask = indexedDB.open("lotrinh-draft", 1);
    ask.onupgradeneeded = () => {
      ask.result.createObjectStore("pages", { keyPath: "key" });
      ask.result.createObjectStore("files", { keyPath: "key" });
    };
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(ask.error);
  });
  async function store(name, mode, use) {
    const tx = (await opened).transaction(name, mode);
    const ask = use(tx.objectStore(name));
    return new Promise((done, failed) => {
      tx.oncomplete = () => done(ask.result);
      tx.onabort = tx.onerror = () => failed(tx.error);
    });
  }
  const all = async (name) => (await store(name, "readonly", (s) => s.getAll())).filter((x) => x.draft === draft);
  const put = (name, x) => store(name, "readwrite", (s) => s.put(x));
  const get = (name, key) => store(name, "readonly", (s) => s.get(key));
  const drop = (name, key) => store(name, "readwrite", (s) => s.delete(key));

  // The counter is the larger of what the server knows and what this device counted.
  const counted = () => Number(localStorage.getItem("lt-draft-" + draft) || 0);
  const seen = (n) => { if (n > counted()) localStorage.setItem("lt-draft-" + draft, String(n)); };
  const next = () => { const n = Math.max(counted(), Number(host.dataset.stamp)) + 1; seen(n); return n; };

  async function call(method, path, body, headers = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 30000);
    try {
      const res = await fetch(path, { method, signal: stop.signal, body, redirect: "error", headers: { Accept: "application/json", ...headers } });
      return { status: res.status, body: await res.json().catch(() => ({})) };
    } catch {
      return { status: 0, body: {} };
    } finally {
      clearTimeout(timer);
    }
  }
  const good = (r) => r.status >= 200 && r.status < 300;
  const later = (r) => r.status === 0 || r.status === 408 || r.status === 429 || r.status >= 500;

  // What was typed on a page, as the form would send it.
  function typed() {
    const out = [];
    for (const [name, value] of new FormData(form)) if (!name.startsWith("_") && typeof value === "string") out.push([name, value]);
    return out;
  }
  async function keep() {
    const x = { key: draft + " " + form.dataset.draftGroup, draft, group: form.dataset.draftGroup, path: location.pathname, fields: typed(), stamp: next() };
    form.elements._stamp.value = x.stamp;
    await put("pages", x);
    return x;
  }

  // Handing over: each page's newest words, in the order in which they were typed. A row
  // that was typed anew meanwhile stays.
  async function hand(x, go) {
    const body = new URLSearchParams(x.fields);
    body.set("_group", x.group);
    body.set("_stamp", x.stamp);
    if (go) body.set("_go", "1");
    const r = await call("POST", host.dataset.save, body);
    if (good(r)) {
      seen(r.body.stamp);
      const now = await get("pages", x.key);
      if (now && now.stamp === x.stamp) await drop("pages", x.key);
    } else if (!later(r)) await drop("pages", x.key); // the draft is sent or gone: nothing takes it any more
    return r;
  }
  let wait = 0, timer, busy = false;
  async function flush() {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    let fine = true;
    try {
      for (const x of (await all("pages")).sort((a, b) => a.stamp - b.stamp)) {
        const r = await hand(x);
        if (later(r)) { fine = false; break; }
        if (good(r)) said(say("saved", { at: new Date().toTimeString().slice(0, 5) }));
      }
      if (fine) fine = await sendFiles();
    } finally {
      busy = false;
    }
    if (!fine) {
      said(say("offline"));
      wait = Math.min(wait ? wait * 2 : 2000, 60000);
      timer = setTimeout(flush, wait);
    } else {
      wait = 0;
      if (navigator.onLine && $("[data-said]", host).textContent === say("offline")) said(""); // the line is back, and nothing was waiting for it
    }
  }

  // Words that had no line when they were typed come back into their page.
  async function restore() {
    const x = form && (await get("pages", draft + " " + form.dataset.draftGroup));
    if (!x || x.stamp <= Number(host.dataset.stamp)) return;
    for (const el of [...form.elements]) {
      if (!el.name || el.name.startsWith("_")) continue;
      const values = x.fields.filter(([n]) => n === el.name).map(([, v]) => v);
      if (el.type === "checkbox" || el.type === "radio") el.checked = values.includes(el.value);
      else if (el.type !== "file" && el.type !== "submit" && values.length) el.value = values[0];
    }
  }

  let soon;
  if (form) {
    const changed = () => {
      clearTimeout(soon);
      soon = setTimeout(async () => { await keep(); flush(); }, 600);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    // Going on: the server says what comes next; without a line the next page that this
    // device has is shown, and what was typed waits.
    let going = false;
    form.addEventListener("submit", async (e) => {
      if (form.dataset.plain || (e.submitter && e.submitter.name)) return; // one more row
      e.preventDefault();
      e.stopImmediatePropagation();
      if (going) return;
      going = true;
      clearTimeout(soon);
      said(say("saving"));
      const x = await keep();
      const r = await hand(x, true);
      if (good(r) && r.body.next) { location.href = r.body.next; return; }
      going = false;
      if (later(r)) {
        said(say("offline"));
        if (await hasPage(form.dataset.next)) location.href = form.dataset.next;
        else { said(say("wait")); flush(); }
        return;
      }
      form.dataset.plain = "1"; // the page itself says what is wrong
      form.requestSubmit();
    }, true);
  }
  async function hasPage(path) {
    if (!path || !window.caches) return false;
    return Boolean(await caches.match(path));
  }

  // Pictures are drawn no larger than the server keeps them, then sent in parts.
  const side = 2048;
  async function shrink(file) {
    if (!file.type.startsWith("image/")) return file;
    try {
      const bmp = await createImageBitmap(file, { imageOrientation: "from-image" });
      const by = Math.min(1, side / Math.max(bmp.width, bmp.height));
      const c = document.createElement("canvas");
      c.width = Math.max(1, Math.round(bmp.width * by));
      c.height = Math.max(1, Math.round(bmp.height * by));
      const pen = c.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, c.width, c.height);
      pen.drawImage(bmp, 0, 0, c.width, c.height);
      const small = await new Promise((done) => c.toBlob(done, "image/jpeg", 0.85));
      return small && small.size < file.size ? small : file;
    } catch {
      return file; // the server knows whether it is one
    }
  }
  const hex = (raw) => [...new Uint8Array(raw)].map((x) => x.toString(16).padStart(2, "0")).join("");
  function line(x) {
    const list = $(`form[data-draft-files="${x.doc}"] [data-sending]`);
    if (!list) return () => {};
    let li = [...list.children].find((one) => one.dataset.key === x.key);
    if (!li) {
      li = document.createElement("li");
      li.dataset.key = x.key;
      li.setAttribute("role", "status");
      list.append(li);
    }
    return (text) => { if (text) li.textContent = `${x.name}: ${text}`; else li.remove(); };
  }
  async function sendFile(x) {
    const show = line(x);
    show(say("sending", { n: 0, of: Math.ceil(x.blob.size / 262144) }));
    let r = await call("POST", host.dataset.upload, JSON.stringify({ key: x.doc, name: x.name, size: x.blob.size, sha256: x.sha256 }), { "Content-Type": "application/json" });
    if (good(r) && !r.body.done) {
      const { id, chunk, parts, missing } = r.body;
      let sent = parts - missing.length;
      for (const n of missing) {
        show(say("sending", { n: sent, of: parts }));
        r = await call("PUT", `${host.dataset.upload}/${id}/${n}`, x.blob.slice(n * chunk, (n + 1) * chunk), { "Content-Type": "application/octet-stream" });
        if (!good(r)) break;
        sent++;
      }
      if (good(r)) r = await call("POST", `${host.dataset.upload}/${id}`, JSON.stringify({ key: x.doc }), { "Content-Type": "application/json" });
    }
    if (later(r)) { show(say("file.later")); return false; }
    await drop("files", x.key);
    if (good(r)) { show(""); await papers(); } else show(say("file.refused", { why: r.body.refused || r.status }));
    return true;
  }
  async function sendFiles() {
    for (const x of (await all("files")).sort((a, b) => a.at - b.at)) if (!(await sendFile(x))) return false;
    return true;
  }
  // The list of what has arrived is the server's.
  async function papers() {
    try {
      const res = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!res.ok) return;
      const page = new DOMParser().parseFromString(await res.text(), "text/html");
      const now = $$("[data-papers]"), then = $$("[data-papers]", page);
      now.forEach((el, i) => then[i] && el.replaceWith(document.importNode(then[i], true)));
    } catch { /* the next page shows it */ }
  }
  if (window.isSecureContext && crypto.subtle) {
    for (const f of filer) {
      const input = $("input[type=file]", f);
      $("[data-send]", f).hidden = true;
      input.addEventListener("change", async () => {
        const chosen = [...input.files];
        for (const file of chosen) {
          const blob = await shrink(file);
          const sha256 = hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
          try {
            await put("files", { key: `${draft} ${f.dataset.draftFiles} ${sha256}`, draft, doc: f.dataset.draftFiles, name: file.name, blob, sha256, at: Date.now() });
          } catch {
            said(say("full"));
          }
        }
        f.reset();
        flush();
      });
    }
  }

  async function over() {
    for (const x of await all("pages")) await drop("pages", x.key);
    for (const x of await all("files")) await drop("files", x.key);
    localStorage.removeItem("lt-draft-" + draft);
    if (window.caches) for (const n of await caches.keys()) if (n.startsWith("lt-draft-")) await caches.delete(n);
  }
  async function begin() {
    if ("over" in host.dataset) return over();
    seen(Number(host.dataset.stamp));
    await restore();
    if (navigator.serviceWorker && host.dataset.worker) {
      navigator.serviceWorker.register(host.dataset.worker, { scope: host.dataset.scope }).catch(() => {}); // without it pages need the line
      navigator.serviceWorker.ready.then((r) => r.active.postMessage({ account: draft, pages: [location.pathname, ...$$("[data-page]").map((x) => x.dataset.page)] }));
    }
    if (!navigator.onLine) said(say("offline"));
    flush();
  }
  addEventListener("online", () => { wait = 0; flush(); });
  addEventListener("offline", () => said(say("offline")));
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  begin();
})();
