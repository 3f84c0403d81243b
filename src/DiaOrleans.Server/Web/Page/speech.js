import { get, sendJson } from "./api.js";
import { checkForm, isOver, length, placeError, setLimit, startChecks } from "./checks.js";
import { startCopy } from "./copy.js";
import { byId, run, say } from "./dom.js";
import { allowSpeaking, startEditor } from "./editor.js";
import { EXAMPLES } from "./examples.js";
import { fillForm, formValues, insertText, keepForm, restoreForm, showFormats } from "./form.js";
import { speak, whenState } from "./player.js";
import { startPresets } from "./presets.js";
import { startScriptFile } from "./script-file.js";
import { hideSpoken, showSpoken } from "./spoken.js";
import { keepTake, leaveTake } from "./takes.js";
import { selectedVoice } from "./voices.js";

const script = byId("script");
const notice = byId("speech-notice");
/** Fields of the request whose names differ from the ids of the form. */
const NAMES = { format: "response_format", "cfg-scale": "cfg_scale", "top-p": "top_p" };
let limit = null;
let making = false;
let spoken = null;

/**
 * The body for /generate. Empty fields are left out. Numbers are sent as the strings that were typed: a seed can be larger than the
 * integers that JavaScript represents exactly.
 */
export function request(text = script.value) {
  const { voice, settings } = formValues();
  const set = Object.entries(settings).map(([id, value]) => [NAMES[id] ?? id, value.trim()]).filter(([, value]) => value !== "");
  return { text, voice_id: voice, ...Object.fromEntries(set) };
}

/** Speaks a text with the settings of the form, and keeps the take. */
async function speakText(text = script.value) {
  say(notice, "");
  if (!checkForm(text)) return;
  const fields = request(text);
  const { voice, settings } = formValues();
  spoken = fields;
  const ask = signal => sendJson("POST", "/generate", { ...fields, stream: true }, { signal });
  const made = await speak({ ask, text, format: settings.format, place: placeError });
  if (!made) return;
  const { samples, ...kept } = made;
  await keepTake({ text, voice, settings, name: `speech.${settings.format}`, seconds: samples?.seconds ?? 0, ...kept }, samples);
}

/** Speaks the script with a new server's first voice; an example if there is no script yet. */
function speakFirst() {
  if (script.value.trim() === "") insertText(EXAMPLES[0][1]);
  return speakText();
}

async function queue() {
  if (!checkForm(script.value)) return;
  try {
    const { job_id: detail } = await (await sendJson("POST", "/generate?async_mode=true", request())).json();
    document.dispatchEvent(new CustomEvent("jobs-changed", { detail }));
  } catch (error) {
    if (!placeError(error)) throw error;
  }
}

/** Checks the length of the script, in code points as on the server, and enables the buttons. */
function check() {
  const over = isOver(script.value);
  byId("count").textContent = limit ? `${length(script.value)} / ${limit}` : "";
  byId("count").toggleAttribute("data-over", over);
  const ready = limit && !over && selectedVoice();
  byId("speak").disabled = making || !ready;
  byId("queue").disabled = !ready;
}

/** Enables the buttons for a state. If the focused button is disabled, the other one gets the focus. */
function showState(state) {
  if (state === "waiting") {
    hideSpoken();
    leaveTake();
  }
  if (spoken && state === "done") {
    showSpoken(spoken).catch(hideSpoken);
    spoken = null;
  }
  const [start, stop] = [byId("speak"), byId("stop")];
  const focused = document.activeElement;
  making = state === "waiting" || state === "streaming";
  stop.disabled = !making;
  allowSpeaking(!making);
  check();
  if (focused === start && start.disabled) stop.focus();
  if (focused === stop && stop.disabled) start.focus();
}

function insertTag(tag) {
  const [before, after] = [script.value[script.selectionStart - 1], script.value[script.selectionEnd]];
  insertText((before && !/\s/.test(before) ? " " : "") + tag + (after && /\s/.test(after) ? "" : " "));
}

/** Asks the server for its formats and the longest text. */
export async function refreshLimits() {
  try {
    const { models: [model] } = await get("/audio/models", { background: true });
    limit = model.max_input_characters;
    setLimit(limit);
    showFormats(model.response_formats);
  } catch {
    // The status line says that the server does not answer; the buttons wait.
  }
  check();
}

export function startSpeech() {
  restoreForm();
  startChecks();
  startEditor(speakText);
  startScriptFile();
  startPresets();
  startCopy(request);
  for (const tool of document.querySelectorAll("[data-insert]")) tool.addEventListener("click", () => insertTag(tool.dataset.insert));
  byId("speech").addEventListener("input", () => {
    keepForm();
    say(notice, "");
    check();
  });
  byId("speech").addEventListener("submit", event => {
    event.preventDefault();
    speakText();
  });
  script.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !byId("speak").disabled) speakText();
  });
  byId("queue").addEventListener("click", async () => {
    await run(byId("queue"), notice, queue);
    check();
  });
  document.addEventListener("voices-changed", check);
  document.addEventListener("first-voice-made", speakFirst);
  byId("seed-again").addEventListener("click", () => fillForm(
    { settings: { ...formValues().settings, seed: byId("seed-made").textContent } }, "The seed is used for what is spoken next."));
  whenState(showState);
  check();
}
