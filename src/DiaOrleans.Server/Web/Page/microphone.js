const FULL_SCALE = 32767;

const ELSEWHERE = "Or record with another program and choose the file.";

const REASONS = {
  NotAllowedError: "The browser does not let this page use the microphone. Allow it with the icon beside the address, and try again.",
  NotFoundError: `There is no microphone. Connect one and try again. ${ELSEWHERE}`,
  NotReadableError: "The microphone does not start. Another program may be using it: close that and try again.",
};

/** A microphone that is open. It reports the level all the time, and keeps the samples between `begin` and `end`. */
export class Microphone {
  #stream;
  #context;
  #pieces = null;
  #samples = 0;

  /**
   * Opens the microphone; `onBlock` gets the peak of each block, 0 to 1, and the seconds kept so far. Throws an error whose message says
   * what to do.
   */
  static async open(onBlock) {
    if (!navigator.mediaDevices) {
      throw new Error("Browsers open the microphone only for pages on https or on localhost. "
        + `Open this page at http://localhost on the server's own machine, or serve it by https. ${ELSEWHERE}`);
    }
    const opened = new Microphone();
    try {
      await opened.#open(onBlock);
      return opened;
    } catch (error) {
      opened.close();
      throw new Error(REASONS[error.name] ?? `The microphone does not start: ${error.message}`);
    }
  }

  async #open(onBlock) {
    // The context is made before the first await: some browsers start one only in the handler of a click.
    this.#context = new AudioContext();
    const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    await this.#context.audioWorklet.addModule(new URL("./capture-worklet.js", import.meta.url));
    await this.#context.resume();
    const capture = new AudioWorkletNode(this.#context, "capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    capture.port.onmessage = ({ data }) => this.#take(data, onBlock);
    this.#context.createMediaStreamSource(this.#stream).connect(capture);
  }

  get rate() {
    return this.#context.sampleRate;
  }

  begin() {
    this.#pieces = [];
    this.#samples = 0;
  }

  /** The samples since `begin`, 16 bits each, in pieces. */
  end() {
    const pieces = this.#pieces ?? [];
    this.#pieces = null;
    return pieces;
  }

  close() {
    this.#stream?.getTracks().forEach(track => track.stop());
    if (this.#context && this.#context.state !== "closed") this.#context.close();
  }

  #take(block, onBlock) {
    if (this.#pieces) {
      this.#pieces.push(Int16Array.from(block, sample => Math.max(-1, Math.min(1, sample)) * FULL_SCALE));
      this.#samples += block.length;
    }
    onBlock(block.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0), this.#samples / this.rate);
  }
}
