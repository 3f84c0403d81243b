import { get } from "./api.js";
import { byId, make } from "./dom.js";

const SEARCHED = 20;
const TAGS = /\[S[12]\]:?/gi;
const IS_TAG = /^\[S[12]\]:?$/i;
const place = byId("processed");

const words = text => text.split(/\s+/).filter(word => word !== "");
const plain = text => words(text.replace(TAGS, " ")).join(" ");

/** True if more was made of a text than to add tags of speakers. */
export const differs = (text, processed) => plain(text) !== plain(processed);

/** An element that shows what was made of a text; the words that the text does not have are marked. */
export function spokenAs(processed, text = null) {
  const known = text === null ? null : new Set([...words(text), ...words(plain(text))]);
  const same = word => !known || known.has(word) || IS_TAG.test(word);
  const shown = words(processed).flatMap(word => [" ", same(word) ? word : make("mark", { textContent: word })]);
  return make("p", { className: "quiet excerpt", title: processed }, "Spoken as:", ...shown);
}

export const hideSpoken = () => place.replaceChildren();

/** Shows what was made of a text that has just been spoken, from its entry in the log, if it differs. */
export async function showSpoken({ text, voice_id }) {
  const { logs } = await get(`/logs?limit=${SEARCHED}&voice=${encodeURIComponent(voice_id)}`, { background: true });
  const entry = logs.find(made => made.text === text);
  if (entry && differs(text, entry.processed_text)) place.replaceChildren(spokenAs(entry.processed_text, text));
  else hideSpoken();
}
