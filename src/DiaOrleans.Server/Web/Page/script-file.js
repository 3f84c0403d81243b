import { byId, say } from "./dom.js";
import { fillForm } from "./form.js";

const MOST_BYTES = 1_000_000;
const NAMES = /\.(txt|md|markdown|text)$/i;

/** The text of a file: UTF-16 with a byte order mark, UTF-8, else Windows-1252. */
function textOf(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The text of a file, with lines that end as the page's own do. */
export const readText = async file => textOf(new Uint8Array(await file.arrayBuffer())).replace(/\r\n?/g, "\n");

async function take(file) {
  const notice = byId("file-notice");
  say(notice, "");
  if (!NAMES.test(file.name)) say(notice, `“${file.name}” is no text: a script is read from a .txt or .md file.`, "error");
  else if (file.size > MOST_BYTES) say(notice, `“${file.name}” is too large for a script.`, "error");
  else {
    fillForm({ script: (await readText(file)).trim() }, `The script is that of “${file.name}”.`);
  }
}

/** Reads a script from a file that is dropped on the field or chosen. */
export function startScriptFile() {
  const [input, field] = [byId("script-file"), byId("script-field")];
  input.addEventListener("change", async () => {
    if (input.files.length > 0) await take(input.files[0]);
    input.value = "";
  });
  field.addEventListener("dragover", event => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    field.toggleAttribute("data-over", true);
  });
  field.addEventListener("dragleave", () => field.removeAttribute("data-over"));
  field.addEventListener("drop", event => {
    field.removeAttribute("data-over");
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
}
