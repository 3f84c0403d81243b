import { sendJson } from "./api.js";
import { EXAMPLES } from "./examples.js";
import { button, byId, run, say } from "./dom.js";
import { playStream, playWhole, whenState } from "./player.js";
import { hideSpoken, showSpoken } from "./spoken.js";
import { selectedVoice } from "./voices.js";

const LIMIT = 4096;
const KEPT = "dia-form";
const FIELDS = ["script", "format", "speed", "seed", "temperature", "cfg-scale", "top-p"];

const script = byId("script");
const notice = byId("speech-notice");
const value = id => byId(id).value.trim();
let making = false;
let spoken = null;

/**
 * The body for /generate. Empty fields are left out. Numbers are sent as the strings that were typed: a seed can be larger than the
 * integers that JavaScript represents exactly.
 */
function request() {
  const fields = {
    text: script.value,
    voice_id: selectedVoice(),
    response_format: value("format"),
    speed: value("speed"),
    seed: value("seed"),
    temperature: value("temperature"),
    cfg_scale: value("cfg-scale"),
    top_p: value("top-p"),
  };
  return Object.fromEntries(Object.entries(fields).filter(([name, sent]) => sent !== "" || name === "text"));
}

async function speak() {
  say(notice, "");
  const fields = request();
  spoken = fields;
  const format = fields.response_format;
  const ask = stream => signal => sendJson("POST", "/generate", { ...fields, stream }, { signal });
  await (format === "wav" ? playStream(ask(true)) : playWhole(ask(false), `speech.${format}`));
}

/** Speaks the script with a new server's first voice; an example if there is no script yet. */
function speakFirst() {
  if (script.value.trim() === "") insert(EXAMPLES[0][1]);
  return speak();
}

async function queue() {
  await sendJson("POST", "/generate?async_mode=true", request());
  document.dispatchEvent(new Event("jobs-changed"));
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
  if (state === "waiting") hideSpoken();
  if (spoken && (state === "playing" || state === "done")) {
    showSpoken(spoken).catch(hideSpoken);
    spoken = null;
  }
  const [start, stop] = [byId("speak"), byId("stop")];
  const focused = document.activeElement;
  making = state === "waiting" || state === "streaming";
  stop.disabled = !making && state !== "playing";
  check();
  if (focused === start && start.disabled) stop.focus();
  if (focused === stop && stop.disabled) start.focus();
}

/** Inserts text at the caret, so that undo can remove it. */
function insert(text) {
  script.focus();
  if (!document.execCommand("insertText", false, text)) script.setRangeText(text, script.selectionStart, script.selectionEnd, "end");
  check();
}

function insertTag(tag) {
  const [before, after] = [script.value[script.selectionStart - 1], script.value[script.selectionEnd]];
  insert((before && !/\s/.test(before) ? " " : "") + tag + (after && /\s/.test(after) ? "" : " "));
}

function keep() {
  localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(FIELDS.map(id => [id, byId(id).value]))));
}

function restore() {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  for (const id of FIELDS) if (kept[id]) byId(id).value = kept[id];
  byId("more").open = FIELDS.slice(2).some(id => kept[id]) || (kept.format ?? "wav") !== "wav";
}

export function startSpeech() {
  restore();
  for (const [name, text] of EXAMPLES) {
    byId("speech").querySelector(".examples").append(button(name, () => {
      script.focus();
      script.select();
      insert(text);
    }));
  }
  for (const tool of document.querySelectorAll("[data-insert]")) tool.addEventListener("click", () => insertTag(tool.dataset.insert));
  byId("speech").addEventListener("input", () => {
    keep();
    check();
  });
  byId("speech").addEventListener("submit", event => {
    event.preventDefault();
    speak();
  });
  script.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !byId("speak").disabled) speak();
  });
  byId("queue").addEventListener("click", async () => {
    await run(byId("queue"), notice, queue);
    check();
  });
  document.addEventListener("voices-changed", check);
  document.addEventListener("first-voice-made", speakFirst);
  whenState(showState);
  check();
}
