export const HEADER_BYTES = 44;
/** The rate of PCM, if the request names none: docs/api.md, Generation. */
export const PCM_RATE = 24000;

/** Reads the rate from a 44-byte header of 16-bit mono PCM. */
export function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const isWav = view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57415645;
  const isMono16 = view.getUint16(22, true) === 1 && view.getUint16(34, true) === 16;
  if (!isWav || !isMono16) throw new Error("The server sent no WAV that can be played.");
  return view.getUint32(24, true);
}

/** Makes a WAV file of 16-bit mono samples. Its header has the exact sizes, which that of a stream has not. */
export function wavFile(pieces, rate) {
  const size = pieces.reduce((sum, piece) => sum + (piece.size ?? piece.byteLength), 0);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  view.setUint32(0, 0x52494646);
  view.setUint32(4, 36 + size, true);
  view.setUint32(8, 0x57415645);
  view.setUint32(12, 0x666d7420);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  view.setUint32(36, 0x64617461);
  view.setUint32(40, size, true);
  return new Blob([view.buffer, ...pieces], { type: "audio/wav" });
}

/** What the browser plays for audio of the server: PCM gets a header. */
export const playable = blob => blob.type === "audio/pcm" ? wavFile([blob], PCM_RATE) : blob;
