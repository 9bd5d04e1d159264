// Each drawing on the page gives way to a chart that answers to the pointer. If anything fails, the drawing stays.
(function () {
  "use strict";
  var tip = document.createElement("div");
  tip.className = "vega-tip";
  tip.hidden = true;
  document.body.appendChild(tip);

  function show(handler, event, item, value) {
    while (tip.firstChild) tip.removeChild(tip.firstChild);
    if (value === null || value === undefined || value === "") { tip.hidden = true; return; }
    var list = document.createElement("dl");
    Object.keys(Object(value)).forEach(function (name) {
      var term = document.createElement("dt"), meaning = document.createElement("dd");
      term.textContent = name;
      meaning.textContent = String(value[name]);
      list.appendChild(term);
      list.appendChild(meaning);
    });
    tip.appendChild(list);
    tip.hidden = false;
    var x = event.clientX + 16, y = event.clientY + 16;
    tip.style.left = Math.max(0, Math.min(x, window.innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(0, Math.min(y, window.innerHeight - tip.offsetHeight - 8)) + "px";
  }

  // WCAG 1.4.13: what appears on hover can be dismissed without moving the pointer.
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") tip.hidden = true; });

  function refuse() { return Promise.reject(new Error("a page loads nothing")); }

  document.querySelectorAll("script.cf-spec").forEach(function (held) {
    var figure = document.getElementById(held.dataset.figure);
    var frame = figure && figure.querySelector(".cf-chart");
    if (!frame) return;
    var live = document.createElement("div"), drawing = frame.querySelector("svg");
    live.className = "cf-live";
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", drawing.getAttribute("aria-label"));
    try {
      var runtime = vega.parse(JSON.parse(held.textContent), null, { ast: true });
      var view = new vega.View(runtime, {
        expr: vega.expressionInterpreter,
        renderer: "svg",
        hover: true,
        tooltip: show,
        logLevel: vega.Error,
        loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse, options: {} }
      });
      frame.appendChild(live);
      view.initialize(live).runAsync().then(function () {
        var made = live.querySelector("svg");
        if (!made) throw new Error("nothing drawn");
        made.setAttribute("aria-hidden", "true");
        made.setAttribute("focusable", "false");
        frame.classList.add("cf-on");
      }).catch(function () { live.remove(); });
    } catch (error) {
      live.remove();
    }
  });
})();
