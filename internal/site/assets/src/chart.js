// Charts react: what the pointer or the focus is on shows its row of the table behind the
// chart; the arrows go from mark to mark, Enter follows a mark's link, Escape shuts the tip.
(() => {
  "use strict";
  if (window.ltChart) return; // the script came in again with a part of a page
  window.ltChart = true;
  const NS = "http://www.w3.org/2000/svg";
  const tip = document.createElement("div");
  tip.className = "plot-tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  const cursor = document.createElementNS(NS, "line");
  cursor.setAttribute("class", "plot-cursor");
  let here, index = 0;

  const places = (m) => (m.dataset.x ? m.dataset.x.split(" ").map(Number) : [0]);
  const chart = (m) => m.closest("svg.plot[data-rows]");
  const marks = (svg) => [...svg.querySelectorAll("[data-r]")];
  // rows are those of the table behind, unless the page shows another table.
  const rows = (svg) => {
    const fig = svg.closest(".lt-chart");
    const all = fig ? [...fig.querySelectorAll("details tbody tr")] : [];
    return all.length === Number(svg.dataset.rows) ? all : [];
  };
  const words = (m, i) => {
    const row = rows(chart(m))[Number(m.dataset.r) + i];
    if (!row) return;
    const heads = [...row.closest("table").tHead.rows[0].cells].map((c) => c.textContent);
    const cells = [...row.cells].map((c) => c.textContent);
    return { name: cells[0], pairs: heads.slice(1).map((h, n) => [h, cells[n + 1]]).filter((p) => p[1]) };
  };

  function ready(root) {
    for (const svg of root.querySelectorAll(".lt-chart svg.plot[data-rows]")) {
      if (!rows(svg).length) continue;
      svg.setAttribute("role", "group");
      marks(svg).forEach((m, n) => {
        m.setAttribute("tabindex", n ? "-1" : "0");
        const link = m.parentNode.closest && m.parentNode.closest("a");
        if (link) link.setAttribute("tabindex", "-1");
        if (m.localName === "g") m.setAttribute("role", link ? "link" : "img");
        named(m, 0);
      });
    }
  }

  function named(m, i) {
    const w = words(m, i);
    if (w) m.setAttribute("aria-label", w.name + ": " + w.pairs.map((p) => p.join(" ")).join("; "));
  }

  function hide() {
    if (here) here.classList.remove("plot-here");
    here = undefined;
    cursor.remove();
    tip.hidden = true;
  }

  function show(m, i, at, own) {
    const w = words(m, i);
    if (!w) return hide();
    if (here && here !== m) hide();
    here = m;
    index = i;
    m.classList.add("plot-here");
    const head = document.createElement("strong"), list = document.createElement("dl");
    head.textContent = own && own !== w.name ? own + " – " + w.name : w.name;
    for (const [name, value] of w.pairs) {
      const dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.textContent = name;
      dd.textContent = value;
      list.append(dt, dd);
    }
    tip.replaceChildren(head, list);
    if (m.dataset.x) {
      const x = places(m)[i], [top, bottom] = m.dataset.y.split(" ");
      for (const [name, v] of [["x1", x], ["x2", x], ["y1", top], ["y2", bottom]]) cursor.setAttribute(name, v);
      m.append(cursor);
      named(m, i);
    }
    document.body.append(tip);
    tip.hidden = false;
    const box = m.dataset.x ? cursor.getBoundingClientRect() : m.getBoundingClientRect();
    const x = at ? at.clientX : box.left + box.width / 2, y = at ? at.clientY : box.top + box.height / 2;
    const wide = tip.offsetWidth, high = tip.offsetHeight;
    const left = x + 14 + wide <= innerWidth - 8 ? x + 14 : x - 14 - wide;
    tip.style.left = Math.max(8, Math.min(left, innerWidth - wide - 8)) + "px";
    tip.style.top = Math.max(8, Math.min(y - high - 12 < 8 ? y + 16 : y - high - 12, innerHeight - high - 8)) + "px";
  }

  // nearest is the row that the pointer is over in an area of lines.
  function nearest(m, e) {
    const to = chart(m).getScreenCTM();
    const x = (e.clientX - to.e) / to.a;
    return places(m).reduce((best, p, i, all) => (Math.abs(p - x) < Math.abs(all[best] - x) ? i : best), 0);
  }

  function point(e) {
    const m = e.target.closest && e.target.closest("svg.plot[data-rows] [data-r]");
    if (!m) return here && here !== document.activeElement ? hide() : undefined;
    // a browser's own tip would lie upon ours
    const one = e.target.closest("use"), title = one && one.querySelector("title");
    if (title) {
      one.setAttribute("aria-label", title.textContent);
      title.remove();
    }
    show(m, m.dataset.x ? nearest(m, e) : 0, e, one && one.getAttribute("aria-label"));
  }

  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("pointercancel", hide);
  // what has the focus keeps its tip when the page scrolls to it
  document.addEventListener("scroll", () => (here && here === document.activeElement ? show(here, index) : hide()), { passive: true, capture: true });
  document.addEventListener("focusin", (e) => {
    const m = e.target.matches("svg.plot[data-rows] [data-r]") && e.target;
    if (!m) return hide();
    if (m.matches(":focus-visible")) show(m, here === m ? index : m.dataset.x ? places(m).length - 1 : 0);
  });

  document.addEventListener("keydown", (e) => {
    const m = e.target.matches && e.target.matches("svg.plot[data-rows] [data-r]") && e.target;
    if (!m || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && here) {
      e.stopPropagation();
      return hide();
    }
    if (e.key === "Enter" && m.localName !== "a") {
      const link = m.closest("a");
      if (link) link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      return;
    }
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (!by && e.key !== "Home" && e.key !== "End") return;
    e.preventDefault();
    // every place of every mark, in the order of the page
    const all = marks(chart(m)).flatMap((one) => places(one).map((_, i) => [one, i]));
    const now = all.findIndex(([one, i]) => one === m && i === (here === m ? index : 0));
    const [to, i] = all[e.key === "Home" ? 0 : e.key === "End" ? all.length - 1 : Math.max(0, Math.min(now + by, all.length - 1))];
    if (to !== m) {
      m.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
    }
    show(to, i);
  });

  document.addEventListener("htmx:afterSwap", (e) => ready(e.detail.target.isConnected ? e.detail.target : document));
  ready(document);
})();
