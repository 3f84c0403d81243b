const LEAD = 0.05;
const FIRST_RESERVE = 0.2;
const HIGHEST_RESERVE = 4;

/** Plays samples in order. If they arrive too slowly, it waits until a reserve has arrived, which is doubled each time. */
export class Playback {
  #context;
  #onStart;
  #waiting = [];
  #waitingSeconds = 0;
  #reserve = FIRST_RESERVE;
  #scheduledSeconds = 0;
  #next = 0;
  #ended = false;
  #last = null;
  #finish = () => {};

  constructor(rate, onStart) {
    this.#context = new AudioContext({ sampleRate: rate });
    this.#context.resume();
    this.#onStart = onStart;
  }

  get rate() {
    return this.#context.sampleRate;
  }

  /** Seconds that have been played. */
  get position() {
    return this.#scheduledSeconds - Math.max(0, this.#next - this.#context.currentTime);
  }

  add(samples) {
    const buffer = this.#context.createBuffer(1, samples.length, this.#context.sampleRate);
    buffer.getChannelData(0).set(Float32Array.from(samples, sample => sample / 32768));
    this.#waiting.push(buffer);
    this.#waitingSeconds += buffer.duration;
    this.#schedule();
  }

  /** Call it after the last sample; resolves when that has been played, or at `stop`. */
  end() {
    this.#ended = true;
    this.#schedule();
    return new Promise(resolve => {
      this.#finish = resolve;
      if (this.#context.state === "closed" || this.#next <= this.#context.currentTime) resolve();
      else this.#last.onended = resolve;
    });
  }

  stop() {
    if (this.#context.state !== "closed") this.#context.close();
    this.#finish();
  }

  #schedule() {
    if (this.#context.state === "closed" || this.#waiting.length === 0) return;
    const now = this.#context.currentTime;
    if (this.#next <= now) {
      if (!this.#ended && this.#waitingSeconds < this.#reserve) return;
      if (this.#scheduledSeconds === 0) this.#onStart(LEAD);
      else this.#reserve = Math.min(2 * this.#reserve, HIGHEST_RESERVE);
      this.#next = now + LEAD;
    }
    for (const buffer of this.#waiting) {
      this.#last = this.#context.createBufferSource();
      this.#last.buffer = buffer;
      this.#last.connect(this.#context.destination);
      this.#last.start(this.#next);
      this.#next += buffer.duration;
    }
    this.#scheduledSeconds += this.#waitingSeconds;
    [this.#waiting, this.#waitingSeconds] = [[], 0];
  }
}
