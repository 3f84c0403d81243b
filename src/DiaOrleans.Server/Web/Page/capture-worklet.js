const SAMPLES = 2048;

/** Posts what it hears as blocks of samples, mono, -1 to 1. */
class Capture extends AudioWorkletProcessor {
  #block = new Float32Array(SAMPLES);
  #filled = 0;

  process([[heard]]) {
    for (const sample of heard ?? []) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < SAMPLES) continue;
      this.port.postMessage(this.#block);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor("capture", Capture);
