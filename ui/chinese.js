// What Streamlit says in English to a screen reader, in Chinese. What is seen is replaced by style.css; texts of its own are left to Streamlit.
const WORDS = {
  "Upload": "选择文件", "file upload": "选择文件", "Add files": "再加文件", "Close": "关闭", "Increment": "加", "Decrement": "减",
  "Show password text": "显示密钥", "Hide password text": "隐藏密钥", "Clear value": "清除", "Clear all": "全部清除", "open": "展开", "Copy to clipboard": "复制",
};
const say = (element) => {
  const label = element.getAttribute("aria-label");
  const told = label ?? (element.tagName === "BUTTON" && element.closest('[data-testid="stFileUploaderDropzone"]') ? element.textContent.trim() : null);
  if (!told) return;
  const known = Object.keys(WORDS).find((word) => told === word || (word === "Upload" && told.endsWith("Upload")));
  if (known) element.setAttribute("aria-label", WORDS[known]);
  else if (told.startsWith("Remove ")) element.setAttribute("aria-label", "移除 " + told.slice(7));
  if (WORDS[element.title]) element.title = WORDS[element.title];
};
if (!window.shenyueSays) {
  window.shenyueSays = new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) { say(node); node.querySelectorAll("[aria-label], button").forEach(say); }
  });
  window.shenyueSays.observe(document.body, { childList: true, subtree: true });
  document.querySelectorAll("[aria-label], button").forEach(say);
}
