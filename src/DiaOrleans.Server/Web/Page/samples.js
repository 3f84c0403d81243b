const FIRST_SECONDS = 30;

/** Samples of one channel in -1 to 1, which may still arrive. */
export class Samples {
  #kept;
  #length = 0;

  constructor(rate) {
    this.rate = rate;
    this.complete = false;
    this.#kept = new Float32Array(rate * FIRST_SECONDS);
  }

  get length() {
    return this.#length;
  }

  get seconds() {
    return this.#length / this.rate;
  }

  add(piece) {
    if (this.#length + piece.length > this.#kept.length) {
      const larger = new Float32Array(Math.max(2 * this.#kept.length, this.#length + piece.length));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** The samples of a range, not copied. */
  range(from, to = this.#length) {
    return this.#kept.subarray(from, to);
  }
}
