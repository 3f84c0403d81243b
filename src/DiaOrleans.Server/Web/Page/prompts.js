import { call, get, isShownOnce, remove, sendJson } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, byId, make, run, say, seconds } from "./dom.js";
import { Listing } from "./listing.js";
import { Track } from "./track.js";
import { nameFor, upload } from "./upload.js";

const SOURCES = { manual: "typed", reference: "from its reference file", txt: "from its text file", whisper: "recognised" };

const notice = byId("prompts-notice");
const tracks = new WeakMap();
let prompts = new Map();
let failed = false;
let recognition = { available: false, auto_transcribe: false };

export const promptIds = () => [...prompts.keys()];

/** True if the server may still be making a transcript. */
export const awaitsTranscript = () =>
  recognition.available && recognition.auto_transcribe && [...prompts.values()].some(({ transcript }) => !transcript);

const route = (id, rest = "") => `/audio_prompts/${encodeURIComponent(id)}${rest}`;

const list = new Listing(["prompts", "prompt-find", "prompt-total", "prompts-more"], {
  noun: "recording",
  row,
  isBusy: element => element.hasAttribute("data-changed"),
  dispose: element => tracks.get(element).dispose(),
});

export async function refreshPrompts() {
  try {
    const [byName, state] = await Promise.all([
      get("/audio_prompts/metadata", { background: true }),
      get("/whisper/status", { background: true }),
    ]);
    prompts = new Map(Object.entries(byName));
    recognition = state;
    list.items = [...prompts].map(([id, prompt]) => ({ id, ...prompt, canTranscribe: recognition.available }));
    if (failed) say(notice, "");
    failed = false;
  } catch (error) {
    if (isShownOnce(error)) return;
    failed = true;
    say(notice, error.message, "error");
  }
}

function row(prompt) {
  const { id, duration, canTranscribe } = prompt;
  const track = new Track(id, async () => (await call(route(id, "/audio"))).blob()).drawWhenSeen();
  const act = action => event => run(event.currentTarget, notice, action);
  const wanted = () => document.dispatchEvent(new CustomEvent("voice-wanted", { detail: id }));
  const actions = [button("New voice", wanted, `New voice with ${id}`)];
  if (canTranscribe) actions.push(button("Transcribe", act(() => transcribe(id)), `Transcribe ${id}`));
  actions.push(button("Delete", act(() => discard(id)), `Delete ${id}`));
  const item = make("li", {},
    make("div", { className: "facts" },
      make("span", { className: "title one-line", textContent: id, title: id }),
      make("span", { textContent: seconds(duration) })),
    track.element,
    ...transcriptField(prompt, () => item),
    make("div", { className: "buttons" }, ...actions));
  tracks.set(item, track);
  return item;
}

/** The transcript, which is saved by a button that appears if it was changed. */
function transcriptField({ id, transcript, transcript_source: source }, itemOf) {
  const text = make("textarea", { rows: 2, value: transcript ?? "", placeholder: "No transcript: type what is said" });
  text.setAttribute("aria-label", `Transcript of ${id}`);
  const origin = make("span", { className: "quiet", textContent: SOURCES[source] ?? "" });
  const save = button("Save", event => run(event.currentTarget, notice, async () => {
    await sendJson("PUT", route(id, "/transcript"), { transcript: text.value.trim() });
    itemOf().removeAttribute("data-changed");
    await changed();
  }), `Save the transcript of ${id}`);
  const undo = button("Undo", () => {
    text.value = transcript ?? "";
    show();
    text.focus();
  }, `Undo the change of the transcript of ${id}`);
  const hint = make("span", { className: "quiet", textContent: "Its voices get it too." });
  const foot = make("div", { className: "buttons" }, save, undo, hint);
  const show = () => {
    const isChanged = text.value.trim() !== (transcript ?? "");
    itemOf()?.toggleAttribute("data-changed", isChanged);
    foot.hidden = !isChanged;
    origin.hidden = isChanged || !origin.textContent;
  };
  foot.hidden = true;
  origin.hidden = !origin.textContent;
  text.addEventListener("input", show);
  return [text, origin, foot];
}

async function changed() {
  await refreshPrompts();
  document.dispatchEvent(new Event("prompts-changed"));
}

async function transcribe(id) {
  say(notice, `Transcribing ${id}…`);
  await call(route(id, "/transcribe"), { method: "POST" });
  say(notice, "");
  await changed();
}

async function discard(id) {
  let answer = {};
  if (!await confirmed(`Delete the recording “${id}”?`, "Delete", async () => answer = await remove(route(id)))) return;
  if (answer.warning) say(notice, `${answer.warning} ${answer.message}`, "error");
  await changed();
}

/** Asks for a recording's name, uploads it and shows it. `words` are what is said in it, if that is known. */
export async function add(file, name, words = "") {
  say(notice, "");
  const stored = await upload(file, name, words, async () => {
    await refreshPrompts();
    return prompts;
  });
  if (!stored) return;
  await changed();
  list.reveal(stored.id);
  if (stored.warning) say(notice, stored.warning);
}

export function startPrompts() {
  const [input, drop] = [byId("prompt-file"), byId("drop")];
  const take = files => files.length > 0 && run(input, notice, () => add(files[0], nameFor(files[0].name)));
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
