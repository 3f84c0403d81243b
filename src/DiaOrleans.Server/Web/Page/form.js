import { byId, make, say } from "./dom.js";
import { selectVoice, selectedVoice } from "./voices.js";

const KEPT = "dia-form";
const script = byId("script");

/** The fields of the form that shape the audio, by their ids; the script and the voice stand apart. */
export const SETTINGS = ["format", "speed", "seed", "temperature", "cfg-scale", "top-p"];

const read = ids => Object.fromEntries(ids.map(id => [id, byId(id).value]));

let keptFormat = "";

/** Fills the list of formats with those of the server. */
export function showFormats(names) {
  const select = byId("format");
  if (names.join() === [...select.options].map(({ value }) => value).join()) return;
  const wanted = select.value || keptFormat;
  select.replaceChildren(...names.map(name => make("option", { value: name, textContent: name })));
  if (names.includes(wanted)) select.value = wanted;
}

/** All that the form holds. */
export const formValues = () => ({ script: script.value, voice: selectedVoice(), settings: read(SETTINGS) });

/**
 * Sets what is given of `script`, `voice` and `settings`; settings that are not named become empty. `text` says what was done; the button
 * beside it brings back what the form held.
 */
export function fillForm({ script: words, voice, settings }, text) {
  const before = formValues();
  if (words !== undefined) replaceScript(words);
  if (settings) for (const id of SETTINGS) setField(id, settings[id] ?? "");
  const known = voice === undefined || selectVoice(voice);
  openSettings();
  changed();
  offerUndo(known ? text : `${text} There is no voice “${voice}” any more.`, () => fillForm(before, "What was there before is back."));
}

function setField(id, value) {
  const field = byId(id);
  if (field.tagName === "SELECT" && ![...field.options].some(option => option.value === value)) return;
  field.value = value;
}

/** Shows a message with a button that undoes what it tells; without a text it hides it. */
export function offerUndo(text, undo) {
  const place = byId("undo");
  say(byId("undo-text"), text);
  place.hidden = !text;
  byId("undo-do").onclick = () => {
    place.hidden = true;
    undo();
    script.focus();
  };
}

/** Replaces the script as if it was typed, so that the browser's own undo works too. */
function replaceScript(text) {
  if (text === script.value) return;
  script.focus();
  script.select();
  insertText(text);
}

/** Inserts text at the caret, so that the browser's own undo can remove it. */
export function insertText(text) {
  script.focus();
  const done = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (!done) script.setRangeText(text, script.selectionStart, script.selectionEnd, "end");
}

const changed = () => script.dispatchEvent(new Event("input", { bubbles: true }));

function openSettings() {
  const { format, ...others } = read(SETTINGS);
  if (Object.values(others).some(Boolean) || format !== "wav") byId("more").open = true;
}

export const keepForm = () => localStorage.setItem(KEPT, JSON.stringify(read(["script", ...SETTINGS])));

export function restoreForm() {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  keptFormat = kept.format ?? "";
  for (const id of ["script", ...SETTINGS]) if (kept[id]) setField(id, kept[id]);
  byId("more").open = Object.entries(kept).some(([id, value]) => id !== "script" && value && value !== "wav");
}
