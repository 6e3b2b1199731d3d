// Measures a line from the browser at the counter: round trips, loss, down, up. Written
// for browsers of 2009 and later, so a file of its own: nothing here is newer than
// XMLHttpRequest and JSON. The server says how much may be moved, and counts.
(function () {
  "use strict";
  var box = document.getElementById("measure");
  if (!box || !window.XMLHttpRequest || !window.JSON) return;
  var go = document.getElementById("measure-go");
  var repeat = document.getElementById("measure-repeat");
  var state = document.getElementById("measure-state");
  var results = document.getElementById("measure-results");
  var choice = box.getElementsByTagName("select")[0];
  var hour = 3600000, quick = 2000, asked = 0, timer = null, running = false;

  function word(name) { return box.getAttribute("data-" + name) || ""; }
  function say(text) { state.innerHTML = ""; state.appendChild(document.createTextNode(text)); }
  function now() { return window.performance && performance.now ? performance.now() : new Date().getTime(); }
  function on(el, kind, f) { if (el.addEventListener) el.addEventListener(kind, f, false); else el.attachEvent("on" + kind, f); }

  // ask sends one request and tells when it is over: whether it was answered well, the
  // answer, how long it took, and whether anything came back at all.
  function ask(method, url, body, type, wait, done) {
    var x = new XMLHttpRequest(), over = false, began, patience;
    function end(timedOut) {
      if (over) return;
      over = true;
      clearTimeout(patience);
      var ms = now() - began, status = 0;
      try { status = timedOut ? 0 : x.status; } catch (e) { status = 0; }
      done(status >= 200 && status < 300, x, ms, status !== 0);
    }
    asked++;
    x.open(method, url + (url.indexOf("?") < 0 ? "?" : "&") + "_=" + asked + "." + new Date().getTime(), true);
    if (type) x.setRequestHeader("Content-Type", type);
    if (x.overrideMimeType && method === "GET") x.overrideMimeType("text/plain; charset=x-user-defined");
    x.onreadystatechange = function () { if (x.readyState === 4) end(false); };
    patience = setTimeout(function () { end(true); try { x.abort(); } catch (e) { /* it is over */ } }, wait);
    began = now();
    x.send(body || null);
  }

  function pings(run, n, out, done) {
    // The first request opens the connection and is not counted.
    var left = n + 1;
    (function next() {
      if (left === 0) return done(true);
      left--;
      ask("GET", run + "/ping", null, null, 3000, function (ok, x, ms, came) {
        if (left < n) {
          out.sent++;
          if (!came) out.lost++;
          else if (ok) out.rtts.push(Math.round(ms * 10) / 10);
          else return done(false);
        }
        setTimeout(next, 50);
      });
    })();
  }

  function downs(run, sizes, out, done) {
    var i = 0;
    (function next() {
      if (i >= sizes.length) return done();
      var n = sizes[i++];
      ask("GET", run + "/down?n=" + n, null, null, 60000, function (ok, x, ms) {
        if (!ok) return done();
        out.push({ bytes: n, ms: Math.max(Math.round(ms * 10) / 10, 0.1) });
        if (ms > quick) return done();
        next();
      });
    })();
  }

  function filler(n) {
    var part = "", s;
    while (part.length < 8192) part += Math.random().toString(36).slice(2);
    for (s = part; s.length < n;) s += s;
    return s.slice(0, n);
  }

  function ups(run, sizes, out, done) {
    var i = 0;
    (function next() {
      if (i >= sizes.length) return done();
      var n = sizes[i++];
      ask("POST", run + "/up", filler(n), "text/plain", 60000, function (ok, x, ms) {
        if (!ok) return done();
        out.push({ bytes: n, ms: Math.max(Math.round(ms * 10) / 10, 0.1) });
        if (ms > quick) return done();
        next();
      });
    })();
  }

  function el(name, cls, text) {
    var e = document.createElement(name);
    if (cls) e.className = cls;
    if (text) e.appendChild(document.createTextNode(text));
    return e;
  }

  function show(res) {
    var card = el("section", "card"), body = el("div", "card-body"), head = el("p"), list = el("ul", "list-unstyled"), i, li, link;
    head.appendChild(el("span", "lt-st lt-" + res.tone, res.title));
    head.appendChild(el("span", "lt-sub", res.at));
    body.appendChild(head);
    for (i = 0; i < res.lines.length; i++) {
      li = el("li", "lt-tx lt-" + res.lines[i].tone, res.lines[i].text);
      list.appendChild(li);
    }
    body.appendChild(list);
    link = el("a", "", res.more);
    link.href = res.href;
    body.appendChild(link);
    card.appendChild(body);
    results.insertBefore(card, results.firstChild);
    while (results.childNodes.length > 24) results.removeChild(results.lastChild);
  }

  function over(text) {
    running = false;
    go.disabled = false;
    choice.disabled = false;
    say(text || "");
    plan(text);
  }

  // plan lets the next measurement come in an hour, and never all communes' at once.
  function plan(text) {
    clearTimeout(timer);
    if (!repeat.checked || running) return;
    var wait = hour + Math.round((Math.random() - 0.5) * hour / 6), at = new Date(new Date().getTime() + wait);
    timer = setTimeout(measure, wait);
    say((text ? text + " " : "") + word("next") + " " + ("0" + at.getHours()).slice(-2) + ":" + ("0" + at.getMinutes()).slice(-2) + ".");
  }

  function refusal(x) {
    try { return JSON.parse(x.responseText).refused || word("failed"); } catch (e) { return word("failed"); }
  }

  function read(x) { try { return JSON.parse(x.responseText); } catch (e) { return null; } }

  function measure() {
    if (running) return;
    running = true;
    clearTimeout(timer);
    go.disabled = true;
    choice.disabled = true;
    var out = { rtts: [], sent: 0, lost: 0, down: [], up: [] };
    say(word("ping"));
    ask("POST", box.getAttribute("data-begin"), "line=" + encodeURIComponent(choice.value), "application/x-www-form-urlencoded", 20000, function (ok, x) {
      var begun = ok && read(x);
      if (!begun) return over(refusal(x));
      pings(begun.run, begun.pings, out, function (fine) {
        if (!fine) return over(word("failed"));
        say(word("down"));
        downs(begun.run, begun.down, out.down, function () {
          say(word("up"));
          ups(begun.run, begun.up, out.up, function () {
            say(word("saving"));
            ask("POST", begun.run, JSON.stringify(out), "application/json", 20000, function (ok, x) {
              var res = ok && read(x);
              if (!res) return over(refusal(x));
              show(res);
              over(word("again"));
            });
          });
        });
      });
    });
  }

  on(go, "click", measure);
  on(repeat, "click", function () { if (!running) { say(""); plan(""); } });
})();
