import { isShownOnce } from "./api.js";
import { Arrival, rateOf } from "./arrival.js";
import { byId, say, seconds } from "./dom.js";
import { Progress } from "./progress.js";
import { Samples } from "./samples.js";
import { arrived, completed, isLoaded, isPlaying, load, pause, prepare, unload } from "./transport.js";

const panel = byId("player");
const figures = byId("figures");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
let run = null;
let onState = () => {};

/** Sets the listener of the state: waiting, streaming, done, stopped or failed. */
export function whenState(listener) {
  onState = listener;
}

/** Ends the generation and pauses what is heard. */
export function stop() {
  run?.abort();
  pause();
}

/**
 * Plays audio while it is generated; `ask` sends the request. Resolves to what was made, also if it was stopped or has failed, or to null if
 * there is nothing. `samples` is null if the browser cannot decode the format. `place` shows an error elsewhere and returns true, or returns
 * false.
 */
export async function speak({ ask, text, format, place }) {
  const mine = begin(format);
  const progress = new Progress(text);
  let [arrival, samples, seed] = [null, null, null];
  try {
    const answer = await ask(mine.signal);
    arrival = new Arrival(answer, format);
    seed = answer.headers.get("X-Seed");
    showSeed(seed);
    for await (const piece of arrival.pieces()) {
      mine.signal.throwIfAborted();
      if (!samples) {
        samples = new Samples(arrival.rate);
        load(samples);
        setState(mine, "streaming", "Playing while it is generated");
      }
      arrived(samples, piece);
      byId("made").textContent = seconds(samples.seconds);
      progress.made = samples.seconds;
      showFirst(samples, progress);
    }
    mine.signal.throwIfAborted();
    if (samples) completed(samples);
    showFirst(samples, progress);
    setState(mine, "done", "Finished.");
  } catch (error) {
    if (samples) completed(samples);
    if (mine.signal.aborted) setState(mine, "stopped", "Stopped.");
    else setState(mine, "failed", place(error) || isShownOnce(error) ? "" : error.message);
  }
  progress.end(arrival?.whole && samples);
  const blob = arrival?.file();
  if (run === mine && !blob?.size) figures.hidden = true;
  return blob?.size > 0 && (samples || !mine.signal.aborted) ? { blob, samples, seed, whole: arrival.whole } : null;
}

function begin(format) {
  stop();
  run = new AbortController();
  unload();
  prepare(rateOf(format));
  showSeed(null);
  byId("first-sound").textContent = "";
  byId("made").textContent = seconds(0);
  setState(run, "waiting", "Waiting for the first sound…");
  panel.scrollIntoView({ block: "nearest", behavior: stillness.matches ? "instant" : "smooth" });
  return run;
}

function showFirst(samples, { elapsed }) {
  if (byId("first-sound").textContent !== "" || !isLoaded(samples) || !isPlaying()) return;
  byId("first-sound").textContent = `${elapsed.toFixed(2)} s`;
}

function showSeed(seed) {
  figures.hidden = false;
  byId("seed-made").textContent = seed ?? "–";
  byId("seed-again").hidden = seed === null;
}

/** Shows whose audio is loaded, unless something is being generated. */
export function showLoaded(text, seed, length) {
  if (["waiting", "streaming"].includes(panel.dataset.state)) return;
  showSeed(seed);
  for (const id of ["first-sound", "took", "left"]) byId(id).textContent = "";
  byId("made").textContent = seconds(length);
  panel.dataset.state = "done";
  say(byId("player-status"), text);
  byId("player-status").classList.remove("notice");
}

/** Sets the state, unless a newer run has replaced this one. */
function setState(mine, state, text) {
  if (run !== mine) return;
  panel.dataset.state = state;
  say(byId("player-status"), text, state === "failed" ? "error" : "info");
  byId("player-status").classList.toggle("notice", state === "failed");
  onState(state);
}

byId("stop").addEventListener("click", stop);
