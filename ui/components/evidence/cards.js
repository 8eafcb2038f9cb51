// What stands on a card: the reason, the words it rests on, what to ask for, what was decided.
const FIRST = 3; // citations shown before the rest is folded

class Cards {
  // `data`: of the view; `words`: Chinese of each status; `cards`: by finding; `pending`: decisions not yet answered.
  know(data) {
    this.data = data;
    this.words = new Map(data.statuses);
    this.byId = new Map(data.findings.map((finding) => [finding.id, finding]));
    this.pending = new Map();
    this.cards = new Map(data.findings.map((finding) => [finding.id, this.card(finding)]));
  }

  card(finding) {
    const { id, number, name, status, severity, reason } = finding;
    const card = el(
      "article",
      { class: `finding ${status}`, "data-finding": id },
      el(
        "h3",
        {},
        el(
          "button",
          { type: "button", class: "head", "aria-expanded": "false" },
          el("span", { class: "n" }, String(number)),
          el("span", { class: "name" }, name),
          el("span", { class: `tag ${status}` }, this.words.get(status)),
          el("span", { class: "soft" }, severity),
          el("span", { class: "mine" }),
        ),
      ),
      el("p", { class: "reason" }, strong(reason)),
      el("div", { class: "body", hidden: true }),
    );
    this.verdict(card, id);
    return card;
  }

  body(finding) {
    const { citations, ask, searched, nearest, rejected, readings } = finding;
    const first = citations.slice(0, FIRST);
    const rest = citations.slice(FIRST);
    return [
      ...first.map((c) => this.quote(c)),
      rest.length ? this.folded(`另有 ${rest.length} 处依据`, rest.map((c) => this.quote(c))) : null,
      readings.length
        ? el(
            "div",
            { class: "differ" },
            el("p", { class: "soft" }, `两种读法不同，${finding.decided_by}`),
            el("div", { class: "sides" }, readings.map((r) => el("div", { class: r.followed ? "followed" : null }, el("p", {}, el("b", {}, r.who), " ", el("span", { class: `tag ${r.status}` }, this.words.get(r.status)), r.followed ? el("span", { class: "soft" }, " 采用") : null), el("p", {}, strong(r.reason)), r.citations.map((c) => this.quote(c, true))))),
          )
        : null,
      el("div", { class: "asking" }),
      searched.length || nearest.length
        ? this.folded(
            searched.length ? `查过哪些条款（${searched.length} 处）` : "最接近的文字",
            [searched.length ? el("p", { class: "soft" }, searched.join("、")) : null, nearest.length ? el("p", { class: "soft" }, "最接近的文字，不是依据：") : null, ...nearest.map((c) => this.quote(c, true))],
          )
        : null,
      rejected.length ? this.folded(`合同里找不到、已弃用的引文（${rejected.length}）`, rejected.map((text) => el("blockquote", { class: "struck" }, text))) : null,
      el("div", { class: "decide" }),
    ];
  }

  folded(title, parts) {
    return el("details", {}, el("summary", {}, title), parts);
  }

  quote(citation, near = false) {
    return el(
      "div",
      { class: near ? "quote near" : "quote", "data-go": citation.mark },
      el("button", { type: "button", class: "where" }, citation.where),
      citation.confidence === null ? null : el("span", { class: "unsure" }, `扫描不清，识别把握 ${Math.round(citation.confidence * 100)}%，请对照原样`),
      el("blockquote", {}, citation.text),
    );
  }

  asking(finding) {
    const decision = this.data.decisions[finding.id];
    const status = decision?.status ?? finding.status;
    if (status === "ok") return null;
    return el(
      "div",
      { class: "ask" },
      el("p", { class: "soft" }, finding.ask.title),
      finding.ask.lines.map(([name, hint, text]) =>
        el("div", { class: "line" }, el("span", { class: "kind", title: hint }, name), el("p", {}, text, name === "底线" ? el("span", { class: "soft" }, `（${hint}）`) : null), el("button", { type: "button", class: "copy", "data-copy": text, "aria-label": `复制${name}写法` }, "复制")),
      ),
    );
  }

  // What was decided: on the head of the card, and with the controls where it is open.
  mark(id) {
    const card = this.cards.get(id);
    this.verdict(card, id);
    const controls = card.querySelector(".decide");
    if (!controls) return;
    card.querySelector(".asking").replaceChildren(...[this.asking(this.byId.get(id))].filter(Boolean));
    const focused = controls.contains(card.getRootNode().activeElement);
    controls.replaceChildren(...this.controls(id));
    if (focused) controls.querySelector("button").focus();
  }

  verdict(card, id) {
    const decision = this.data.decisions[id];
    const mine = card.querySelector(".mine");
    mine.textContent = decision ? (decision.status ? `改为${this.words.get(decision.status)}` : decision.action === "accept" ? "已采纳" : "不采纳") : "";
    mine.className = `mine ${decision?.action ?? ""}`;
    card.classList.toggle("settled", Boolean(decision));
  }

  controls(id) {
    const decision = this.data.decisions[id];
    const waits = this.pending.has(id);
    const button = (action, word) => el("button", { type: "button", "data-decide": action, "aria-pressed": String(decision?.action === action), disabled: waits }, word);
    return [
      el("span", { class: "label" }, "您的决定"),
      el("span", { class: "seg", role: "group", "aria-label": "您的决定" }, button("accept", "采纳"), button("reject", "不采纳"), button("change", "改判…")),
      el("span", { class: "by", role: "status" }, waits ? "正在保存…" : decision ? `${decision.who} · ${decision.when}` : ""),
      decision && !waits && (decision.note || decision.status) ? el("p", { class: "note" }, decision.status ? el("b", {}, `改判为${this.words.get(decision.status)}`) : null, decision.status && decision.note ? "：" : null, decision.note) : null,
    ].filter(Boolean);
  }

  form(id) {
    const now = this.byId.get(id).status;
    return el(
      "form",
      { class: "changing" },
      el("fieldset", {}, el("legend", {}, "改判为"), this.data.statuses.filter(([status]) => status !== now).map(([status, word]) => el("label", {}, el("input", { type: "radio", name: `status-${id}`, value: status, required: true }), el("span", { class: `tag ${status}` }, word)))),
      el("label", { class: "why" }, "理由（写给同事看）", el("textarea", { name: "note", rows: 2, maxlength: 500 })),
      el("div", { class: "buttons" }, el("button", { type: "submit", class: "main" }, "确定改判"), el("button", { type: "button", "data-cancel": true }, "不改了")),
    );
  }

  alerts(alerts) {
    const count = alerts.reduce((sum, a) => sum + a.messages.length, 0);
    return el(
      "details",
      { class: "alerts" },
      el("summary", {}, el("b", {}, `需要留意 ${count} 处`), el("span", { class: "soft" }, alerts.map((a) => a.name).join("、"))),
      alerts.map((a) =>
        el(
          "section",
          { class: "notice", "data-finding": a.id },
          el("h3", {}, a.name),
          a.messages.length > 1 ? el("ul", {}, a.messages.map((message) => el("li", {}, message))) : el("p", {}, a.messages[0]),
          a.citations.length ? this.folded(`看原文（${a.citations.length}）`, a.citations.map((c) => this.quote(c))) : null,
        ),
      ),
    );
  }
}
