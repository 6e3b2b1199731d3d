// The service worker of pages that work without a line: those for work in the field, for
// the account that is signed in, and those of a citizen's draft. It keeps their shells and
// what these load and serves them while there is no line. It sends nothing and keeps no
// answer of the API: records wait in offline.js, what was typed in draft.js.
"use strict";
const field = new URL(self.registration.scope).pathname.startsWith("/field");
const prefix = field ? "lt-field-" : "lt-draft-";
const most = 24; // pages
const oldest = 7 * 86400000;
const fresh = 600000; // a page kept since then is not fetched ahead again
const patience = 8000; // how long the line may take before the kept page is shown

self.addEventListener("install", (e) => e.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

const current = async () => (await caches.keys()).find((n) => n.startsWith(prefix));
const isPage = (path) => !path.startsWith("/assets/");

// What a page or a style sheet names of ours.
const named = (text) => [...new Set(text.match(/\/assets\/[\w-]+\.\w+/g) || [])];

async function keepAsset(cache, path) {
  if (await cache.match(path)) return;
  const res = await fetch(path);
  if (!res.ok) return;
  await cache.put(path, res.clone());
  if (path.endsWith(".css")) await Promise.all(named(await res.text()).map((p) => keepAsset(cache, p)));
}

async function keepPage(cache, path, res) {
  const text = await res.text();
  const headers = new Headers(res.headers);
  headers.delete("Content-Encoding");
  headers.set("X-Kept-At", String(Date.now()));
  await cache.put(path, new Response(text, { headers }));
  await Promise.all(named(text).map((p) => keepAsset(cache, p)));
  const pages = (await cache.keys()).filter((r) => isPage(new URL(r.url).pathname));
  for (const r of pages.slice(0, Math.max(0, pages.length - most))) await cache.delete(r);
}

const shown = (res) => res.ok && !res.redirected && (res.headers.get("Content-Type") || "").startsWith("text/html");

self.addEventListener("message", (e) => e.waitUntil((async () => {
  const { account, pages } = e.data;
  if (!account) return;
  for (const n of await caches.keys()) if (n.startsWith(prefix) && n !== prefix + account) await caches.delete(n);
  const cache = await caches.open(prefix + account);
  for (const path of pages) {
    const old = await cache.match(path);
    if (old && Date.now() - Number(old.headers.get("X-Kept-At")) < fresh) continue;
    try {
      const res = await fetch(path, { headers: { Accept: "text/html" } });
      if (shown(res)) await keepPage(cache, path, res);
    } catch { /* the line is gone: what is kept stays */ }
  }
})()));

async function kept(path) {
  const name = await current();
  const cache = name && (await caches.open(name));
  const res = cache && (await cache.match(path));
  if (!res) return null;
  if (isPage(new URL(path, location.origin).pathname) && Date.now() - Number(res.headers.get("X-Kept-At")) > oldest) {
    await cache.delete(path);
    return null;
  }
  return res;
}

async function page(request, url) {
  const path = url.pathname + url.search;
  let timer;
  const slow = new Promise((done) => { timer = setTimeout(done, patience); });
  const line = fetch(request).then(async (res) => {
    const name = shown(res) && (await current());
    if (name) await keepPage(await caches.open(name), path, res.clone());
    return res;
  });
  try {
    const res = await Promise.race([line, slow]);
    if (res && res.status < 500) return res;
    return (await kept(path)) || (await line);
  } catch {
    return (await kept(path)) || (field && (await kept("/field"))) || Response.error();
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) e.respondWith(kept(url.pathname).then((res) => res || fetch(e.request)));
  else if (e.request.mode === "navigate") e.respondWith(page(e.request, url));
});
