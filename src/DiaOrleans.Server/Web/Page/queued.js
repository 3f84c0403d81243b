import { get } from "./api.js";
import { byId, say } from "./dom.js";

const ENDS = { completed: "The queued job is finished: its audio is in the list of jobs.", cancelled: "" };

const PLACE_MS = 10_000;

const place = byId("queued");
let watched = null;
let asked = 0;
let number = null;

/** Says beside the button what became of a job that was queued, until it ends. */
export function watchQueued(id) {
  [watched, asked, number] = [id, 0, null];
  say(place, "Queued.");
}

/** Shows the state of that job. `jobs` are those of the list, `places` their numbers in the queue by id. */
export async function showQueued(jobs, places) {
  if (watched === null) return;
  const id = watched;
  const job = jobs.find(listed => listed.id === id) ?? await find(id);
  if (watched !== id) return;
  if (job?.status === "pending") {
    number = places.get(id) ?? await findPlace(id);
    if (watched === id) say(place, number ? `Queued: number ${number} in the queue.` : "Queued.");
  } else if (job?.status === "processing") {
    say(place, "The queued job is being spoken.");
  } else {
    say(place, job ? ENDS[job.status] ?? `The queued job failed: ${job.error_message}` : "");
    watched = null;
  }
}

/** The number in the queue of a job that is not in the list: a long list is read for it, so it is asked for seldom. */
async function findPlace(id) {
  if (performance.now() - asked < PLACE_MS && asked > 0) return number;
  asked = performance.now();
  const { jobs } = await get("/jobs?order=queue&status=pending&limit=500", { background: true });
  return jobs.findIndex(job => job.id === id) + 1 || null;
}

/** A job that is not in the list; null if it is gone. */
const find = id => get(`/jobs/${id}`, { background: true }).catch(error => {
  if (error.status !== 404) throw error;
  return null;
});
