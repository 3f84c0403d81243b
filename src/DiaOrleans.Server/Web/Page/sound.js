import { call } from "./api.js";
import { byId, releaseSound } from "./dom.js";
import { playable } from "./wav.js";

const [bar, audio, download] = ["sound", "sound-audio", "sound-download"].map(byId);
let run = null;
let addresses = [];

/**
 * Plays audio of the server in the bar at the bottom; the player and its takes stay as they are. `label` says what is heard, `name` is that
 * of a downloaded file. Resolves when the audio plays; a newer call or `Close` rejects with AbortError.
 */
export async function playSound(path, label, name = "sound.wav") {
  const mine = begin();
  const blob = await (await call(path, { signal: mine.signal })).blob();
  mine.signal.throwIfAborted();
  addresses = [URL.createObjectURL(playable(blob)), URL.createObjectURL(blob)];
  [audio.src, download.href] = addresses;
  download.download = name;
  byId("sound-title").textContent = label;
  bar.hidden = false;
  try {
    await audio.play();
  } catch (error) {
    // The browser forbids sound until the page is used; the bar has a button to play.
    if (error.name === "NotAllowedError") return;
    throw error.name === "NotSupportedError" ? new Error("This browser cannot play the format; the download has it.") : error;
  }
}

function begin() {
  run?.abort();
  run = new AbortController();
  releaseSound(audio, addresses);
  addresses = [];
  return run;
}

function close() {
  begin();
  bar.hidden = true;
}

// One sound at a time: what starts tells the others, which pause.
audio.addEventListener("play", () => document.dispatchEvent(new CustomEvent("sound-starts", { detail: audio })));
document.addEventListener("sound-starts", ({ detail }) => detail !== audio && audio.pause());
byId("sound-close").addEventListener("click", close);
