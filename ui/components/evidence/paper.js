// The contract: pictures of its pages with the cited words marked on them, or its text.
const ZOOMS = [1, 1.25, 1.5, 2];
const NARROW = "(max-width: 900px)";
const WIDE = 1000; // units of a page's overlay from left to right

class Paper {
  constructor(root, onTargets) {
    this.root = root;
    this.scroller = root.querySelector(".scroll");
    this.pages = root.querySelector(".pages");
    this.sheet = root.querySelector(".sheet");
    this.hint = root.querySelector(".hint");
    this.place = root.querySelector(".at");
    this.onTargets = onTargets;
    this.zoom = 0;
    this.lit = [];
    this.drawn = { picture: false, text: false };
    root.querySelector('[data-zoom="-1"]').disabled = true;
    root.addEventListener("click", (event) => this.clicked(event));
    this.scroller.addEventListener("scroll", () => this.moved(), { passive: true });
  }

  // `kinds`: status of each finding by its id.
  show(contract, kinds) {
    this.contract = contract;
    this.kinds = kinds;
    // On a telephone a page is too small to read.
    this.view = contract.pages.length && !matchMedia(NARROW).matches ? "picture" : "text";
    this.parts = { picture: new Map(), text: new Map() };
    this.drawn = { picture: false, text: false };
    this.lit = [];
    this.watcher?.disconnect();
    this.pages.replaceChildren();
    this.sheet.replaceChildren();
    this.root.querySelector(".file").textContent = contract.file;
    this.root.querySelector(".file").title = contract.file;
    this.root.querySelector(".views").hidden = !contract.pages.length;
    this.draw();
  }

  setView(view) {
    if (view === this.view) return;
    this.view = view;
    this.draw();
    if (this.wanted) this.go(this.wanted.key, this.wanted.all);
  }

  draw() {
    const picture = this.view === "picture";
    this.pages.hidden = !picture;
    this.sheet.hidden = picture;
    this.root.querySelector(".zoom").hidden = !picture;
    for (const button of this.root.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === this.view));
    }
    if (!this.drawn[this.view]) {
      this.drawn[this.view] = true;
      if (picture) this.drawPages();
      else this.drawText();
    }
    this.moved();
  }

  // --- pictures

  drawPages() {
    const byPage = new Map(this.contract.pages.map((page) => [page.number, []]));
    for (const [key, mark] of Object.entries(this.contract.marks)) {
      mark.boxes.forEach((box, n) => byPage.get(box[0])?.push({ key, mark, box: box.slice(1), first: n === 0 }));
    }
    this.watcher = new IntersectionObserver((seen) => seen.forEach((s) => s.isIntersecting && this.fetch(s.target)), {
      root: this.scroller,
      rootMargin: "100% 0px",
    });
    for (const page of this.contract.pages) {
      const sheet = this.page(page, byPage.get(page.number));
      this.pages.append(sheet);
      this.watcher.observe(sheet);
    }
  }

  page(page, marks) {
    const high = (WIDE * page.height) / page.width;
    const overlay = svg("svg", { viewBox: `0 0 ${WIDE} ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    const rank = ["near", "alert", "ok", "vague", "unreviewed", "missing", "adverse"];
    const ordered = [...marks].sort((a, b) => rank.indexOf(a.mark.kind) - rank.indexOf(b.mark.kind));
    for (const { key, mark, box } of ordered) {
      const [left, top, right, bottom] = [box[0] * WIDE, box[1] * high, box[2] * WIDE, box[3] * high];
      const group = svg(
        "g",
        { class: `box ${mark.kind}`, "data-mark": key },
        svg("title", {}, told(mark)),
        svg("rect", { x: left, y: top - 1, width: right - left, height: bottom - top + 2 }),
        svg("line", { x1: left, x2: right, y1: bottom + 2, y2: bottom + 2 }),
      );
      overlay.append(group);
      this.part("picture", key, group);
    }
    // The words of the page lie over the picture unseen, so that they can be searched, selected and copied.
    const print = svg("g", { class: "print" });
    for (const [left, top, right, bottom, text] of page.lines) {
      const size = (bottom - top) * high * 0.86;
      const line = svg("text", { x: left * WIDE, y: bottom * high - size * 0.14, "font-size": size }, text);
      if (text.length > 1) {
        line.setAttribute("textLength", (right - left) * WIDE);
        line.setAttribute("lengthAdjust", "spacingAndGlyphs");
      }
      print.append(line);
    }
    overlay.prepend(print);
    return el(
      "div",
      {
        class: "page",
        "data-page": page.number,
        role: "group",
        "aria-label": `第 ${page.number} 页`,
        style: `aspect-ratio:${page.width} / ${page.height}`,
      },
      el("span", { class: "number", "aria-hidden": "true" }, String(page.number)),
      overlay,
      this.signs(page, marks),
    );
  }

  // Numbers of findings, in the margin beside the words they rest on.
  signs(page, marks) {
    const rows = [];
    for (const { key, mark, box, first } of [...marks].sort((a, b) => a.box[1] - b.box[1])) {
      if (!first || mark.kind === "near") continue;
      if (!rows.length || box[1] - rows.at(-1).top > 0.016) rows.push({ top: box[1], refs: [] });
      rows.at(-1).refs.push(...this.refs(key, mark));
    }
    const lefts = page.lines.map((line) => line[0]).sort((a, b) => a - b);
    const margin = Math.max(0.05, lefts[Math.floor(lefts.length * 0.05)] ?? 0.1); // a stray line in the margin moves nothing
    return rows.map(({ top, refs }) => el("span", { class: "signs", style: `top:${top * 100}%;width:${margin * 100}%` }, once(refs)));
  }

  fetch(sheet) {
    const wide = Math.max(1000, Math.ceil(sheet.clientWidth * Math.min(devicePixelRatio || 1, 2)));
    const there = sheet.querySelector("img");
    if (there && Number(there.dataset.wide) >= wide) return;
    const image = el("img", { alt: "", decoding: "async", "data-wide": wide });
    image.addEventListener("load", () => {
      there?.remove();
      sheet.classList.add("there");
    });
    image.addEventListener("error", () => {
      image.remove();
      sheet.classList.toggle("failed", !there);
    });
    image.src = `${this.contract.pictures}${sheet.dataset.page}.webp?w=${wide}`;
    sheet.classList.remove("failed");
    sheet.prepend(image);
  }

  setZoom(step) {
    const middle = (this.scroller.scrollTop + this.scroller.clientHeight / 2) / Math.max(1, this.scroller.scrollHeight);
    this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + step));
    this.pages.style.width = `${ZOOMS[this.zoom] * 100}%`;
    this.scroller.scrollTop = middle * this.scroller.scrollHeight - this.scroller.clientHeight / 2;
    // Looked at again, a page fetches the sharper picture it now needs.
    for (const page of this.pages.children) {
      this.watcher.unobserve(page);
      this.watcher.observe(page);
    }
    const [less, more] = this.root.querySelectorAll("[data-zoom]");
    less.disabled = this.zoom === 0;
    more.disabled = this.zoom === ZOOMS.length - 1;
  }

  // --- text

  drawText() {
    this.signed = new Set();
    const blocks = this.contract.blocks.map((block) => this.block(block));
    // Sections are laid out only near the view; each says about how high it is.
    for (let at = 0; at < blocks.length; at += 24) {
      const some = this.contract.blocks.slice(at, at + 24);
      const lines = some.reduce((sum, block) => sum + Math.ceil((length(block) + 1) / 36), 0);
      const style = `contain-intrinsic-block-size:auto ${lines * 29 + some.length * 14}px`;
      this.sheet.append(el("div", { class: "part", style }, blocks.slice(at, at + 24)));
    }
  }

  block(block) {
    if (block.kind === "page") return el("div", { class: "break", "data-page": block.number }, `第 ${block.number} 页`);
    if (block.kind === "table") return el("div", { class: "table" }, el("table", {}, block.rows.map((row) => this.row(row))));
    const tag = { title: "h3", heading: "h4" }[block.kind] ?? "p";
    return el(tag, { class: block.deep ? `${block.kind} deep${block.deep}` : block.kind }, this.runs(block.runs));
  }

  row(row) {
    const last = row.cells.length - 1;
    const tag = row.header ? "th" : "td";
    return el("tr", {}, row.cells.map((cell, n) => el(tag, { colspan: n === last && row.span > 1 ? row.span : null }, this.runs(cell))));
  }

  runs(runs) {
    return runs.map((run) => {
      if (typeof run === "string") return run;
      const [text, keys] = run;
      const marks = keys.map((key) => this.contract.marks[key]);
      const piece = el("span", { class: `mark ${marks[0].kind}`, title: told(marks[0]) || null, "data-mark": keys[0] }, text);
      const refs = [];
      keys.forEach((key, n) => {
        this.part("text", key, piece);
        if (this.signed.has(key) || marks[n].kind === "near") return;
        this.signed.add(key);
        refs.push(...this.refs(key, marks[n]));
      });
      return [...once(refs), piece];
    }).flat();
  }

  // The number is drawn by the style sheet, so that copied and searched text is the contract's alone.
  refs(key, mark) {
    return mark.numbers
      .map((number, n) => ({ number, target: mark.targets[n], title: mark.titles[n] }))
      .filter(({ number }) => number)
      .map(({ number, target, title }) =>
        el("button", { type: "button", class: `ref ${this.kinds.get(target) ?? "alert"}`, "data-target": target, "data-mark": key, "data-n": number, title, "aria-label": title }),
      );
  }

  part(view, key, node) {
    const parts = this.parts[view].get(key);
    if (parts) parts.push(node);
    else this.parts[view].set(key, [node]);
  }

  // --- moving

  // Brings the mark into view and lights all of `keys`; true when it has a place here.
  go(key, keys) {
    this.wanted = { key, all: keys };
    if (key && this.view === "picture" && !this.parts.picture.has(key)) {
      this.view = "text"; // words without a place on the page are shown in the text
      this.draw();
    }
    this.light(keys);
    const parts = key ? this.parts[this.view].get(key) : undefined;
    if (!parts) return false;
    this.reach(parts[0]);
    // Parts that were laid out on the way may have moved it.
    requestAnimationFrame(() => this.reach(parts[0]));
    flash(parts);
    return true;
  }

  light(keys) {
    for (const part of this.lit) part.classList.remove("on");
    this.lit = keys.flatMap((key) => this.parts[this.view].get(key) ?? []);
    for (const part of this.lit) part.classList.add("on");
  }

  reach(part) {
    const box = (part.querySelector?.("rect") ?? part).getBoundingClientRect();
    const pane = this.scroller.getBoundingClientRect();
    const top = box.top - pane.top;
    this.scroller.scrollTop += top - pane.height * 0.24;
    if (this.scroller.scrollWidth > this.scroller.clientWidth) this.scroller.scrollLeft += box.left - pane.left - 24;
  }

  say(text) {
    this.hint.textContent = text;
    this.hint.hidden = !text;
  }

  moved() {
    if (this.ticking) return;
    this.ticking = true;
    requestAnimationFrame(() => {
      this.ticking = false;
      const signs = (this.view === "picture" ? this.pages : this.sheet).querySelectorAll("[data-page]");
      const line = this.scroller.getBoundingClientRect().top + this.scroller.clientHeight * 0.4;
      let [low, high] = [0, signs.length]; // how many begin above the line; few are looked at, for looking costs a layout
      while (low < high) {
        const middle = (low + high) >> 1;
        if (signs[middle].getBoundingClientRect().top > line) high = middle;
        else low = middle + 1;
      }
      const number = low ? signs[low - 1].dataset.page : 1;
      this.place.textContent = this.contract.count > 1 ? `第 ${number} / ${this.contract.count} 页` : "";
    });
  }

  clicked(event) {
    const view = event.target.closest("[data-view]");
    const zoom = event.target.closest("[data-zoom]");
    const failed = event.target.closest(".page.failed");
    const ref = event.target.closest(".ref");
    const mark = event.target.closest("[data-mark]");
    if (view) this.setView(view.dataset.view);
    else if (zoom) this.setZoom(Number(zoom.dataset.zoom));
    else if (failed) this.fetch(failed);
    else if (ref) this.onTargets([ref.dataset.target], ref.dataset.mark);
    else if (mark && !String(getSelection())) {
      const found = this.contract.marks[mark.dataset.mark];
      if (found.kind !== "near") this.onTargets(found.targets, mark.dataset.mark);
    }
  }
}

function length(block) {
  const of = (runs) => runs.reduce((sum, run) => sum + (typeof run === "string" ? run : run[0]).length, 0);
  if (block.kind === "table") return block.rows.reduce((sum, row) => sum + 36 * Math.ceil(Math.max(...row.cells.map(of)) / 9), 0);
  return block.runs ? of(block.runs) : 1;
}

const told = (mark) => mark.titles.filter(Boolean).join("；");

function once(refs) {
  const seen = new Set();
  return refs.filter((ref) => !seen.has(ref.dataset.target) && seen.add(ref.dataset.target));
}

function flash(parts) {
  for (const part of parts) part.classList.remove("flash");
  void parts[0].getBoundingClientRect(); // so that the animation begins anew
  for (const part of parts) part.classList.add("flash");
}
