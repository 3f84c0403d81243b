import { sendJson } from "./api.js";
import { byId, run, say } from "./dom.js";
import { allowSpeaking, startEditor } from "./editor.js";
import { EXAMPLES } from "./examples.js";
import { fillForm, formValues, insertText, keepForm, restoreForm } from "./form.js";
import { speak, whenState } from "./player.js";
import { startPresets } from "./presets.js";
import { startScriptFile } from "./script-file.js";
import { hideSpoken, showSpoken } from "./spoken.js";
import { keepTake, leaveTake } from "./takes.js";
import { selectedVoice } from "./voices.js";

const LIMIT = 4096;

const script = byId("script");
const notice = byId("speech-notice");
/** Fields of the request whose names differ from the ids of the form. */
const NAMES = { format: "response_format", "cfg-scale": "cfg_scale", "top-p": "top_p" };
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
  const fields = request(text);
  const { voice, settings } = formValues();
  spoken = fields;
  const made = await speak(signal => sendJson("POST", "/generate", { ...fields, stream: true }, { signal }), settings.format);
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
  const { job_id: detail } = await (await sendJson("POST", "/generate?async_mode=true", request())).json();
  document.dispatchEvent(new CustomEvent("jobs-changed", { detail }));
}

/** Checks the length of the script, in code points as on the server, and enables the buttons. */
function check() {
  const length = [...script.value].length;
  const over = length > LIMIT;
  byId("count").textContent = `${length} / ${LIMIT}`;
  byId("count").toggleAttribute("data-over", over);
  script.setAttribute("aria-invalid", over);
  byId("speak").disabled = making || over || !selectedVoice();
  byId("queue").disabled = over || !selectedVoice();
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

export function startSpeech() {
  restoreForm();
  startEditor(speakText);
  startScriptFile();
  startPresets();
  for (const tool of document.querySelectorAll("[data-insert]")) tool.addEventListener("click", () => insertTag(tool.dataset.insert));
  byId("speech").addEventListener("input", () => {
    keepForm();
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
