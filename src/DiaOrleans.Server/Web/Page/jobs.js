import { get, isShownOnce, remove } from "./api.js";
import { confirmed } from "./dialogs.js";
import { byId, say, whenClicked } from "./dom.js";
import { cancelAll, downloadAll } from "./job-batch.js";
import { JobEvents } from "./job-events.js";
import { JobRow } from "./job-row.js";
import { showQueued, watchQueued } from "./queued.js";
import { shownTab, showTab } from "./tabs.js";

const PAGE = 25;
const PERIOD_MS = 2000;

const list = byId("jobs");
const notice = byId("jobs-notice");
const rows = new Map();
const followed = new JobEvents(showEvent);
let offset = 0;
let counts = { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };

const unfinished = () => counts.pending + counts.processing;
const finished = () => counts.completed + counts.failed + counts.cancelled;

/** Shows what an event says of a running job. If the job has ended, others have moved. */
function showEvent(job) {
  rows.get(job.id)?.row.show(job, null);
  if (job.status !== "processing") document.dispatchEvent(new Event("job-ended"));
}

/** Running jobs come first, then those that wait in the order in which they will run, then the finished ones. */
async function refresh() {
  const isShown = shownTab() === "jobs";
  const asked = performance.now();
  const answer = await get(`/jobs?order=queue&limit=${isShown ? PAGE : 0}&offset=${offset}`, { background: true });
  counts = answer.counts;
  summarise();
  followed.follow(isShown && document.visibilityState === "visible" ? runningIds(answer.jobs) : []);
  if (!isShown) return showQueued([], new Map());
  if (answer.jobs.length === 0 && offset > 0) {
    offset = Math.max(0, offset - PAGE);
    return refresh();
  }
  const places = draw(answer.jobs.map(job => followed.newest(job, asked)));
  byId("jobs-pages").hidden = answer.total <= PAGE;
  byId("jobs-place").textContent = `${offset + 1} to ${offset + answer.jobs.length} of ${answer.total}`;
  byId("jobs-before").disabled = offset === 0;
  byId("jobs-after").disabled = offset + PAGE >= answer.total;
  await showQueued(answer.jobs, places);
}

const runningIds = jobs => jobs.filter(({ status }) => status === "processing").map(({ id }) => id);

function summarise() {
  const words = { processing: "running", pending: "waiting", completed: "finished", failed: "failed", cancelled: "cancelled" };
  const parts = Object.entries(words).filter(([name]) => counts[name] > 0).map(([name, word]) => `${counts[name]} ${word}`);
  byId("jobs-state").textContent = parts.join(", ");
  byId("jobs-hint").hidden = parts.length > 0;
  byId("jobs-cancel").hidden = unfinished() === 0;
  byId("jobs-zip").hidden = counts.completed === 0;
  byId("jobs-clear").hidden = finished() === 0;
  byId("tab-jobs").textContent = unfinished() > 0 ? `Jobs (${unfinished()})` : "Jobs";
}

/** Shows jobs, and returns the numbers in the queue of those that wait, by id. */
function draw(jobs) {
  const ids = new Set(jobs.map(({ id }) => id));
  for (const [id, { row }] of rows) {
    if (ids.has(id)) continue;
    row.element.remove();
    rows.delete(id);
  }
  const places = new Map();
  jobs.forEach((job, index) => {
    const place = job.status === "pending" ? Math.max(1, offset + index - counts.processing + 1) : null;
    if (place !== null) places.set(job.id, place);
    const state = JSON.stringify([job, place]);
    const known = rows.get(job.id);
    const row = known?.row ?? new JobRow(job, place, refresh);
    if (known && known.state !== state) row.show(job, place);
    rows.set(job.id, { state, row });
    put(row.element, index);
  });
  return places;
}

/** Moves a row to a place of the list. An element that is moved loses the focus. */
function put(element, index) {
  if (list.children[index] === element) return;
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(element, list.children[index] ?? null);
  focused?.focus();
}

async function turn(pages) {
  offset = Math.max(0, offset + pages * PAGE);
  try {
    await refresh();
    list.querySelector("button")?.focus();
  } catch (error) {
    say(notice, error.message, "error");
  }
}

async function clear() {
  if (await confirmed("Remove all finished jobs and their audio?", "Remove", () => remove("/jobs"))) await refresh();
}

async function cancel() {
  const question = `Cancel ${unfinished() === 1 ? "the job" : `all ${unfinished()} jobs`} that run or wait?`;
  if (!await confirmed(question, "Cancel them", () => {})) return;
  await cancelAll(text => say(notice, text));
  await refresh();
}

/** Refreshes the list every two seconds, as long as the page is visible or a job is unfinished; running jobs are followed besides. */
export function startJobs() {
  let timer = 0;
  let failed = false;
  const look = async () => {
    clearTimeout(timer);
    try {
      if (unfinished() > 0 || document.visibilityState === "visible") await refresh();
      if (failed) say(notice, "");
      failed = false;
    } catch (error) {
      if (!isShownOnce(error)) {
        failed = true;
        say(notice, error.message, "error");
      }
    }
    clearTimeout(timer);
    timer = setTimeout(look, PERIOD_MS);
  };
  whenClicked(byId("jobs-clear"), notice, clear);
  whenClicked(byId("jobs-cancel"), notice, cancel);
  whenClicked(byId("jobs-zip"), notice, () => downloadAll(text => say(notice, text)));
  // A page that is turned to decides whether these buttons are enabled.
  byId("jobs-before").addEventListener("click", () => turn(-1));
  byId("jobs-after").addEventListener("click", () => turn(1));
  document.addEventListener("jobs-changed", ({ detail }) => {
    offset = 0;
    if (detail) watchQueued(detail);
    showTab("jobs");
    look();
  });
  document.addEventListener("job-ended", look);
  document.addEventListener("tab-shown", ({ detail }) => detail === "jobs" && look());
  document.addEventListener("visibilitychange", look);
  look();
}
