import { byId, make, say } from "./dom.js";
import { SNIPPETS, snippet } from "./snippets.js";

const KEPT = "dia-copy-as";
const [box, language, code] = ["copy-box", "copy-language", "copy-code"].map(byId);
let read = () => ({});

function show() {
  say(byId("copy-status"), "");
  // Relative to the page, which a proxy may serve under a path.
  if (box.open) code.textContent = snippet(language.value, read(), new URL(".", location.href).href);
}

/** Copies the code. Browsers give pages without encryption no clipboard, but let them copy what is selected. */
async function copy() {
  show();
  const copied = await navigator.clipboard?.writeText(code.textContent).then(() => true, () => false) || copySelected();
  say(byId("copy-status"), copied ? "Copied." : "The browser does not allow it; the text is selected.");
}

function copySelected() {
  getSelection().selectAllChildren(code);
  return document.execCommand("copy");
}

/** Shows the request of the form as a program; `readFields` gives its body. */
export function startCopy(readFields) {
  read = readFields;
  language.replaceChildren(...Object.entries(SNIPPETS).map(([value, [textContent]]) => make("option", { value, textContent })));
  const kept = localStorage.getItem(KEPT);
  if (Object.hasOwn(SNIPPETS, kept ?? "")) language.value = kept;
  language.addEventListener("change", () => {
    localStorage.setItem(KEPT, language.value);
    show();
  });
  box.addEventListener("toggle", show);
  byId("speech").addEventListener("input", show);
  byId("speech").addEventListener("change", show);
  document.addEventListener("voices-changed", show);
  byId("copy-do").addEventListener("click", copy);
}
