const PEAKS_PER_SECOND = 40;
const SHORTEST_SECONDS = 6;
const BAR = 2;
const GAP = 2;

/** Draws the loudness of the audio over time, and the part that has been played. */
export class Waveform {
  #canvas;
  #peaks = [];
  #rate = 44100;
  #inPeak = 0;
  #heard = 0;
  #fit;
  #watch = new AbortController();

  /** With `fit`, the audio takes the whole width, however short it is. */
  constructor(canvas, { fit = false } = {}) {
    this.#canvas = canvas;
    this.#fit = fit;
    const { signal } = this.#watch;
    const sizes = new ResizeObserver(() => this.#draw());
    sizes.observe(canvas);
    signal.addEventListener("abort", () => sizes.disconnect());
    document.addEventListener("theme-changed", () => this.#draw(), { signal });
  }

  /** Ends the redrawing of a waveform that is not shown any more. */
  dispose() {
    this.#watch.abort();
  }

  reset(rate) {
    [this.#peaks, this.#rate, this.#inPeak, this.#heard] = [[], rate, 0, 0];
    this.#draw();
  }

  /** Adds samples; `full` is their full scale. */
  add(samples, full) {
    const length = Math.round(this.#rate / PEAKS_PER_SECOND);
    for (const sample of samples) {
      if (this.#inPeak === 0) this.#peaks.push(0);
      const level = Math.abs(sample) / full;
      if (level > this.#peaks[this.#peaks.length - 1]) this.#peaks[this.#peaks.length - 1] = level;
      this.#inPeak = (this.#inPeak + 1) % length;
    }
    this.#draw();
  }

  /** Seconds that have been played. */
  set heard(value) {
    this.#heard = value;
    this.#draw();
  }

  /** The time of a place, whose distance from the left is in CSS pixels; no more than the length of the audio. */
  secondsAt(x) {
    const bar = x / (BAR + GAP);
    return Math.min(bar * this.#peaksPerBar(), this.#peaks.length) / PEAKS_PER_SECOND;
  }

  #bars() {
    return Math.floor(this.#canvas.clientWidth / (BAR + GAP));
  }

  #peaksPerBar() {
    return Math.max(this.#peaks.length, this.#fit ? 1 : SHORTEST_SECONDS * PEAKS_PER_SECOND) / this.#bars();
  }

  #draw() {
    const scale = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#canvas.width = width * scale;
    this.#canvas.height = height * scale;
    const brush = this.#canvas.getContext("2d");
    const colours = getComputedStyle(this.#canvas);
    brush.scale(scale, scale);
    const [bars, peaksPerBar] = [this.#bars(), this.#peaksPerBar()];
    for (let bar = 0; bar < bars; bar++) {
      const [from, to] = [Math.floor(bar * peaksPerBar), Math.max(Math.floor((bar + 1) * peaksPerBar), Math.floor(bar * peaksPerBar) + 1)];
      if (from >= this.#peaks.length) break;
      const level = Math.max(...this.#peaks.slice(from, to));
      const tall = Math.max(2, level * (height - 8));
      brush.fillStyle = colours.getPropertyValue(from / PEAKS_PER_SECOND < this.#heard ? "--accent" : "--wave");
      brush.fillRect(GAP + bar * (BAR + GAP), (height - tall) / 2, BAR, tall);
    }
  }
}
