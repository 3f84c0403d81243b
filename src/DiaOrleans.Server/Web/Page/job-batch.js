import { call, get, remove } from "./api.js";
import { saveFile } from "./dom.js";
import { resultPath } from "./job-row.js";
import { Zip } from "./zip.js";

const AT_A_TIME = 4;
const PAGE = 500;
const MAX_WORDS = 40;

/** All jobs of a state, newest first. */
async function list(status) {
  const jobs = [];
  for (let more = true; more;) {
    const page = (await get(`/jobs?status=${status}&limit=${PAGE}&offset=${jobs.length}`)).jobs;
    jobs.push(...page);
    more = page.length === PAGE;
  }
  return jobs;
}

/** Cancels the jobs that wait, the last one first, and then those that run. `tell` shows how far it is. */
export async function cancelAll(tell) {
  const jobs = [...await list("pending"), ...await list("processing")];
  const rest = [...jobs];
  const work = async () => {
    for (let job; (job = rest.shift());) {
      tell(`Cancelling ${jobs.length - rest.length} of ${jobs.length}…`);
      // A job that has ended meanwhile cannot be cancelled any more.
      await remove(`/jobs/${job.id}`).catch(error => {
        if (![400, 404].includes(error.status)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  tell("");
}

/** Downloads the audio of all finished jobs as one ZIP file, the first job first. `tell` shows how far it is. */
export async function downloadAll(tell) {
  const jobs = (await list("completed")).reverse();
  const zip = new Zip();
  for (const [index, job] of jobs.entries()) {
    tell(`Fetching ${index + 1} of ${jobs.length}…`);
    await zip.add(nameIn(job, index), await (await call(resultPath(job))).blob(), new Date(job.completed_at));
  }
  tell("");
  saveFile(zip.toBlob(), "speech.zip");
}

/** A file name for any system: a number, the voice and the first words. */
function nameIn(job, index) {
  const words = `${job.voice_id} ${job.text.replace(/\[S[12]\]/g, "")}`.normalize("NFC")
    .replace(/[^\p{L}\p{Nd}\p{M}'-]+/gu, " ").trim();
  const short = [...words].slice(0, MAX_WORDS).join("").trim();
  return `${String(index + 1).padStart(4, "0")} ${short}.${job.response_format ?? "wav"}`;
}
