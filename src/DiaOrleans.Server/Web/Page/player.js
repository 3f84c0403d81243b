import { byId, say, seconds } from "./dom.js";
import { Playback } from "./playback.js";
import { playable, readStream, wavFile } from "./wav.js";
import { Waveform } from "./waveform.js";

const USUAL_RATE = 44100;

const [panel, audio, download, figures, result] = ["player", "audio", "download", "figures", "result"].map(byId);
const wave = new Waveform(byId("wave"));
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
let run = null;
let playback = null;
let shown = [];
let onState = () => {};

/** Sets the listener of the state: waiting, streaming, playing, done, stopped or failed. */
export function whenState(listener) {
  onState = listener;
}

export function stop() {
  run?.abort();
  playback?.stop();
  audio.pause();
}

/** Plays a streamed WAV while it arrives; `ask` sends the request. */
export async function playStream(ask) {
  const mine = begin("Waiting for the first sound…");
  const started = performance.now();
  const pieces = [];
  let made = 0;
  const open = rate => playback = new Playback(rate, lead => {
    byId("first-sound").textContent = `${((performance.now() - started) / 1000 + lead).toFixed(2)} s`;
    setState(mine, "streaming", "Playing while it is generated");
  });
  // Opened before the first await: some browsers allow sound only in the handler of a click.
  let sound = open(USUAL_RATE);
  try {
    const answer = await ask(mine.signal);
    figures.hidden = false;
    const samples = readStream(answer.body, ({ rate }) => {
      if (rate !== sound.rate) {
        sound.stop();
        sound = open(rate);
      }
      wave.reset(rate);
    });
    follow(mine);
    for await (const piece of samples) {
      mine.signal.throwIfAborted();
      pieces.push(piece);
      made += piece.length / sound.rate;
      byId("made").textContent = seconds(made);
      wave.add(piece, 32768);
      sound.add(piece);
    }
    show(wavFile(pieces, sound.rate), "speech.wav");
    const heard = sound.end();
    setState(mine, "playing", "Playing");
    await heard;
    mine.signal.throwIfAborted();
    setState(mine, "done", "Finished.");
  } catch (error) {
    if (run === mine && pieces.length > 0 && result.hidden) show(wavFile(pieces, sound.rate), "speech.wav");
    fail(mine, error);
  } finally {
    sound.stop();
  }
}

/** Fetches finished audio, shows it and plays it. */
export async function playWhole(ask, name) {
  const mine = begin("Generating the audio…");
  try {
    const answer = await ask(mine.signal);
    const blob = await answer.blob();
    mine.signal.throwIfAborted();
    show(blob, name);
    await draw(blob);
    mine.signal.throwIfAborted();
    await audio.play();
    setState(mine, "done", name);
  } catch (error) {
    if (error.name === "NotSupportedError") setState(mine, "failed", "This browser cannot play the format; the download has it.");
    else if (error.name === "NotAllowedError") setState(mine, "done", name);
    else fail(mine, error);
  }
}

function begin(text) {
  stop();
  run = new AbortController();
  shown.forEach(URL.revokeObjectURL);
  shown = [];
  audio.removeAttribute("src");
  [figures.hidden, result.hidden] = [true, true];
  byId("first-sound").textContent = "–";
  byId("made").textContent = seconds(0);
  wave.reset(USUAL_RATE);
  setState(run, "waiting", text);
  panel.scrollIntoView({ block: "nearest", behavior: stillness.matches ? "instant" : "smooth" });
  return run;
}

function fail(mine, error) {
  if (mine.signal.aborted) setState(mine, "stopped", "Stopped.");
  else setState(mine, "failed", error.message);
}

/** Sets the state, unless a newer run has replaced this one. */
function setState(mine, state, text) {
  if (run !== mine) return;
  panel.dataset.state = state;
  say(byId("player-status"), text, state === "failed" ? "error" : "info");
  byId("player-status").classList.toggle("notice", state === "failed");
  onState(state);
}

function show(blob, name) {
  shown = [URL.createObjectURL(playable(blob)), URL.createObjectURL(blob)];
  [audio.src, download.href] = shown;
  download.download = name;
  result.hidden = false;
}

async function draw(blob) {
  try {
    const sound = await new OfflineAudioContext(1, 1, USUAL_RATE).decodeAudioData(await blob.arrayBuffer());
    wave.reset(USUAL_RATE);
    wave.add(sound.getChannelData(0), 1);
  } catch {
    wave.reset(USUAL_RATE);
  }
}

/** Updates the position in the waveform while audio plays. */
function follow(mine) {
  if (run !== mine || !["waiting", "streaming", "playing"].includes(panel.dataset.state)) return;
  if (!stillness.matches) wave.heard = playback.position;
  requestAnimationFrame(() => follow(mine));
}

audio.addEventListener("play", () => {
  // The finished file replaces the stream.
  playback?.stop();
  document.dispatchEvent(new CustomEvent("sound-starts", { detail: audio }));
});
audio.addEventListener("timeupdate", () => {
  if (result.hidden) return;
  wave.heard = audio.currentTime;
});
document.addEventListener("sound-starts", ({ detail }) => detail !== audio && audio.pause());
byId("stop").addEventListener("click", stop);
