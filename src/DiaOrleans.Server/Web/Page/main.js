import { startJobs } from "./jobs.js";
import { startKey } from "./key.js";
import { awaitsTranscript, refreshPrompts, startPrompts } from "./prompts.js";
import { startRecorder } from "./recorder.js";
import { startScripts } from "./scripts.js";
import { startSpeech } from "./speech.js";
import { startStatus } from "./status.js";
import { startTabs } from "./tabs.js";
import { startTakes } from "./takes.js";
import { refreshVoices, startVoices } from "./voices.js";

async function refresh() {
  await refreshVoices();
  await refreshPrompts();
}

startTabs();
startKey(refresh);
startVoices();
startPrompts();
startRecorder();
startSpeech();
startTakes();
await refresh();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
startJobs();
startScripts();
startStatus(async () => {
  if (awaitsTranscript()) await refreshPrompts();
});
