const LEAD = 0.05;
const FIRST_RESERVE = 0.2;
const HIGHEST_RESERVE = 4;
const PIECE_SECONDS = 5;
const AHEAD_SECONDS = 10;

/**
 * Plays samples from any place of what is there. If they arrive too slowly, it waits until a reserve has arrived, which is doubled each
 * time. `state` is paused, playing or waiting (for samples).
 */
export class Playback {
  #context = null;
  #gain = null;
  #volume = 1;
  #samples = null;
  #sources = new Set();
  #at = 0;
  #scheduled = 0;
  #next = 0;
  #reserve = FIRST_RESERVE;
  #onChange;

  constructor(onChange) {
    this.state = "paused";
    this.#onChange = onChange;
  }

  /** Opens the output for a rate. Called in the handler of a click: some browsers allow sound only there. */
  open(rate) {
    if (this.#context?.sampleRate !== rate) {
      this.#context?.close();
      this.#context = new AudioContext({ sampleRate: rate });
      this.#gain = this.#context.createGain();
      this.#gain.gain.value = this.#volume;
      this.#gain.connect(this.#context.destination);
    }
    this.#context.resume();
  }

  set volume(value) {
    this.#volume = value;
    if (this.#gain) this.#gain.gain.value = value;
  }

  /** Seconds from the beginning. */
  get position() {
    if (this.state !== "playing") return this.#at;
    const heard = this.#scheduled / this.#samples.rate - Math.max(0, this.#next - this.#context.currentTime);
    return Math.max(this.#at, heard);
  }

  /** Replaces what is played. It stays paused until `play`. */
  load(samples, at = 0) {
    this.#halt();
    this.#samples = samples;
    this.#reserve = FIRST_RESERVE;
    this.#at = Math.min(at, samples.seconds);
    this.#change("paused");
  }

  play() {
    this.open(this.#samples.rate);
    if (this.#samples.complete && this.#at >= this.#samples.seconds) this.#at = 0;
    this.#scheduled = Math.round(this.#at * this.#samples.rate);
    this.#change("waiting");
    this.more();
  }

  pause() {
    this.#at = this.position;
    this.#halt();
    this.#change("paused");
  }

  seek(seconds) {
    const wasPlaying = this.state !== "paused";
    this.#halt();
    this.#at = Math.max(0, Math.min(seconds, this.#samples.seconds));
    this.#change("paused");
    if (wasPlaying) this.play();
  }

  /** Called after samples have arrived, or the last one has. */
  more() {
    if (this.state === "waiting") this.#begin();
    if (this.state === "playing") this.#schedule();
  }

  #begin() {
    const { length, rate, complete } = this.#samples;
    const ahead = (length - this.#scheduled) / rate;
    if (complete && ahead <= 0) this.#end();
    else if (complete || ahead >= this.#reserve) {
      this.#next = this.#context.currentTime + LEAD;
      this.#change("playing");
    }
  }

  #schedule() {
    const { length, rate } = this.#samples;
    while (this.#scheduled < length && this.#next < this.#context.currentTime + AHEAD_SECONDS) {
      const to = Math.min(length, this.#scheduled + PIECE_SECONDS * rate);
      const buffer = this.#context.createBuffer(1, to - this.#scheduled, rate);
      buffer.copyToChannel(this.#samples.range(this.#scheduled, to), 0);
      const source = new AudioBufferSourceNode(this.#context, { buffer });
      source.connect(this.#gain);
      source.onended = () => this.#heard(source);
      source.start(this.#next);
      this.#sources.add(source);
      this.#next += buffer.duration;
      this.#scheduled = to;
    }
  }

  #heard(source) {
    if (!this.#sources.delete(source)) return;
    this.#schedule();
    if (this.#sources.size > 0) return;
    this.#at = this.#scheduled / this.#samples.rate;
    if (this.#samples.complete) {
      this.#end();
      return;
    }
    this.#reserve = Math.min(2 * this.#reserve, HIGHEST_RESERVE);
    this.#change("waiting");
  }

  #end() {
    this.#at = this.#samples.seconds;
    this.#change("paused");
  }

  #halt() {
    const sources = [...this.#sources];
    this.#sources.clear();
    for (const source of sources) source.stop();
  }

  #change(state) {
    this.state = state;
    this.#onChange();
  }
}
