import { HEADER_BYTES, PCM_RATE, readHeader, wavFile } from "./wav.js";

const DECODED_RATE = 44100;
const FIRST_DECODED_BYTES = 4096;
const GROWTH = 1.15;
const UNSURE_SECONDS = 0.15;
const UNPLAYABLE = "This browser cannot play the format; the download has it.";

/** The rate at which a format is played. */
export const rateOf = format => format === "pcm" ? PCM_RATE : DECODED_RATE;

/** Audio of a format while it arrives, or whole. */
export class Arrival {
  #format;
  #parts = [];
  #body;
  #type;

  /** @param {Response} answer the audio, whole or a stream */
  constructor(answer, format) {
    this.#body = answer.body;
    this.#type = answer.headers.get("Content-Type") ?? "";
    this.#format = format;
    /** Known when the first samples are there. */
    this.rate = rateOf(format);
    /** True after the last byte has arrived. */
    this.whole = false;
  }

  /** Samples in -1 to 1, in order. Throws if the connection breaks or the browser cannot decode the format. */
  pieces() {
    if (this.#format === "wav") return this.#plain(HEADER_BYTES);
    return this.#format === "pcm" ? this.#plain(0) : this.#decoded();
  }

  /** What has arrived, as a file. */
  file() {
    const blob = new Blob(this.#parts, { type: this.#type });
    // The header of a stream has no sizes.
    return this.#format === "wav" ? wavFile([blob.slice(HEADER_BYTES)], this.rate) : blob;
  }

  async *#plain(header) {
    let kept = new Uint8Array(0);
    let toSkip = header;
    for await (const part of this.#chunks()) {
      const bytes = new Uint8Array(kept.length + part.length);
      bytes.set(kept);
      bytes.set(part, kept.length);
      kept = bytes;
      if (bytes.length < toSkip) continue;
      if (toSkip > 0) this.rate = readHeader(bytes);
      const end = bytes.length - ((bytes.length - toSkip) & 1);
      kept = bytes.slice(end);
      const samples = new Int16Array(bytes.slice(toSkip, end).buffer);
      toSkip = 0;
      if (samples.length > 0) yield Float32Array.from(samples, sample => sample / 32768);
    }
  }

  /**
   * Decodes all that has arrived, each time that it has grown by a part, and yields what is new. The last samples of an unfinished file
   * depend on what follows, hence they wait.
   */
  async *#decoded() {
    let [size, next, given] = [0, FIRST_DECODED_BYTES, 0];
    for await (const part of this.#chunks()) {
      size += part.length;
      if (size < next) continue;
      next = size * GROWTH;
      const known = await this.#decode().catch(() => new Float32Array(0));
      const sure = Math.floor(known.length - UNSURE_SECONDS * DECODED_RATE);
      if (sure <= given) continue;
      yield known.subarray(given, sure);
      given = sure;
    }
    const all = await this.#decode().catch(() => {
      throw new Error(UNPLAYABLE);
    });
    if (all.length > given) yield all.subarray(given);
  }

  async #decode() {
    const bytes = await new Blob(this.#parts).arrayBuffer();
    return (await new OfflineAudioContext(1, 1, DECODED_RATE).decodeAudioData(bytes)).getChannelData(0);
  }

  async *#chunks() {
    const reader = this.#body.getReader();
    try {
      for (let part; !(part = await next(reader)).done;) {
        this.#parts.push(part.value);
        yield part.value;
      }
      this.whole = true;
    } finally {
      // Stops the server if the reader stops early.
      reader.cancel().catch(() => {});
    }
  }
}

async function next(reader) {
  try {
    return await reader.read();
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("The connection ended before the audio did.");
  }
}
