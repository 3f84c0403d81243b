import { get, remove, sendJson } from "./api.js";
import { confirmed, open } from "./dialogs.js";
import { byId, make, say, whenClicked } from "./dom.js";
import { promptIds } from "./prompts.js";
import { playSound } from "./sound.js";

const KEPT = "dia-voice";
const select = byId("voice");
const notice = byId("voice-notice");
let mappings = {};

export const selectedVoice = () => select.value;

const route = (folder, id) => `/${folder}/${encodeURIComponent(id)}`;

export async function loadVoices(wanted = select.value || localStorage.getItem(KEPT)) {
  const [{ voices }, byName] = await Promise.all([get("/voices", { background: true }), get("/voice_mappings", { background: true })]);
  mappings = byName;
  select.replaceChildren(...voices.map(({ id }) => make("option", { value: id, textContent: id })));
  if (voices.some(({ id }) => id === wanted)) select.value = wanted;
  const none = voices.length === 0;
  if (none) select.append(make("option", { value: "", textContent: "No voices yet" }));
  byId("voice-hint").hidden = !none;
  for (const id of ["voice", "voice-preview", "voice-edit", "voice-delete"]) byId(id).disabled = none;
  document.dispatchEvent(new Event("voices-changed"));
}

/** Reloads the voices, and shows an error beside them. */
export async function refreshVoices() {
  try {
    await loadVoices();
    say(notice, "");
  } catch (error) {
    say(notice, error.message, "error");
  }
}

/** Makes a voice with the default settings, and asks the speech form to speak. */
async function makeFirst() {
  const id = "anna";
  await sendJson("POST", "/voice_mappings", { voice_id: id });
  await loadVoices(id);
  document.dispatchEvent(new Event("first-voice-made"));
}

function preview() {
  const id = select.value;
  return playSound(route("preview", id), `Preview of ${id}`, `preview_${id}.wav`);
}

async function edit(id) {
  const voice = id === null ? { primary_speaker: "S1" } : mappings[id];
  byId("voice-dialog-title").textContent = id === null ? "New voice" : "Edit voice";
  byId("voice-id").value = id ?? "";
  byId("voice-id").disabled = id !== null;
  choose(byId("voice-speaker"), ["S1", "S2"], voice.primary_speaker);
  choose(byId("voice-prompt"), ["", ...promptIds()], voice.audio_prompt ?? "", "None");
  byId("voice-transcript").value = voice.audio_prompt_transcript ?? "";
  if (await open(byId("voice-dialog"), () => save(id, voice))) await loadVoices(id ?? byId("voice-id").value);
}

function choose(list, values, chosen, nameOfEmpty = "") {
  const all = values.includes(chosen) ? values : [...values, chosen];
  list.replaceChildren(...all.map(value => make("option", { value, textContent: value || nameOfEmpty })));
  list.value = chosen;
}

/** Sends the fields that have changed. PUT cannot remove an audio prompt, so the voice is then created again. */
async function save(id, before) {
  const after = {
    primary_speaker: byId("voice-speaker").value,
    audio_prompt: byId("voice-prompt").value || null,
    audio_prompt_transcript: byId("voice-transcript").value.trim() || null,
  };
  if (id === null) {
    const name = byId("voice-id").value;
    if (mappings[name]) throw new Error(`There is a voice '${name}' already.`);
    await sendJson("POST", "/voice_mappings", { voice_id: name, ...after });
  } else if (before.audio_prompt !== null && after.audio_prompt === null) {
    await sendJson("POST", "/voice_mappings", { voice_id: id, style: before.style, ...after });
  } else {
    const changed = Object.entries(after).filter(([name, sent]) => sent !== (before[name] || null));
    await sendJson("PUT", route("voice_mappings", id), Object.fromEntries(changed.map(([name, sent]) => [name, sent ?? ""])));
  }
}

async function discard(id) {
  const question = `Delete the voice “${id}”? Its audio prompt is kept.`;
  if (await confirmed(question, "Delete", () => remove(route("voice_mappings", id)))) await loadVoices();
}

export function startVoices() {
  whenClicked(byId("voice-first"), notice, makeFirst);
  whenClicked(byId("voice-new"), notice, () => edit(null));
  whenClicked(byId("voice-preview"), notice, preview);
  whenClicked(byId("voice-edit"), notice, () => edit(select.value));
  whenClicked(byId("voice-delete"), notice, () => discard(select.value));
  select.addEventListener("change", () => localStorage.setItem(KEPT, select.value));
  document.addEventListener("prompts-changed", refreshVoices);
}
