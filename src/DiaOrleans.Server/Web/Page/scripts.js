import { sendJson } from "./api.js";
import { byId, run, say } from "./dom.js";
import { readText } from "./script-file.js";
import { request } from "./speech.js";

const SEPARATOR = /^\s*-{3,}\s*$/m;
const notice = byId("jobs-notice");

/** The scripts of a file: its parts between lines of three hyphens or more. */
const split = text => text.split(SEPARATOR).map(part => part.trim()).filter(Boolean);

/** Submits a job, and waits as long as the queue is full. */
async function submit(body, waiting) {
  while (true) {
    try {
      return await sendJson("POST", "/generate?async_mode=true", body);
    } catch (error) {
      if (error.status !== 429) throw error;
      say(notice, waiting);
      await new Promise(resolve => setTimeout(resolve, 1000 * (error.wait ?? 1)));
    }
  }
}

/** Queues each script of the files as a job, with the voice and the settings of the form. A script that is refused is named. */
async function queue(files) {
  const scripts = [];
  for (const file of files) {
    scripts.push(...split(await readText(file)).map((text, index) => ({ text, from: `${file.name}, script ${index + 1}` })));
  }
  if (scripts.length === 0) throw new Error("There is no text in these files.");
  const settings = request();
  if (!settings.voice_id) throw new Error("Make a voice first: the scripts are spoken with the voice that is selected.");
  const refused = [];
  for (const [index, { text, from }] of scripts.entries()) {
    say(notice, `Queueing ${index + 1} of ${scripts.length}…`);
    try {
      await submit({ ...settings, text }, `Queueing ${index + 1} of ${scripts.length}: the queue is full, waiting…`);
    } catch (error) {
      // Any other status holds for the scripts that follow, too.
      const isOfScript = [400, 422].includes(error.status);
      if (!isOfScript) throw new Error(`${index} of ${scripts.length} scripts are queued. ${from}: ${error.message}`);
      refused.push(`${from}: ${error.message}`);
    }
  }
  document.dispatchEvent(new Event("jobs-changed"));
  const done = `${scripts.length - refused.length} of ${scripts.length} scripts are queued.`;
  say(notice, [done, ...refused].join(" "), refused.length > 0 ? "error" : "info");
}

export function startScripts() {
  const [choose, input] = [byId("scripts-choose"), byId("scripts-file")];
  choose.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    if (input.files.length > 0) await run(choose, notice, () => queue([...input.files]));
    input.value = "";
  });
}
