import { get } from "./api.js";
import { byId, make } from "./dom.js";

const SEARCHED = 20;
const TAGS = /\[S[12]\]:?/gi;
const IS_TAG = /^\[S[12]\]:?$/i;
/** What marks a speaker in a text: a tag, or a name at the beginning of a line. */
const MARKS = /\[S[12]\]|^\s*(S|Speaker )[12]:/im;
const FIRST_TAG = /^\s*\[S[12]\]/i;
const LAST_TAG = /\[S[12]\]\s*$/i;
const place = byId("processed");

const words = text => text.split(/\s+/).filter(word => word !== "");
const plain = text => words(text.replace(TAGS, " ")).join(" ");

/** True if more was made of a text than to add tags of speakers. */
export const differs = (text, processed) => plain(text) !== plain(processed);

/** What was made of a text, without the tags that the server adds for the model before a text without marks and behind the last turn. */
function withoutAddedTags(text, processed) {
  const begun = MARKS.test(text) ? processed : processed.replace(FIRST_TAG, "");
  return LAST_TAG.test(text) ? begun : begun.replace(LAST_TAG, "");
}

/** An element that shows what was made of a text; the words that the text does not have are marked. */
export function spokenAs(processed, text) {
  const known = new Set([...words(text), ...words(plain(text))]);
  const same = word => known.has(word) || IS_TAG.test(word);
  const shown = words(withoutAddedTags(text, processed));
  const marked = shown.flatMap(word => [" ", same(word) ? word : make("mark", { textContent: word })]);
  return make("p", { className: "quiet excerpt", title: shown.join(" ") }, "Spoken as:", ...marked);
}

export const hideSpoken = () => place.replaceChildren();

/** Shows what was made of a text that has just been spoken, from its entry in the log, if it differs. */
export async function showSpoken({ text, voice_id }) {
  const { logs } = await get(`/logs?limit=${SEARCHED}&voice=${encodeURIComponent(voice_id)}`, { background: true });
  const entry = logs.find(made => made.text === text);
  if (entry && differs(text, entry.processed_text)) place.replaceChildren(spokenAs(entry.processed_text, text));
  else hideSpoken();
}
