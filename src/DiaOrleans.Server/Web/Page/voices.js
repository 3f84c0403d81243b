import { get, isShownOnce, remove, sendJson } from "./api.js";
import { confirmed, open } from "./dialogs.js";
import { button, byId, make, run, say, whenClicked } from "./dom.js";
import { fieldError } from "./form-errors.js";
import { Listing } from "./listing.js";
import { promptIds } from "./prompts.js";
import { playSound } from "./sound.js";
import { showTab } from "./tabs.js";

const KEPT = "dia-voice";
const select = byId("voice");
const notice = byId("voice-notice");
const rowNotice = byId("voices-notice");
let mappings = new Map();
let offered = "";

export const selectedVoice = () => select.value;

/** Selects a voice; false if there is none with this id. */
export function selectVoice(id) {
  if (![...select.options].some(({ value }) => value === id)) return false;
  select.value = id;
  localStorage.setItem(KEPT, id);
  return true;
}

const route = (folder, id) => `/${folder}/${encodeURIComponent(id)}`;

const list = new Listing(["voices", "voice-find", "voice-total", "voices-more"], { noun: "voice", row });

export async function loadVoices(wanted = select.value || localStorage.getItem(KEPT)) {
  const [{ voices }, byName] = await Promise.all([get("/voices", { background: true }), get("/voice_mappings", { background: true })]);
  mappings = new Map(Object.entries(byName));
  const none = voices.length === 0;
  const options = none ? [["", "No voices yet"]] : voices.map(({ id }) => [id, id]);
  // A list that is open would close if its options were made again.
  if (JSON.stringify(options) !== offered) {
    offered = JSON.stringify(options);
    select.replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent })));
  }
  if (voices.some(({ id }) => id === wanted)) select.value = wanted;
  byId("voice-hint").hidden = byId("voices-none").hidden = !none;
  for (const id of ["voice", "voice-preview", "voice-edit", "voice-delete"]) byId(id).disabled = none;
  list.items = voices.map(({ id }) => ({ id, ...mappings.get(id) }));
  document.dispatchEvent(new Event("voices-changed"));
}

/** Reloads the voices, and shows an error beside them. */
export async function refreshVoices() {
  try {
    await loadVoices();
    say(notice, "");
  } catch (error) {
    if (!isShownOnce(error)) say(notice, error.message, "error");
  }
}

function row({ id, audio_prompt: prompt, primary_speaker: speaker }) {
  const act = action => event => run(event.currentTarget, rowNotice, action);
  return make("li", { className: "row" },
    make("div", { className: "facts" },
      make("span", { className: "title one-line", textContent: id, title: id }),
      make("span", { className: "one-line", textContent: prompt ? `continues ${prompt}` : `without a recording, ${speaker}` })),
    make("div", { className: "buttons" },
      button("Use", () => use(id), `Use ${id}`),
      button("Preview", act(() => preview(id)), `Preview ${id}`),
      button("Edit", act(() => edit(id)), `Edit ${id}`),
      button("Delete", act(() => discard(id)), `Delete ${id}`)));
}

function use(id) {
  select.value = id;
  select.dispatchEvent(new Event("change"));
  select.focus();
}

/** Makes a voice with the default settings, and asks the speech form to speak. */
async function makeFirst() {
  const id = "anna";
  await sendJson("POST", "/voice_mappings", { voice_id: id });
  await loadVoices(id);
  document.dispatchEvent(new Event("first-voice-made"));
}

const preview = id => playSound(route("preview", id), `Preview of ${id}`, `preview_${id}.wav`);

/** Opens the dialog of a voice; null makes a new one, with a recording if `prompt` names it. */
export async function edit(id, prompt = "") {
  const voice = id === null ? { primary_speaker: "S1", audio_prompt: prompt } : mappings.get(id);
  byId("voice-dialog-title").textContent = id === null ? "New voice" : "Edit voice";
  byId("voice-id").value = id ?? prompt;
  byId("voice-id").disabled = id !== null;
  choose(byId("voice-speaker"), ["S1", "S2"], voice.primary_speaker);
  choose(byId("voice-prompt"), ["", ...promptIds()], voice.audio_prompt ?? "", "None");
  byId("voice-transcript").value = voice.audio_prompt_transcript ?? "";
  if (!await open(byId("voice-dialog"), () => save(id, voice))) return;
  const name = id ?? byId("voice-id").value;
  await loadVoices(name);
  list.reveal(name);
}

/** Offers values, and the one that a voice has even if it is not among them. */
function choose(field, values, chosen, blank = "") {
  const offered = values.includes(chosen) ? values : [...values, chosen];
  field.replaceChildren(...offered.map(value => make("option", { value, textContent: value || blank })));
  field.value = chosen;
}

/** Sends the fields that were changed. PUT cannot remove a recording, so the voice is then created again. */
async function save(id, before) {
  const after = {
    primary_speaker: byId("voice-speaker").value,
    audio_prompt: byId("voice-prompt").value || null,
    audio_prompt_transcript: byId("voice-transcript").value.trim() || null,
  };
  if (id === null) {
    const name = byId("voice-id").value;
    if (mappings.has(name)) throw fieldError("voice_id", `There is a voice “${name}” already.`);
    await sendJson("POST", "/voice_mappings", { voice_id: name, ...after });
  } else if (before.audio_prompt !== null && after.audio_prompt === null) {
    await sendJson("POST", "/voice_mappings", { voice_id: id, style: before.style, ...after });
  } else {
    const changed = Object.entries(after).filter(([name, sent]) => sent !== (before[name] || null));
    await sendJson("PUT", route("voice_mappings", id), Object.fromEntries(changed.map(([name, sent]) => [name, sent ?? ""])));
  }
}

async function discard(id) {
  const kept = mappings.get(id)?.audio_prompt ? " Its recording is kept." : "";
  const question = `Delete the voice “${id}”?${kept}`;
  if (await confirmed(question, "Delete", () => remove(route("voice_mappings", id)))) await loadVoices();
}

export function startVoices() {
  whenClicked(byId("voice-first"), notice, makeFirst);
  whenClicked(byId("voice-new"), notice, () => edit(null));
  whenClicked(byId("voice-preview"), notice, () => preview(select.value));
  whenClicked(byId("voice-edit"), notice, () => edit(select.value));
  whenClicked(byId("voice-delete"), notice, () => discard(select.value));
  select.addEventListener("change", () => localStorage.setItem(KEPT, select.value));
  document.addEventListener("prompts-changed", refreshVoices);
  document.addEventListener("voice-wanted", event => {
    showTab("voices");
    run(byId("voice-new"), notice, () => edit(null, event.detail));
  });
}
