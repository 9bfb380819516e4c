// The org chart with a keyboard, one branch loaded at a time. Without this script
// the chart is nested lists, and each jack a link.
(() => {
  "use strict";
  const tree = document.getElementById("chart");
  if (!tree) { return; }
  const canvas = tree.parentElement;
  const said = document.getElementById("chart-said");
  const most = Number(tree.dataset.max);
  const mostToggled = 20;

  const items = (within) => [...within.querySelectorAll("li")];
  const below = (item) => item.querySelector(":scope > ul, :scope > .groups > ol");
  const above = (item) => { const up = item.parentElement.closest("li"); return up && tree.contains(up) ? up : null; };
  const jackOf = (item) => item.querySelector(":scope > .node > .jack");
  const isRow = (item) => item.parentElement.matches("ol");
  const byID = (id) => tree.querySelector(`li[data-person="${CSS.escape(id)}"]`);
  // What has an item's role and focus: its box without what is below, so that its
  // name is what stands in it.
  const boxOf = (item) => isRow(item) ? item : item.querySelector(item.matches(".li-card") ? ".card-head" : ":scope > .node");
  const nameOf = (item) => (boxOf(item).querySelector("b") ?? boxOf(item)).textContent.trim();

  // Which branches the page opens by itself: the address says what differs.
  const usual = new Set([...tree.querySelectorAll("[data-usual]")].map((item) => item.dataset.person));
  const opened = new Map(); // id of an open branch: when it was opened
  let clock = 0;
  for (const item of tree.querySelectorAll("li[data-person]:has(> ul)")) { opened.set(item.dataset.person, 0); }

  // Roles, and one tab stop. What is a link stays one for pointers and readers.
  let current = null;
  let lists = 0;
  const rove = (item) => {
    if (current) { boxOf(current).tabIndex = -1; }
    current = item;
    boxOf(current).tabIndex = 0;
  };
  const prepare = () => {
    tree.setAttribute("role", "tree");
    for (const link of tree.querySelectorAll("a")) { link.tabIndex = -1; }
    for (const item of items(tree)) {
      const box = boxOf(item), up = above(item), list = item.parentElement, under = below(item);
      const from = Number(list.dataset.from ?? 0);
      if (box !== item) { item.setAttribute("role", "none"); }
      box.setAttribute("role", "treeitem");
      box.setAttribute("aria-level", up ? Number(boxOf(up).getAttribute("aria-level")) + 1 : 1);
      box.setAttribute("aria-posinset", [...list.children].indexOf(item) + 1 + from);
      box.setAttribute("aria-setsize", Math.max(Number(list.dataset.of ?? 0), list.children.length + from));
      if (jackOf(item)) { box.setAttribute("aria-expanded", Boolean(under)); }
      if (under) {
        under.setAttribute("role", "group");
        under.id ||= `chart-${++lists}`;
        box.setAttribute("aria-owns", under.id);
      } else {
        box.removeAttribute("aria-owns");
      }
      if (item !== current) { box.tabIndex = -1; }
    }
    if (!current || !tree.contains(current)) {
      current = null;
      rove(tree.querySelector("li:has(> .node.self)") ?? tree.querySelector("li"));
    }
    boxOf(current).tabIndex = 0;
    measure();
    const shown = document.getElementById("shown");
    if (shown) { shown.textContent = tree.querySelectorAll("li[data-person], li.row").length.toLocaleString("en"); }
  };

  // The bright cable leaves on the side where the next of the line stands.
  const middle = (element) => { const r = element.getBoundingClientRect(); return r.left + r.width / 2; };
  const measure = () => {
    for (const list of tree.querySelectorAll("ul.hot")) {
      const next = list.querySelector(":scope > li.hot");
      const off = next ? middle(next) - middle(list) : 0;
      list.classList.toggle("hot-l", off < -1);
      list.classList.toggle("hot-r", off > 1);
    }
  };

  // Whatever opens or closes, the node in hand stays where it is on the screen.
  const steady = (id, change) => {
    const place = () => byID(id)?.querySelector(".node").getBoundingClientRect().left ?? 0;
    const before = place();
    change();
    canvas.scrollLeft += place() - before;
  };

  const address = () => {
    const url = new URL(location.href), q = url.searchParams;
    for (const name of ["open", "shut", "of", "group", "offset"]) { q.delete(name); }
    const more = [...opened.keys()].filter((id) => !usual.has(id) && byID(id)).slice(-mostToggled);
    const less = [...usual].filter((id) => byID(id) && !opened.has(id)).slice(-mostToggled);
    for (const id of more) { q.append("open", id); }
    for (const id of less) { q.append("shut", id); }
    history.replaceState(history.state, "", url);
  };

  const close = (item) => {
    const jack = jackOf(item);
    if (item.contains(current) && current !== item) { rove(item); }
    for (const branch of item.querySelectorAll("li[data-person]")) { opened.delete(branch.dataset.person); }
    opened.delete(item.dataset.person);
    item.querySelector(":scope > ul")?.remove();
    jack.setAttribute("aria-expanded", "false");
    jack.querySelector("use").setAttribute("href", "#i-plus");
  };

  // Makes room for so many more by closing what was opened longest ago; a branch
  // that holds the item in hand stays. False where that is not enough.
  const makeRoom = (more, keep) => {
    const free = () => most - items(tree).length - more;
    const old = () => [...opened].sort((a, b) => a[1] - b[1]).map(([id]) => byID(id)).find((item) => item && !item.contains(keep));
    while (free() < 0) {
      const item = old();
      if (!item) { return false; }
      close(item);
    }
    return true;
  };

  const follow = (link) => { if (link) { link.click(); } };
  const toggle = (item) => {
    if (jackOf(item)) { follow(jackOf(item)); } else if (item.matches(".li-card")) { follow(item.querySelector("header a")); } else if (isRow(item)) { follow(item.querySelector(".into") ?? item.querySelector("a")); }
  };

  tree.addEventListener("click", (event) => {
    const jack = event.target.closest(".jack");
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { event.stopPropagation(); return; }
    if (!jack || jack.getAttribute("aria-expanded") !== "true") { return; }
    event.preventDefault();
    event.stopPropagation();
    const item = jack.closest("li");
    steady(item.dataset.person, () => { close(item); prepare(); });
    rove(item);
    boxOf(item).focus({ preventScroll: true });
    said.textContent = "";
    address();
  }, true);

  // htmx fetches and swaps; here it is kept within bounds, and the focus kept.
  const mine = (event) => { const ctx = event.detail?.ctx; return ctx && ctx.sourceElement && (tree.contains(ctx.sourceElement) || ctx.chart) ? ctx : null; };
  document.addEventListener("htmx:before:request", (event) => {
    const ctx = mine(event);
    if (!ctx) { return; }
    const item = ctx.sourceElement.closest("li[data-person]");
    ctx.chart = { id: item.dataset.person, card: Boolean(ctx.sourceElement.closest(".li-card")), page: ctx.sourceElement.href };
    ctx.target.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const ctx = mine(event);
    if (!ctx || !ctx.chart) { return; }
    const failed = ctx.response && ctx.response.status >= 400;
    const more = (ctx.text.match(/<li/g) ?? []).length - 1 - items(ctx.target).length;
    if (failed || !makeRoom(more, ctx.target)) {
      event.preventDefault();
      window.location.assign(failed ? ctx.chart.page : around(ctx.chart.id));
      return;
    }
    ctx.chart.usual = ctx.target.hasAttribute("data-usual");
    ctx.chart.focus = tree.contains(document.activeElement) || document.activeElement === document.body;
    ctx.chart.left = byID(ctx.chart.id).querySelector(".node").getBoundingClientRect().left;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const ctx = mine(event);
    if (!ctx || !ctx.chart) { return; }
    const item = byID(ctx.chart.id);
    if (!item) { return; }
    if (below(item)) { opened.delete(ctx.chart.id); opened.set(ctx.chart.id, ++clock); }
    const next = ctx.chart.card ? item.querySelector(":scope > ul > .li-card") ?? item : item;
    prepare();
    rove(next);
    canvas.scrollLeft += item.querySelector(".node").getBoundingClientRect().left - ctx.chart.left;
    if (ctx.chart.focus) { boxOf(next).focus({ preventScroll: true }); }
    said.textContent = "";
    address();
    tree.dispatchEvent(new CustomEvent("chart:swapped", { bubbles: true }));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const ctx = event.detail?.ctx;
    if (ctx?.chart) { ctx.target.removeAttribute("aria-busy"); }
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.ctx?.chart) { said.textContent = "This branch could not be loaded. Press again to try again."; }
  });
  const around = (id) => {
    const url = new URL(location.href);
    for (const name of ["open", "shut", "of", "group", "offset"]) { url.searchParams.delete(name); }
    url.searchParams.set("at", id);
    return url.href;
  };

  // Keys.
  const goTo = (item) => {
    if (!item) { return; }
    rove(item);
    boxOf(item).focus();
    boxOf(item).scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  // Letters go to a name whatever its spaces, for Space opens; or to one of its words.
  const fold = (text) => text.normalize("NFD").replace(/[^\p{L}\p{N}]/gu, "").toLocaleLowerCase();
  let typed = "", typedAt = -Infinity;
  const jump = (letter, at) => {
    typed = at - typedAt < 1000 ? typed + letter : letter;
    typedAt = at;
    const all = items(tree), from = all.indexOf(current) + (typed.length === 1 ? 1 : 0);
    const next = [...all.slice(from), ...all.slice(0, from)];
    goTo(next.find((item) => fold(nameOf(item)).startsWith(fold(typed))) ?? next.find((item) => nameOf(item).split(/[\s,-]+/).some((word) => fold(word).startsWith(fold(typed)))));
  };
  tree.addEventListener("keydown", (event) => {
    const item = event.target.closest("li");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const neighbours = [...item.parentElement.children], at = neighbours.indexOf(item);
    const first = below(item)?.firstElementChild;
    const back = getComputedStyle(tree).direction === "rtl" ? 1 : -1;
    const moves = {
      ArrowUp: () => goTo(isRow(item) && at > 0 ? neighbours[at - 1] : above(item)),
      ArrowDown: () => goTo(isRow(item) ? neighbours[at + 1] : first),
      ArrowLeft: () => goTo(neighbours[at + back]),
      ArrowRight: () => goTo(neighbours[at - back]),
      Home: () => goTo(tree.firstElementChild),
      End: () => goTo(neighbours.at(-1)),
      " ": () => toggle(item),
      Enter: () => follow(item.matches(".li-card") ? item.querySelector("header a") : item.querySelector(":scope > .node > a, :scope > a")),
    };
    if (Object.hasOwn(moves, event.key)) {
      event.preventDefault();
      event.stopPropagation();
      moves[event.key]();
    } else if (document.body.dataset.keys !== "off" && /^[\p{L}\p{N}]$/u.test(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      jump(event.key, event.timeStamp);
    }
  });
  tree.addEventListener("focusin", (event) => { if (event.target.matches("[role=treeitem]")) { rove(event.target.closest("li")); } });

  // A picture for where no SVG can be used, made here of the SVG.
  const svg = document.getElementById("svg");
  const png = document.createElement("button");
  const mostPixels = 8192; // a side of a canvas that every browser has
  png.className = "btn";
  png.type = "button";
  png.id = "png";
  png.textContent = "PNG";
  svg?.after(png);
  png.addEventListener("click", async () => {
    png.disabled = true;
    try {
      const image = new Image();
      image.src = svg.href;
      await image.decode();
      const scale = Math.min(2, mostPixels / image.width, mostPixels / image.height);
      const picture = document.createElement("canvas");
      picture.width = Math.max(1, Math.floor(image.width * scale));
      picture.height = Math.max(1, Math.floor(image.height * scale));
      picture.getContext("2d").drawImage(image, 0, 0, picture.width, picture.height);
      const blob = await new Promise((done) => { picture.toBlob(done, "image/png"); });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "org-chart.png";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      said.textContent = scale < 0.5 ? "The picture is small print: the SVG keeps every detail." : "";
    } catch {
      said.textContent = "The picture could not be made: the drawing is too large for this browser. The SVG has everything.";
    } finally {
      png.disabled = false;
    }
  });

  document.getElementById("chart-keys").hidden = false;
  prepare();
  const self = tree.querySelector(".node.self");
  if (self) { canvas.scrollLeft += middle(self) - middle(canvas); }
})();
