const LIMIT = 0xFFFFFFFF;
const VERSION = 20;
const UTF8_NAMES = 0x0800;

const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xEDB88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes) {
  let crc = 0xFFFFFFFF;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >>> 8);
  return (crc ^ 0xFFFFFFFF) >>> 0;
}

/** Date and time in the format of MS-DOS, local time. */
function stamp(when) {
  const time = (when.getHours() << 11) | (when.getMinutes() << 5) | (when.getSeconds() >> 1);
  const date = ((when.getFullYear() - 1980) << 9) | ((when.getMonth() + 1) << 5) | when.getDate();
  return [time, date];
}

/** A record of numbers, each with its size in bytes, little-endian. */
function record(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return view.buffer;
}

/** A ZIP file of files that are stored without compression (APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16). */
export class Zip {
  #parts = [];
  #directory = [];
  #size = 0;

  /** Adds a file. Throws if the ZIP would have more than 4 GB or 65,535 files. */
  async add(name, blob, when) {
    if (this.#size + blob.size > LIMIT || this.#directory.length / 2 >= 0xFFFF) {
      throw new Error("That is too much for one ZIP file. Download the rest after clearing these.");
    }
    const encoded = new TextEncoder().encode(name);
    const crc = crc32(new Uint8Array(await blob.arrayBuffer()));
    const [time, date] = stamp(when);
    const common = [[2, UTF8_NAMES], [2, 0], [2, time], [2, date], [4, crc], [4, blob.size], [4, blob.size], [2, encoded.length], [2, 0]];
    this.#directory.push(
      record([4, 0x02014B50], [2, VERSION], [2, VERSION], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, this.#size]),
      encoded);
    const header = record([4, 0x04034B50], [2, VERSION], ...common);
    this.#parts.push(header, encoded, blob);
    this.#size += header.byteLength + encoded.length + blob.size;
  }

  /** The finished file. */
  toBlob() {
    const count = this.#directory.length / 2;
    const length = this.#directory.reduce((sum, part) => sum + part.byteLength, 0);
    const end = record([4, 0x06054B50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, this.#size], [2, 0]);
    return new Blob([...this.#parts, ...this.#directory, end], { type: "application/zip" });
  }
}
