"""A button that copies a text and says that it has."""

from __future__ import annotations

import streamlit as st

_CSS = """
button { font:600 14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif; color:#fffefb; background:#23262b; border:1px solid #23262b; border-radius:2px; padding:8px 20px; cursor:pointer; }
button:hover { background:#000; } button:focus-visible { outline:2px solid #1f4f86; outline-offset:2px; }
button.done { color:#2c6a4c; background:transparent; border-color:#2c6a4c; }
"""

_JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.className = "";
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.text);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: data.text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");  // where the page is not served over https
      area.remove();
    }
    button.textContent = "已复制";
    button.className = "done";
    setTimeout(() => { button.textContent = data.label; button.className = ""; }, 2000);
  };
}
"""

_mount = st.components.v2.component("shenyue_copy", html="<button type='button'></button>", css=_CSS, js=_JS)


def copy_button(label: str, text: str, *, key: str) -> None:
    """Show the button; ``text`` is what it copies."""
    _mount(key=key, data={"label": label, "text": text})
