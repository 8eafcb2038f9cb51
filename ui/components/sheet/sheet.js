// Puts the rendered HTML in place and reports clicks on [data-act]; what a reader has unfolded stays unfolded while the HTML is the same.
const shown = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".sheet");
  if (shown.get(root) !== data.html) {
    root.innerHTML = data.html;
    shown.set(root, data.html);
  }
  root.onclick = (event) => {
    const target = event.target.closest("[data-act]");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    setTriggerValue("act", { ...target.dataset });
  };
}
