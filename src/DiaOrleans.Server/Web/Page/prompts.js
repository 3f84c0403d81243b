import { call, get, remove, sendJson } from "./api.js";
import { confirmed, open } from "./dialogs.js";
import { button, byId, make, run, say, seconds } from "./dom.js";
import { playSound } from "./sound.js";

const MAX_CHARACTERS = 128;
const MAX_BYTES = 200;

const notice = byId("prompts-notice");
let prompts = {};
let failed = false;
let recognition = { available: false, auto_transcribe: false };

export const promptIds = () => Object.keys(prompts);

/** True if the server may still be making a transcript. */
export const awaitsTranscript = () =>
  recognition.available && recognition.auto_transcribe && Object.values(prompts).some(({ transcript }) => !transcript);

const route = (id, rest = "") => `/audio_prompts/${encodeURIComponent(id)}${rest}`;

export async function refreshPrompts() {
  try {
    const before = JSON.stringify([prompts, recognition]);
    [prompts, recognition] = await Promise.all([
      get("/audio_prompts/metadata", { background: true }),
      get("/whisper/status", { background: true }),
    ]);
    if (JSON.stringify([prompts, recognition]) !== before) byId("prompts").replaceChildren(...Object.values(prompts).map(row));
    if (failed) say(notice, "");
    failed = false;
  } catch (error) {
    failed = true;
    say(notice, error.message, "error");
  }
}

function row(prompt) {
  const { prompt_id: id, duration, transcript } = prompt;
  const actions = [
    button("Play", event => act(event, () => play(id)), `Play ${id}`),
    button("Edit transcript", event => act(event, () => editTranscript(prompt)), `Edit the transcript of ${id}`),
  ];
  if (recognition.available) actions.push(button("Transcribe", event => act(event, () => transcribe(id)), `Transcribe ${id}`));
  actions.push(button("Delete", event => act(event, () => discard(id)), `Delete ${id}`));
  return make("li", {},
    make("div", { className: "facts" },
      make("span", { className: "title", textContent: id }),
      make("span", { textContent: seconds(duration) })),
    make("p", { className: transcript ? "excerpt" : "quiet", textContent: transcript || "No transcript", title: transcript ?? "" }),
    make("div", { className: "buttons" }, ...actions));
}

const act = (event, action) => run(event.currentTarget, notice, action);

async function changed() {
  await refreshPrompts();
  document.dispatchEvent(new Event("prompts-changed"));
}

async function editTranscript({ prompt_id: id, transcript }) {
  byId("transcript-dialog-title").textContent = `Transcript of ${id}`;
  byId("transcript-text").value = transcript ?? "";
  const save = () => sendJson("PUT", route(id, "/transcript"), { transcript: byId("transcript-text").value.trim() });
  if (await open(byId("transcript-dialog"), save)) await changed();
}

const play = id => playSound(route(id, "/audio"), `Recording ${id}`, `${id}.wav`);

async function transcribe(id) {
  say(notice, `Transcribing ${id}…`);
  await call(route(id, "/transcribe"), { method: "POST" });
  say(notice, "");
  await changed();
}

async function discard(id) {
  let answer = {};
  if (!await confirmed(`Delete the audio prompt “${id}”?`, "Delete", async () => answer = await remove(route(id)))) return;
  if (answer.warning) say(notice, `${answer.warning} ${answer.message}`, "error");
  await changed();
}

async function upload(file) {
  byId("upload-file").textContent = file.name;
  byId("upload-id").value = nameFor(file);
  const done = await open(byId("upload-dialog"), () => {
    const form = new FormData();
    form.append("prompt_id", byId("upload-id").value);
    form.append("audio_file", file);
    return call("/audio_prompts/upload", { method: "POST", body: form });
  });
  if (done) await changed();
}

/** An id that the server accepts, made from the file's name. */
function nameFor(file) {
  const name = file.name.replace(/\.[^.]*$/, "").replace(/\.reference$/i, "").normalize("NFC")
    .replace(/[^\p{L}\p{Nd}\p{M} _.'()-]+/gu, "_").replace(/\.{2,}/g, ".");
  const characters = [...name].slice(0, MAX_CHARACTERS);
  while (new TextEncoder().encode(characters.join("")).length > MAX_BYTES) characters.pop();
  return characters.join("").replace(/^[. ]+|[. ]+$/g, "");
}

export function startPrompts() {
  const [input, drop] = [byId("prompt-file"), byId("drop")];
  const take = files => files.length > 0 && run(input, notice, () => upload(files[0]));
  input.addEventListener("change", async () => {
    await take(input.files);
    input.value = "";
  });
  drop.addEventListener("dragover", event => {
    event.preventDefault();
    drop.toggleAttribute("data-over", true);
  });
  drop.addEventListener("dragleave", () => drop.removeAttribute("data-over"));
  drop.addEventListener("drop", event => {
    event.preventDefault();
    drop.removeAttribute("data-over");
    take(event.dataTransfer.files);
  });
}
