import { whenChangedElsewhere } from "./changes.js";
import { startConnection } from "./connection.js";
import { startJobs } from "./jobs.js";
import { startKey } from "./key.js";
import { startOpenAiNames } from "./openai-names.js";
import { awaitsTranscript, refreshPrompts, startPrompts } from "./prompts.js";
import { startRecorder } from "./recorder.js";
import { startScripts } from "./scripts.js";
import { startSettings } from "./settings.js";
import { refreshLimits, startSpeech } from "./speech.js";
import { startStatus } from "./status.js";
import { startTabs } from "./tabs.js";
import { startTakes } from "./takes.js";
import { refreshVoices, startVoices } from "./voices.js";

const LOOKS_A_REFRESH = 6;

async function refresh() {
  await refreshLimits();
  await refreshVoices();
  await refreshPrompts();
}

startTabs();
startKey(refresh);
startConnection(refresh);
startVoices();
startOpenAiNames();
startPrompts();
startRecorder();
startSpeech();
startTakes();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
whenChangedElsewhere(refresh);
startJobs();
startScripts();
startSettings();
let looks = 0;
startStatus(async () => {
  // Other programs change voices and recordings, too.
  if (++looks % LOOKS_A_REFRESH === 0) await refresh();
  else if (awaitsTranscript()) await refreshPrompts();
});
await refresh();
