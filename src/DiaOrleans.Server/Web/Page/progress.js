import { byId, seconds } from "./dom.js";

const KEPT_RATE = "dia-characters-per-second";
const USUAL_RATE = 14;
const PERIOD_MS = 500;
const [bar, took, left] = ["progress", "took", "left"].map(byId);

/** Characters that a second of speech has, as learned from what was spoken before. */
const rate = () => Number(localStorage.getItem(KEPT_RATE)) || USUAL_RATE;

/**
 * Shows how long a generation takes. How much is left is a guess from the length of the text and the speed so far, as the length of its
 * audio is known only at the end.
 */
export class Progress {
  #characters;
  #expected;
  #made = 0;
  #started = performance.now();
  #timer;

  constructor(text) {
    this.#characters = [...text].length;
    this.#expected = this.#characters / rate();
    bar.hidden = false;
    bar.removeAttribute("value");
    this.#show();
    this.#timer = setInterval(() => this.#show(), PERIOD_MS);
  }

  /** Seconds since the beginning. */
  get elapsed() {
    return (performance.now() - this.#started) / 1000;
  }

  /** Sets the seconds of audio that are there. */
  set made(value) {
    this.#made = value;
    bar.value = Math.min(0.99, value / this.#expected);
  }

  /** Ends it; `whole` is true if the audio is that of the whole text. */
  end(whole) {
    clearInterval(this.#timer);
    this.#show();
    left.textContent = "";
    bar.hidden = true;
    if (!whole || this.#made < 1) return;
    localStorage.setItem(KEPT_RATE, String((rate() + this.#characters / this.#made) / 2));
  }

  #show() {
    took.textContent = seconds(this.elapsed);
    const ahead = this.#expected - this.#made;
    left.textContent = this.#made > 0 && ahead > 0 ? `about ${Math.ceil(ahead * this.elapsed / this.#made)} s` : "";
  }
}
