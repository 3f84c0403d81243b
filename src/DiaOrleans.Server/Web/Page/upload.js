import { call, sendJson } from "./api.js";
import { open } from "./dialogs.js";
import { byId } from "./dom.js";
import { fieldError } from "./form-errors.js";
import { Track } from "./track.js";

const MAX_CHARACTERS = 128;
const MAX_BYTES = 200;

/** An id that the server accepts, made from the name of a file. */
export function nameFor(fileName) {
  const name = fileName.replace(/\.[^.]*$/, "").replace(/\.reference$/i, "").normalize("NFC")
    .replace(/[^\p{L}\p{Nd}\p{M} _.'()-]+/gu, "_").replace(/\.{2,}/g, ".");
  const characters = [...name].slice(0, MAX_CHARACTERS);
  while (new TextEncoder().encode(characters.join("")).length > MAX_BYTES) characters.pop();
  return characters.join("").replace(/^[. ]+|[. ]+$/g, "");
}

/**
 * Asks for the name and the words of a recording, and uploads it. Under a name that is taken, it asks before it replaces the recording.
 * `readPrompts` resolves to the recordings that there are, by id. Resolves to the id and the server's warning, or null if it was cancelled.
 */
export async function upload(file, name, words, readPrompts) {
  const [field, text, submit] = [byId("upload-id"), byId("upload-transcript"), byId("upload-yes")];
  const track = new Track("the recording", async () => file);
  byId("upload-sound").replaceChildren(track.drawWhenSeen().element);
  byId("upload-file").textContent = file.name;
  field.value = name;
  text.value = words;
  let agreed = null;
  let stored = null;
  const ask = () => {
    agreed = null;
    submit.textContent = "Upload";
  };
  ask();
  field.addEventListener("input", ask);
  await open(byId("upload-dialog"), async () => {
    const id = field.value.normalize("NFC");
    if (agreed !== id && (await readPrompts()).has(id)) {
      agreed = id;
      submit.textContent = "Replace";
      throw new Error(`There is a recording “${id}” already. With it goes its transcript, also that of voices that took it.`);
    }
    stored = await send(file, id, text.value.trim());
  });
  field.removeEventListener("input", ask);
  track.dispose();
  return stored;
}

/** Sends the form; what the server says of the name is an error of that field. */
async function post(form) {
  try {
    return await call("/audio_prompts/upload", { method: "POST", body: form });
  } catch (error) {
    const [, allowed] = /^Invalid prompt_id: use (.*)$/.exec(error.message) ?? [];
    throw allowed ? fieldError("prompt_id", `Use ${allowed}`) : error;
  }
}

async function send(file, id, words) {
  const form = new FormData();
  form.append("prompt_id", id);
  form.append("audio_file", file, file.name);
  const { warning } = await (await post(form)).json();
  if (words) await sendJson("PUT", `/audio_prompts/${encodeURIComponent(id)}/transcript`, { transcript: words });
  return { id, warning };
}
