// What the pages have beyond links and forms: keys, live progress, and selects
// that show their choice at once. Everything else works without this script.
(() => {
  "use strict";

  // Live progress: the server sends the element's content when it has changed.
  let source = null;
  const watch = () => {
    const live = document.querySelector("[data-live]");
    if (source && (!live || source.of !== live)) { source.close(); source = null; }
    if (!live || source) { return; }
    source = new EventSource(live.dataset.live);
    source.of = live;
    source.addEventListener("progress", (event) => { live.innerHTML = event.data; });
    source.addEventListener("done", () => {
      source.close();
      source = null;
      const done = document.getElementById("live-done");
      if (done) { done.dispatchEvent(new Event("finished")); }
    });
  };

  const prepare = () => {
    watch();
    for (const button of document.querySelectorAll("[data-without-script]")) { button.hidden = true; }
    for (const form of document.querySelectorAll("form")) { form.removeAttribute("aria-busy"); }
  };
  document.addEventListener("DOMContentLoaded", prepare);
  document.addEventListener("htmx:after:swap", prepare);
  window.addEventListener("pageshow", prepare);
  window.addEventListener("pagehide", () => { if (source) { source.close(); source = null; } });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) { event.target.form.requestSubmit(); }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    if (form.method === "post" && !event.defaultPrevented) { form.setAttribute("aria-busy", "true"); }
  });

  // Rows: up and down move from the search field through what it found, and back.
  // The row is a link, which Enter opens.
  const rows = () => [...document.querySelectorAll("[data-row] .name a")];
  const step = (event) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    const free = at >= 0 || document.activeElement === document.body || ["find", "main"].includes(document.activeElement.id);
    if (!all.length || !free || next >= all.length || (at < 0 && event.key === "ArrowUp")) { return; }
    event.preventDefault();
    (next < 0 ? document.getElementById("find") : all[next]).focus();
  };

  // Keys: single letters work outside of fields only, and can be switched off at
  // the foot of each page.
  const places = { c: "/connections", p: "/people", q: "/people/quality", r: "/runs" };
  let went = 0;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "Escape" && typing) { typing.blur(); return; }
    if (["ArrowDown", "ArrowUp"].includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) { step(event); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") { return; }
    const key = event.key.toLowerCase();
    if (event.timeStamp - went < 1500 && places[key]) { window.location.assign(places[key]); return; }
    went = key === "g" ? event.timeStamp : -1500;
    if (key === "/") {
      const find = document.getElementById("q") || document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    } else if (key === "o" && document.activeElement.dataset.chart) {
      window.location.assign(document.activeElement.dataset.chart);
    } else if (key === "?") {
      document.getElementById("keys").showModal();
    }
  });
})();
