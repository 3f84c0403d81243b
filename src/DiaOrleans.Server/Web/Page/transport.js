import { byId } from "./dom.js";
import { Playback } from "./playback.js";
import { startSeeking } from "./seeking.js";
import { Waveform } from "./waveform.js";

const KEPT_VOLUME = "dia-volume";
const STILL_MS = 500;

const [panel, toggle, seek, time, volume] = ["player", "play", "seek", "time", "volume"].map(byId);
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const canvas = byId("wave");
const wave = new Waveform(canvas);
const playback = new Playback(show);
let loaded = null;
let following = false;

export const position = () => playback.position;
export const isPlaying = () => playback.state !== "paused";
export const isLoaded = samples => loaded === samples;

/** Opens the output in the handler of a click, before the rate is known for certain. */
export const prepare = rate => playback.open(rate);
export const pause = () => isPlaying() && playback.pause();

/** Shows samples and plays them, or waits for the button. */
export function load(samples, { at = 0, playing = true } = {}) {
  loaded = samples;
  wave.reset(samples.rate);
  wave.add(samples.range(0), 1);
  playback.load(samples, at);
  if (playing) start();
}

/** Empties the player. */
export function unload() {
  pause();
  loaded = null;
  wave.reset(44100);
  show();
}

/** Adds samples that have arrived, which are played if their sound is the one that is loaded. */
export function arrived(samples, piece) {
  samples.add(piece);
  if (loaded !== samples) return;
  wave.add(piece, 1);
  playback.more();
  show();
}

export function completed(samples) {
  samples.complete = true;
  if (loaded !== samples) return;
  playback.more();
  show();
}

function start() {
  document.dispatchEvent(new CustomEvent("sound-starts", { detail: panel }));
  playback.play();
  if (!following) follow();
}

/** Shows the position while audio plays; in steps if the user wants no motion. */
function follow() {
  following = isPlaying();
  show();
  if (!following) return;
  if (stillness.matches) setTimeout(follow, STILL_MS);
  else requestAnimationFrame(follow);
}

function show() {
  const at = loaded ? playback.position : 0;
  const all = loaded?.seconds ?? 0;
  panel.dataset.sound = playback.state;
  toggle.textContent = isPlaying() ? "Pause" : "Play";
  toggle.disabled = seek.disabled = all === 0;
  seek.max = all.toFixed(2);
  seek.value = at.toFixed(2);
  time.textContent = `${clock(at)} / ${clock(all)}`;
  seek.setAttribute("aria-valuetext", `${clock(at)} of ${clock(all)}`);
  wave.heard = at;
}

const clock = value => `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;

toggle.addEventListener("click", () => isPlaying() ? playback.pause() : start());
seek.addEventListener("input", () => playback.seek(Number(seek.value)));
startSeeking({ canvas, wave, slider: seek, at: position, seek: seconds => playback.seek(seconds) });
volume.value = localStorage.getItem(KEPT_VOLUME) ?? "1";
playback.volume = Number(volume.value);
volume.addEventListener("input", () => {
  playback.volume = Number(volume.value);
  localStorage.setItem(KEPT_VOLUME, volume.value);
});
document.addEventListener("sound-starts", ({ detail }) => detail !== panel && pause());
show();
