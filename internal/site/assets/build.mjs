// Builds dist from src: the style sheet (what the pages use of Tabler, then app.css),
// the script (htmx, then app.js and keys.js), the scripts that only some pages load, the
// icon sheet, each named by its content and compressed. Usage: npm ci && npm run build
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildSync, transformSync } from "esbuild";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const repo = join(here, "../../..");
const out = join(here, "dist");
const read = (...p) => readFileSync(join(here, ...p), "utf8");
const hash = (body) => createHash("sha256").update(body).digest("hex");
const files = {};

function emit(name, body) {
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash(body).slice(0, 10)}${name.slice(dot)}`;
  const raw = Buffer.from(body);
  files[name] = hashed;
  writeFileSync(join(out, hashed), raw);
  if (raw.length > 600) {
    writeFileSync(join(out, hashed + ".br"), brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(join(out, hashed + ".gz"), gzipSync(raw, { level: 9 }));
  }
  return hashed;
}

// templates are all views of the repository: what they name of Tabler is kept.
function templates(dir, found = []) {
  for (const e of readdirSync(dir, { withFileTypes: true })) {
    if (e.name.startsWith(".") || e.name === "node_modules" || e.name === "dist") continue;
    const p = join(dir, e.name);
    if (e.isDirectory()) templates(p, found);
    else if (e.name.endsWith(".templ")) found.push(p);
  }
  return found.sort();
}

// kept is what views may use without building again.
const kept = [
  /^(row|col|container(-fluid|-xl)?)$/, /^col-(auto|\d+|(sm|md|lg|xl)(-(auto|\d+))?)$/, /^g[xy]?-[0-5]$/, /^row-(cards|deck)$/,
  /^[mp][tbsexy]?-([0-5]|auto)$/, /^gap-[0-5]$/, /^d-(none|block|inline|inline-block|flex|inline-flex|grid|(sm|md|lg)-(none|block|flex))$/,
  /^(flex-(fill|wrap|nowrap|column|row|shrink-0|grow-1)|align-(items|self)-(start|center|end|baseline)|justify-content-(start|center|end|between))$/,
  /^text-(start|center|end|nowrap|truncate|wrap|break|secondary|muted|danger|success|warning|primary|uppercase)$/, /^fw-(normal|medium|bold)$/, /^fs-[1-6]$/, /^h[1-6]$/,
  /^btn(-(primary|secondary|danger|success|warning|link|icon|sm|lg|list|outline-primary|outline-danger|outline-secondary|ghost-secondary))?$/,
  /^card(-(header|body|title|subtitle|footer|actions|table|sm|link))?$/, /^form-(label|control|select|check|check-input|check-label|check-inline|hint|text|range|fieldset)$/, /^form-(control|select)-(sm|lg)$/,
  /^input-group(-(text|flat))?$/, /^(is-invalid|invalid-feedback|table|table-(sm|responsive|vcenter)|visually-hidden|visually-hidden-focusable|sticky-top|w-(25|50|75|100|auto)|h-100|rounded|border|border-(top|bottom|0)|list-unstyled|list-inline|list-inline-item|hr|small|active|disabled|lead|ms-auto|me-auto|float-end|overflow-auto|position-relative)$/,
  /^(list-group|list-group-(item|item-action|flush)|datagrid|datagrid-(item|title|content)|avatar|btn-group|ratio|img-fluid|img-thumbnail)$/,
];

// icons are picked by name from Tabler's outline set.
function sprite() {
  const names = read("src/icons.txt").split(/\s+/).filter(Boolean).sort();
  const symbols = names.map((n) => {
    const svg = read("node_modules/@tabler/icons/icons/outline", n + ".svg");
    const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    const shape = inner.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").replace(/\s+/g, " ").trim();
    return `<symbol id="${n}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shape}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

// follow makes every dark rule hold too where the reader's machine is set to dark and
// the reader has not chosen: data-bs-theme="auto".
function follow(css) {
  const root = postcss.parse(css);
  const media = postcss.atRule({ name: "media", params: "screen and (prefers-color-scheme:dark)" });
  root.walkRules((rule) => {
    if (!/\[data-bs-theme=["']?dark["']?\]/.test(rule.selector) || rule.parent.type === "atrule" && rule.parent.name !== "media") return;
    const twin = rule.clone();
    twin.selectors = rule.selectors.filter((s) => s.includes("dark")).map((s) => s.replace(/\[data-bs-theme=["']?dark["']?\]/g, "[data-bs-theme=auto]"));
    if (rule.parent.type === "atrule") {
      const wrap = rule.parent.clone({ nodes: [] });
      wrap.append(twin);
      media.append(wrap);
    } else media.append(twin);
    onScreen(rule);
  });
  const at = root.nodes.findIndex((n) => n.type === "comment" && n.text.includes("lotrinh:follow"));
  if (at < 0) throw new Error("app.css lacks its lotrinh:follow mark");
  root.nodes[at].replaceWith(media);
  return root.toString();
}

// onScreen keeps a dark rule off paper.
function onScreen(rule) {
  if (rule.parent.type === "atrule" || !rule.selectors.every((s) => s.includes("dark"))) return;
  const before = rule.prev();
  if (before?.onScreen) return void before.append(rule);
  const wrap = postcss.atRule({ name: "media", params: "screen" });
  wrap.onScreen = true;
  rule.before(wrap);
  wrap.append(rule);
}

// pictures moves pictures written into the style sheet to files of their own: the
// content security policy needs no exception for data addresses.
function pictures(css) {
  const seen = new Map();
  return css.replace(/url\((["'])data:image\/svg\+xml,([\s\S]*?)\1\)/g, (_, __, svg) => {
    const body = svg.includes("%3") ? decodeURIComponent(svg) : svg;
    if (!seen.has(body)) seen.set(body, emit(`pic${seen.size + 1}.svg`, body));
    return `url(/assets/${seen.get(body)})`;
  });
}

async function styles() {
  const purged = await new PurgeCSS().purge({
    content: [...templates(repo).map((f) => ({ raw: readFileSync(f, "utf8"), extension: "html" })), { raw: read("src/app.js") + read("src/keys.js") + read("src/offline.js"), extension: "html" }],
    css: [{ raw: read("node_modules/@tabler/core/dist/css/tabler.css").replace(/\/\*[\s\S]*?\*\//g, "") }],
    dynamicAttributes: ["data-bs-theme", "aria-expanded", "data-bs-popper"],
    safelist: { standard: kept },
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  const all = follow(purged[0].css + "\n" + read("src/app.css")) + "\n" + read("src/plot.css") + "\n" + read("src/decree.css");
  const small = transformSync(all, { loader: "css", minify: true, target: ["chrome109", "firefox115", "safari15"] }).code;
  return pictures(small);
}

function script() {
  const htmx = read("node_modules/htmx.org/dist/htmx.min.js");
  const app = transformSync(read("src/app.js") + read("src/keys.js"), { loader: "js", minify: true, target: "es2020" }).code;
  return `/* htmx ${JSON.parse(read("node_modules/htmx.org/package.json")).version}, 0BSD */\n${htmx}\n${app}`;
}

// only is a script of its own, for the pages that ask for it.
const only = (name) => transformSync(read(name), { loader: "js", minify: true, target: "es2020" }).code;

// bundled is one with what it takes from packages.
const bundled = (name) => buildSync({ entryPoints: [join(here, name)], bundle: true, minify: true, write: false, format: "iife", target: "es2020", legalComments: "none", absWorkingDir: here }).outputFiles[0].text;

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
emit("app.css", await styles());
emit("app.js", script());
emit("measure.js", transformSync(read("src/measure.js"), { loader: "js", minify: true, target: "es5" }).code);
emit("offline.js", only("src/offline.js"));
emit("ticket.js", only("src/ticket.js"));
emit("draft.js", only("src/draft.js"));
emit("plan.js", only("src/plan.js"));
emit("chart.js", only("src/chart.js"));
emit("reach.js", only("src/reach.js"));
emit("worker.js", only("src/worker.js"));
emit("scan.js", `/* qr ${JSON.parse(read("node_modules/qr/package.json")).version}, MIT or Apache-2.0 */\n${bundled("src/scan.js")}`);
emit("icons.svg", sprite());
emit("logo.svg", read("src/logo.svg").trim());

const sources = {};
for (const f of ["build.mjs", "package.json", "package-lock.json", ...readdirSync(join(here, "src")).sort().map((f) => "src/" + f)]) {
  sources[f] = hash(readFileSync(join(here, f)));
}
writeFileSync(join(out, "manifest.json"), JSON.stringify({ files, sources }, null, 2) + "\n");
for (const f of readdirSync(out)) console.log(String(statSync(join(out, f)).size).padStart(8), relative(repo, join(out, f)));
