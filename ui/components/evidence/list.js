// The findings in their order: filters, choosing, deciding, copying.
class List extends Cards {
  constructor(root, acts) {
    super();
    this.root = root;
    this.filters = root.querySelector(".filters");
    this.scroller = root.querySelector(".scroll");
    this.acts = acts; // { select(id), go(mark, all), decide(decision), said(text) }
    this.only = { status: new Set(), area: new Set(), open: false };
    this.order = "area";
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("keydown", (event) => this.pressed(event));
    root.addEventListener("submit", (event) => this.submitted(event));
  }

  show(data) {
    this.know(data);
    this.current = null;
    const alerts = data.alerts.length ? this.alerts(data.alerts) : null;
    this.empty = el("div", { class: "none", hidden: true }, el("p", {}, "没有符合筛选的结论。"), el("button", { type: "button", "data-clear": true }, "全部显示"));
    this.groups = el("div", { class: "groups" });
    this.scroller.replaceChildren(...[alerts, this.groups, this.empty].filter(Boolean));
    this.arrange();
    this.chips();
    this.sift();
  }

  // Decisions alone have changed.
  decided(data) {
    const before = this.data.decisions;
    this.data = data;
    for (const id of this.cards.keys()) {
      if (JSON.stringify(before[id]) === JSON.stringify(data.decisions[id])) continue;
      clearTimeout(this.pending.get(id)?.late);
      this.pending.delete(id);
      this.mark(id);
    }
    this.chips();
    this.sift();
  }

  // --- filters

  chips() {
    const { statuses, areas } = this.data;
    const of = (test) => this.data.findings.filter(test).length;
    const chip = (kind, id, text, count, attributes = {}) =>
      el(
        "button",
        { type: "button", class: `chip ${kind}`, "data-kind": kind, "data-id": id, "aria-pressed": String(this.only[kind].has?.(id) ?? this.only.open), disabled: !count && !this.only[kind].has?.(id), ...attributes },
        kind === "status" ? el("i", { class: id, "aria-hidden": "true" }) : null,
        text,
        el("b", {}, String(count)),
      );
    const worst = ["adverse", "missing", "unreviewed", "vague", "ok"].filter((status) => this.data.counts.some(([s]) => s === status));
    const undecided = of((f) => !this.data.decisions[f.id] && this.fits(f, "open"));
    const focused = this.filters.getRootNode().activeElement?.dataset;
    this.filters.replaceChildren(
      el(
        "div",
        { class: "row" },
        worst.map((status) => chip("status", status, this.words.get(status), of((f) => f.status === status && this.fits(f, "status")))),
        el("span", { class: "gap" }),
        chip("open", "open", "还没决定", undecided, { disabled: !undecided && !this.only.open }),
        el(
          "div",
          { class: "seg", role: "group", "aria-label": "排列" },
          [["area", "按领域"], ["rank", "按轻重"]].map(([order, word]) => el("button", { type: "button", "data-order": order, "aria-pressed": String(this.order === order) }, word)),
        ),
      ),
      el(
        "div",
        { class: "row" },
        areas.map((area) => chip("area", area.id, area.short, of((f) => f.area === area.id && this.fits(f, "area")), { title: `${area.name}：${area.word}` })),
      ),
    );
    if (focused?.kind) this.filters.querySelector(`[data-kind="${focused.kind}"][data-id="${CSS.escape(focused.id)}"]`)?.focus();
    if (focused?.order) this.filters.querySelector(`[data-order="${focused.order}"]`)?.focus();
  }

  // Whether a finding passes the filters, that of `but` left out.
  fits(finding, but) {
    const { status, area, open } = this.only;
    return (
      (but === "status" || !status.size || status.has(finding.status)) &&
      (but === "area" || !area.size || area.has(finding.area)) &&
      (but === "open" || !open || !this.data.decisions[finding.id])
    );
  }

  sift() {
    let shown = 0;
    for (const [id, card] of this.cards) {
      card.hidden = !this.fits(this.byId.get(id)) && id !== this.current;
      shown += card.hidden ? 0 : 1;
    }
    for (const group of this.groups.children) group.hidden = ![...group.querySelectorAll(".finding")].some((card) => !card.hidden);
    this.empty.hidden = shown > 0;
  }

  clear() {
    this.only = { status: new Set(), area: new Set(), open: false };
    this.chips();
    this.sift();
  }

  // --- order

  arrange() {
    const groups =
      this.order === "area"
        ? this.data.areas.map((area) => [area.name, el("span", { class: `risk ${area.risk}` }, el("span", { class: `meter ${area.risk}`, "aria-hidden": "true" }, el("i"), el("i"), el("i")), area.word), (f) => f.area === area.id, area.id])
        : ["adverse", "missing", "unreviewed", "vague", "ok"].map((status) => [this.words.get(status), null, (f) => f.status === status, status]);
    const sorted = [...this.data.findings].sort(this.order === "area" ? (a, b) => a.number - b.number : (a, b) => a.rank - b.rank);
    this.groups.replaceChildren(
      ...groups
        .map(([name, side, test, id]) => [el("h2", {}, el("span", {}, name), side), sorted.filter(test), id])
        .filter(([, findings]) => findings.length)
        .map(([head, findings, id]) => el("section", { class: "group", "data-group": id }, head, findings.map((f) => this.cards.get(f.id)))),
    );
  }

  // --- deciding

  // Told again with every later one until it is answered: an event may be overtaken by the next on its way. The id tells them apart.
  decide(id, decision) {
    const late = setTimeout(() => {
      this.pending.delete(id);
      this.mark(id);
      this.cards.get(id).querySelector(".by")?.replaceChildren("没有存上，请再点一次");
    }, 20000);
    const asked = { id: `${Date.now()}-${Math.random()}`, checkpoint: id, status: null, note: "", ...decision };
    this.pending.set(id, { asked, late });
    this.mark(id);
    this.acts.decide([...this.pending.values()].map((waiting) => waiting.asked));
  }

  // --- choosing

  open(id) {
    const held = this.cards.get(id);
    const before = held?.getBoundingClientRect().top;
    if (this.current && this.current !== id) this.fold(this.current);
    this.current = id;
    if (!held) return;
    const finding = this.byId.get(id);
    const body = held.querySelector(".body");
    if (!body.childElementCount) body.replaceChildren(...this.body(finding).filter(Boolean));
    body.hidden = false;
    this.mark(id);
    held.classList.add("on");
    held.querySelector(".head").setAttribute("aria-expanded", "true");
    this.sift();
    if (before !== undefined) this.by(held.getBoundingClientRect().top - before); // what folds above must not push it away
  }

  fold(id) {
    const card = this.cards.get(id);
    if (!card) return;
    card.classList.remove("on");
    card.querySelector(".body").hidden = true;
    card.querySelector(".head").setAttribute("aria-expanded", "false");
    if (this.current === id) this.current = null;
  }

  // As much of the card as fits, its head first.
  reach(node) {
    const pane = this.viewport();
    const box = node.getBoundingClientRect();
    const head = pane.top + 58;
    if (box.top < head) this.by(box.top - head);
    else if (box.bottom > pane.bottom) this.by(Math.min(box.bottom - pane.bottom + 12, box.top - head));
  }

  viewport() {
    const own = getComputedStyle(this.scroller).overflowY !== "visible";
    if (own) return this.scroller.getBoundingClientRect();
    return { top: this.filters.getBoundingClientRect().height, bottom: innerHeight - 60 };
  }

  by(delta) {
    let pane = this.scroller;
    if (getComputedStyle(pane).overflowY === "visible") pane = outer(this.root);
    pane.scrollTop += delta;
  }

  // Shows what a mark in the contract stands for.
  point(targets, all) {
    for (const node of this.scroller.querySelectorAll(".pointed")) node.classList.remove("pointed");
    const nodes = all.map((id) => this.cards.get(id) ?? this.scroller.querySelector(`[data-finding="${CSS.escape(id)}"]`)).filter(Boolean);
    const alert = nodes.find((node) => node.classList.contains("notice"));
    if (alert) this.scroller.querySelector(".alerts").open = true;
    const card = this.cards.get(targets[0]);
    if (card) this.open(targets[0]);
    for (const node of nodes) {
      node.hidden = false;
      node.closest(".group")?.removeAttribute("hidden");
      node.classList.add("pointed");
    }
    const node = card ?? alert;
    if (node) this.reach(node);
  }

  clicked(event) {
    const hit = (selector) => event.target.closest(selector);
    const id = hit("[data-finding]")?.dataset.finding;
    const chip = hit(".chip");
    const order = hit("[data-order]");
    const copy = hit("[data-copy]");
    const act = hit("[data-decide]");
    const go = hit("[data-go]");
    if (chip) return this.chosen(chip.dataset);
    if (order) {
      this.order = order.dataset.order;
      this.arrange();
      this.chips();
      return this.sift();
    }
    if (hit("[data-clear]")) return this.clear();
    if (copy) return this.copy(copy);
    if (act) return this.pressedDecision(id, act.dataset.decide);
    if (hit("[data-cancel]")) return this.mark(id);
    if (go && (hit(".where") || !String(getSelection()))) return this.acts.go(go.dataset.go, id);
    if (hit("summary, form, a, textarea, .ask, .decide")) return undefined;
    if (hit(".head")) return id === this.current ? this.acts.select(null) : this.acts.select(id);
    if (hit(".finding") && !String(getSelection()) && id !== this.current) return this.acts.select(id);
    return undefined;
  }

  chosen({ kind, id }) {
    if (kind === "open") this.only.open = !this.only.open;
    else if (!this.only[kind].delete(id)) this.only[kind].add(id);
    if (this.current && !this.fits(this.byId.get(this.current))) this.fold(this.current);
    this.chips();
    this.sift();
    this.scroller.scrollTop = 0;
  }

  pressedDecision(id, action) {
    const card = this.cards.get(id);
    if (action !== "change") {
      if (this.data.decisions[id]?.action !== action) this.decide(id, { action });
      return;
    }
    const controls = card.querySelector(".decide");
    if (controls.querySelector("form")) return this.mark(id);
    const form = this.form(id);
    controls.append(form);
    this.reach(card);
    form.querySelector("input").focus({ preventScroll: true });
  }

  submitted(event) {
    event.preventDefault();
    const id = event.target.closest("[data-finding]").dataset.finding;
    const form = new FormData(event.target);
    this.decide(id, { action: "change", status: form.get(`status-${id}`), note: form.get("note").trim() });
  }

  async copy(button) {
    const done = await copied(button.dataset.copy);
    button.textContent = done ? "已复制" : "请手动选取";
    button.classList.toggle("done", done);
    this.acts.said(done ? "已复制" : "没有复制成功，请手动选取");
    clearTimeout(button.back);
    button.back = setTimeout(() => {
      button.textContent = "复制";
      button.classList.remove("done");
    }, 1800);
  }

  pressed(event) {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, .scroll details")) return;
    const heads = [...this.groups.querySelectorAll(".finding:not([hidden]) .head")];
    const at = heads.indexOf(event.target.closest(".finding")?.querySelector(".head"));
    if (at < 0 || !heads[at + step]) return;
    event.preventDefault();
    heads[at + step].focus();
  }
}

// What scrolls around a node, through shadow roots.
function outer(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}
