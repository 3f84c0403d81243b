import { make, releaseSound, say } from "./dom.js";
import { startSeeking } from "./seeking.js";
import { Waveform } from "./waveform.js";

const DECODE_RATE = 44100;
const LOADS_AT_A_TIME = 2;

let loads = 0;
const waiting = [];

const clock = value => `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;

/** Runs `work` when fewer than two others run, so that a list of sounds does not take all connections of the browser. */
async function inTurn(work) {
  if (loads >= LOADS_AT_A_TIME) await new Promise(resolve => waiting.push(resolve));
  loads++;
  try {
    return await work();
  } finally {
    loads--;
    waiting.shift()?.();
  }
}

/** A recording that can be played: a button, its waveform with the position, and the time. It is fetched when it is seen or played. */
export class Track {
  #label;
  #load;
  #audio = new Audio();
  #button = make("button", { type: "button", className: "play" });
  #canvas = make("canvas");
  #seek = make("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0, className: "seek" });
  #time = make("span", { className: "time" });
  #notice = make("p", { className: "notice", hidden: true });
  #wave;
  #loading = null;
  #url = null;
  #watch = new AbortController();

  /** `label` names the sound; `load` resolves to its blob. */
  constructor(label, load) {
    this.#label = label;
    this.#load = load;
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#notice.setAttribute("role", "alert");
    this.#seek.setAttribute("aria-label", `Position in ${label}`);
    this.#wave = new Waveform(this.#canvas, { fit: true });
    this.element = make("div", { className: "sound" },
      this.#button, make("div", { className: "track" }, this.#canvas, this.#seek), this.#time, this.#notice);
    this.#button.addEventListener("click", () => this.toggle());
    this.#seek.addEventListener("input", () => this.#moveTo(Number(this.#seek.value)));
    startSeeking({
      canvas: this.#canvas,
      wave: this.#wave,
      slider: this.#seek,
      at: () => this.#audio.currentTime,
      seek: seconds => this.#moveTo(seconds),
    });
    for (const event of ["play", "pause", "ended", "timeupdate", "durationchange"]) {
      this.#audio.addEventListener(event, () => this.#show());
    }
    // One sound at a time: what starts tells the others, which pause.
    this.#audio.addEventListener("play", () => document.dispatchEvent(new CustomEvent("sound-starts", { detail: this.#audio })));
    document.addEventListener("sound-starts", ({ detail }) => detail !== this.#audio && this.pause(), { signal: this.#watch.signal });
    this.#show();
  }

  /** Fetches the sound and draws it as soon as it can be seen. */
  drawWhenSeen() {
    const seen = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      seen.disconnect();
      inTurn(() => this.#fetch()).catch(() => {});
    }, { rootMargin: "200px" });
    seen.observe(this.element);
    this.#watch.signal.addEventListener("abort", () => seen.disconnect());
    return this;
  }

  async toggle() {
    if (!this.#audio.paused) return this.#audio.pause();
    try {
      say(this.#notice, "");
      this.#button.disabled = true;
      await this.#fetch();
      await this.#audio.play();
    } catch (error) {
      if (error.name === "NotSupportedError") say(this.#notice, "This browser cannot play the format. Download the file.", "error");
      else if (error.name !== "NotAllowedError" && error.name !== "AbortError") say(this.#notice, error.message, "error");
    } finally {
      this.#button.disabled = false;
      if (document.activeElement === document.body) this.#button.focus();
    }
  }

  pause() {
    this.#audio.pause();
  }

  /** Ends the sound and frees its memory. */
  dispose() {
    this.#watch.abort();
    releaseSound(this.#audio, [this.#url]);
    this.#wave.dispose();
  }

  #fetch() {
    this.#loading ??= this.#fetchOnce().catch(error => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async #fetchOnce() {
    const { signal } = this.#watch;
    signal.throwIfAborted();
    const blob = await this.#load();
    signal.throwIfAborted();
    this.#url = URL.createObjectURL(blob);
    this.#audio.src = this.#url;
    try {
      const sound = await new OfflineAudioContext(1, 1, DECODE_RATE).decodeAudioData(await blob.arrayBuffer());
      this.#wave.reset(DECODE_RATE);
      this.#wave.add(sound.getChannelData(0), 1);
    } catch {
      // A browser may play a format that it cannot decode as a whole. The sound then has no waveform.
    }
  }

  #moveTo(position) {
    this.#audio.currentTime = Math.max(0, Math.min(position, this.#audio.duration));
    this.#show();
  }

  #show() {
    const { paused, currentTime, duration } = this.#audio;
    const length = Number.isFinite(duration) ? duration : 0;
    this.#button.dataset.state = paused ? "paused" : "playing";
    this.#button.setAttribute("aria-label", `${paused ? "Play" : "Pause"} ${this.#label}`);
    this.#seek.disabled = length === 0;
    this.#seek.max = length || 1;
    this.#seek.value = currentTime;
    this.#seek.setAttribute("aria-valuetext", `${currentTime.toFixed(1)} of ${length.toFixed(1)} seconds`);
    this.#wave.heard = currentTime;
    this.#time.textContent = length === 0 ? "" : `${clock(currentTime)} / ${clock(Math.round(length))}`;
  }
}
