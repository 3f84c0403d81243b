import { open } from "./dialogs.js";
import { byId, run, say, seconds } from "./dom.js";
import { Microphone } from "./microphone.js";
import { add } from "./prompts.js";
import { Track } from "./track.js";
import { wavFile } from "./wav.js";

const MAX_SECONDS = 20;
const MIN_SECONDS = 0.5;
const COUNT_FROM = 3;
const QUIET = 0.05;
const CLIPPED = 0.99;
const DECAY = 0.85;

// About 6 to 9 seconds each, with many of the sounds of English.
const SENTENCES = [
  "The old lighthouse keeper poured a cup of tea, opened the window, and listened to the waves far below him.",
  "Yesterday we walked through the market, bought five ripe peaches, and shared them on a bench by the river.",
  "If you ever visit my village, ask for the baker: she knows everyone, and she always has a story to tell.",
  "My sister plays the cello in a small orchestra, and on quiet evenings the whole street can hear her practise.",
];

const [dialog, text, level, state, notice] =
  ["record-dialog", "record-text", "record-level", "record-state", "record-notice"].map(byId);
const [start, stop, again, accept] = ["record-start", "record-stop", "record-again", "record-use"].map(byId);

let sentence = 0;
let microphone = null;
let phase = "idle";
let loudest = 0;
let track = null;
let file = null;

/** Shows the buttons of a phase: idle, counting, recording or done. */
function enter(next) {
  phase = next;
  const shown = { idle: [start], counting: [stop], recording: [stop], done: [again, accept] }[next];
  for (const control of [start, stop, again, accept]) control.hidden = !shown.includes(control);
  text.readOnly = next !== "idle";
  byId("record-other").hidden = next !== "idle";
  level.hidden = next === "idle" || next === "done";
  if (dialog.open) shown[shown.length - 1].focus();
}

async function record() {
  say(notice, "");
  forget();
  microphone = await Microphone.open(hear);
  if (!dialog.open) return close();
  enter("counting");
  for (let left = COUNT_FROM; left > 0 && phase === "counting"; left--) {
    state.textContent = `Recording starts in ${left}…`;
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
  if (phase !== "counting") return;
  loudest = 0;
  microphone.begin();
  enter("recording");
}

function hear(peak, kept) {
  level.value = Math.max(peak, level.value * DECAY);
  if (phase !== "recording") return;
  loudest = Math.max(loudest, peak);
  // Only once a second, because a screen reader reads each change.
  const now = `Recording: ${Math.floor(kept)} of ${MAX_SECONDS} s`;
  if (state.textContent !== now) state.textContent = now;
  if (kept >= MAX_SECONDS) finish();
}

function finish() {
  if (phase === "counting") {
    state.textContent = "";
    close();
    return enter("idle");
  }
  const { rate } = microphone;
  const pieces = microphone.end();
  close();
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0) / rate;
  state.textContent = "";
  if (length < MIN_SECONDS) {
    say(notice, "That was too short. Read the whole sentence: 5 to 10 seconds are best.", "error");
    return enter("idle");
  }
  file = new File([wavFile(pieces, rate)], "microphone.wav", { type: "audio/wav" });
  track = new Track("what was recorded", async () => file);
  byId("record-sound").replaceChildren(track.drawWhenSeen().element);
  state.textContent = `${seconds(length)} recorded. Listen to it, then use it or record again.`;
  if (loudest < QUIET) say(notice, "Almost nothing was heard. Speak nearer to the microphone, or choose another in the browser.", "error");
  else if (loudest >= CLIPPED) say(notice, "It was too loud, and is distorted. Speak farther from the microphone.", "error");
  enter("done");
}

function close() {
  microphone?.close();
  microphone = null;
}

/** Forgets what was recorded. */
function forget() {
  track?.dispose();
  byId("record-sound").replaceChildren();
  [track, file] = [null, null];
}

function offer(step) {
  sentence = (sentence + step) % SENTENCES.length;
  text.value = SENTENCES[sentence];
}

async function begin() {
  offer(0);
  state.textContent = "";
  enter("idle");
  const isUsed = await open(dialog, async () => {
    if (!file) throw new Error("Nothing is recorded yet.");
  }, () => phase !== "idle");
  phase = "closed";
  close();
  const recorded = file;
  forget();
  if (isUsed) await add(recorded, "", text.value.trim());
}

export function startRecorder() {
  for (const control of [start, again]) control.addEventListener("click", () => run(control, notice, record));
  stop.addEventListener("click", finish);
  byId("record-other").addEventListener("click", () => offer(1));
  byId("record").addEventListener("click", () => run(byId("record"), byId("prompts-notice"), begin));
}
