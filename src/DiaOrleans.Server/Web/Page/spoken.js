import { get } from "./api.js";
import { byId, make, say } from "./dom.js";

const SEARCHED = 20;
const place = byId("processed");

const sentence = text => `Spoken as: ${text}`;

/** An element that shows what was made of a text. */
export const spokenAs = text => make("p", { className: "quiet excerpt", textContent: sentence(text), title: text });

export const hideSpoken = () => say(place, "");

/** Shows what was made of a text that has just been spoken, from its entry in the log. */
export async function showSpoken({ text, voice_id }) {
  const { logs } = await get(`/logs?limit=${SEARCHED}&voice=${encodeURIComponent(voice_id)}`, { background: true });
  const entry = logs.find(made => made.text === text);
  say(place, entry ? sentence(entry.processed_text) : "");
}
