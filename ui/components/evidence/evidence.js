// The two panes and what goes on between them. A click needs no server: it is shown at once, and told to Python afterwards.
const mounted = new WeakMap();

class Evidence {
  constructor(root) {
    this.root = root;
    this.drawer = root.querySelector(".drawer");
    this.paper = new Paper(root.querySelector(".paper"), (targets, mark) => this.marked(targets, mark));
    this.list = new List(root.querySelector(".found"), {
      select: (id) => this.select(id),
      go: (mark, id) => this.go(mark, id),
      decide: (decisions) => this.told?.setTriggerValue("decision", decisions),
      said: (text) => { root.querySelector(".said").textContent = text; },
    });
    this.narrow = matchMedia(NARROW);
    this.turned = () => this.place();
    this.narrow.addEventListener("change", this.turned);
    root.querySelector(".whole").addEventListener("click", () => this.lift());
    root.querySelector(".shut").addEventListener("click", () => this.drawer.close());
    this.drawer.addEventListener("click", (event) => event.target === this.drawer && this.drawer.close());
    this.place();
  }

  // The panes are taken off the page.
  leave() {
    this.narrow.removeEventListener("change", this.turned);
    this.paper.watcher?.disconnect();
    clearTimeout(this.telling);
  }

  update(component) {
    this.told = component;
    const text = typeof component.data === "string" ? component.data : new TextDecoder().decode(component.data);
    if (text === this.text) return;
    this.text = text;
    const data = JSON.parse(text);
    const { document: contract, decisions, open, ...rest } = data;
    const [paper, found] = [JSON.stringify(contract), JSON.stringify(rest)];
    const fresh = paper !== this.shown?.paper || found !== this.shown?.found;
    if (paper !== this.shown?.paper) this.paper.show(contract, new Map(data.findings.map((f) => [f.id, f.status])));
    if (found !== this.shown?.found) this.list.show(data);
    else this.list.decided(data);
    this.shown = { paper, found };
    if (fresh) this.begin(data, open);
  }

  // Where the page opens: at what its address names, or on a wide screen at the worst finding.
  begin(data, open) {
    const worst = [...data.findings].sort((a, b) => a.number - b.number)[0];
    if (data.findings.some((f) => f.id === open.finding)) this.select(open.finding, { told: false, reach: true });
    else if (open.mark) {
      this.go(open.mark, null);
    } else if (open.area) {
      const first = data.findings.filter((f) => f.area === open.area).sort((a, b) => a.number - b.number)[0];
      if (first) this.select(first.id, { told: false, reach: true });
    } else if (worst && !this.narrow.matches) this.select(worst.id, { told: false });
  }

  select(id, { told = true, reach = false } = {}) {
    for (const node of this.root.querySelectorAll(".pointed")) node.classList.remove("pointed");
    if (told) this.tell(id);
    if (id === null) {
      if (this.list.current) this.list.fold(this.list.current);
      this.paper.light([]);
      this.paper.say("");
      return;
    }
    const finding = this.list.byId.get(id);
    this.list.open(id);
    if (!this.narrow.matches) this.show(finding);
    if (told || reach) this.list.reach(this.list.cards.get(id));
    if (reach || (told && !this.narrow.matches)) this.fill();
  }

  // The page moves so far that the panes fill it: what is lit on one side would else be out of sight.
  fill() {
    (this.narrow.matches ? this.list.cards.get(this.list.current) : this.root)?.scrollIntoView({ block: "nearest" });
  }

  // Scrolls the contract to what a finding rests on; of what is missing, to the nearest words.
  show(finding) {
    const cited = finding.citations.map((c) => c.mark);
    const near = finding.nearest.map((c) => c.mark);
    if (cited.length) this.paper.go(cited[0], cited);
    else if (near.length) this.paper.go(near[0], near);
    else this.paper.light([]);
    const word = finding.status === "unreviewed" ? "这一项没有审成，请人工看原文" : `合同里没有写“${finding.name}”`;
    this.paper.say(cited.length ? "" : near.length ? `${word}。黄色是最接近的文字，不是依据` : word);
  }

  go(mark, id) {
    const finding = this.list.byId.get(id);
    if (finding && id !== this.list.current) this.select(id);
    const all = finding?.citations.map((c) => c.mark) ?? [];
    this.paper.say("");
    if (this.narrow.matches) this.lift();
    else this.fill();
    this.paper.go(mark, all.includes(mark) ? all : [mark]);
  }

  marked(targets, mark) {
    const all = this.paper.contract.marks[mark].targets;
    this.paper.light([mark]);
    this.paper.say("");
    if (this.drawer.open) this.drawer.close();
    this.list.point(targets, all.filter((id) => targets.includes(id) || targets.length === all.length));
    if (!this.narrow.matches) this.fill();
    if (this.list.byId.has(targets[0])) this.tell(targets[0]);
  }

  // Python hears of the choice when the reader has stayed with it; each telling runs the script once.
  tell(id) {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      if (this.heard === id) return;
      this.heard = id;
      this.told?.setStateValue("selected", id);
    }, 600);
  }

  // On a narrow screen the contract lives in a drawer at the bottom.
  place() {
    const paper = this.paper.root;
    if (this.narrow.matches) {
      if (paper.parentElement !== this.drawer) this.drawer.append(paper);
    } else if (paper.parentElement === this.drawer) {
      this.drawer.close();
      this.root.prepend(paper);
    }
  }

  lift() {
    if (!this.drawer.open) this.drawer.showModal();
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".evidence");
  if (!mounted.has(root)) mounted.set(root, new Evidence(root));
  mounted.get(root).update(component);
  return () => mounted.get(root).leave();
}
