import { get, sendJson } from "./api.js";
import { confirmed } from "./dialogs.js";
import { byId, say, whenClicked } from "./dom.js";
import { loadVoices, selectedVoice } from "./voices.js";

/** The names of voices that OpenAI's clients have built in. */
const NAMES = ["alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"];

const notice = byId("voices-notice");

/** Makes a voice for each name that there is not yet, as a copy of the selected voice. */
async function makeVoices() {
  const voices = new Map(Object.entries(await get("/voice_mappings")));
  const missing = NAMES.filter(name => !voices.has(name));
  if (missing.length === 0) return say(notice, "There is a voice for each of these names already.");
  const model = selectedVoice();
  const kind = model ? ` They are copies of “${model}”, which you can edit.` : "";
  const question = `Make ${missing.length} voices: ${missing.join(", ")}?${kind}`;
  const made = await confirmed(question, "Make them", async () => {
    for (const name of missing) await sendJson("POST", "/voice_mappings", { ...voices.get(model), voice_id: name });
  }, "primary");
  await loadVoices();
  if (made) say(notice, `${missing.length} voices are made.`);
}

export function startOpenAiNames() {
  whenClicked(byId("names-make"), notice, makeVoices);
}
