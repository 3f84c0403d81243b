import { call, get, remove } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, byId, make, run, say, seconds, whenClicked } from "./dom.js";
import { playSound } from "./sound.js";
import { spokenAs } from "./spoken.js";
import { showTab } from "./tabs.js";

const SHOWN = 20;
const PERIOD_MS = 2000;
const UNFINISHED = ["pending", "processing"];

const list = byId("jobs");
const notice = byId("jobs-notice");
const rows = new Map();
let unfinished = false;

const isUnfinished = job => UNFINISHED.includes(job.status);
const fileName = job => `speech_${job.id.slice(0, 8)}.${job.response_format ?? "wav"}`;
const result = job => `/jobs/${job.id}/result`;
const act = (event, action) => run(event.currentTarget, notice, action);

async function refresh() {
  const { jobs } = await get(`/jobs?limit=${SHOWN}`, { background: true });
  unfinished = jobs.some(isUnfinished);
  byId("jobs-hint").hidden = jobs.length > 0;
  byId("jobs-clear").hidden = jobs.every(isUnfinished);
  for (const id of [...rows.keys()].filter(id => !jobs.some(job => job.id === id))) {
    rows.get(id).element.remove();
    rows.delete(id);
  }
  jobs.forEach((job, place) => {
    const state = JSON.stringify(job);
    const known = rows.get(job.id);
    if (known?.state === state && list.children[place] === known.element) return;
    const element = known?.state === state ? known.element : row(job);
    const hadFocus = known?.element.contains(document.activeElement);
    if (known && known.element !== element) known.element.remove();
    list.insertBefore(element, list.children[place] ?? null);
    rows.set(job.id, { state, element });
    if (hadFocus) element.querySelector("button")?.focus();
  });
}

function row(job) {
  const what = job.text.length > 40 ? `${job.text.slice(0, 40)}…` : job.text;
  const facts = [make("span", { className: job.status, textContent: job.status }), make("span", { textContent: job.voice_id })];
  if (job.generation_time !== null) facts.push(make("span", { textContent: `took ${seconds(job.generation_time)}` }));
  facts.push(make("span", { textContent: new Date(job.created_at).toLocaleTimeString() }));
  const actions = make("div", { className: "buttons" });
  if (isUnfinished(job)) {
    actions.append(button("Cancel", event => act(event, () => cancel(job)), `Cancel ${what}`));
  } else if (job.status === "completed") {
    actions.append(
      button("Play", event => act(event, () => playSound(result(job), `Job: ${what}`, fileName(job))), `Play ${what}`),
      button("Download", event => act(event, () => download(job)), `Download ${what}`));
  }
  const item = make("li", {},
    make("p", { className: "excerpt", textContent: job.text, title: job.text }),
    make("div", { className: "row" }, make("div", { className: "facts" }, ...facts), actions));
  item.dataset.status = job.status;
  if (job.processed_text) item.append(spokenAs(job.processed_text));
  if (job.error_message) item.append(make("p", { className: "quiet", textContent: job.error_message }));
  return item;
}

async function cancel(job) {
  await remove(`/jobs/${job.id}`);
  await refresh();
}

async function download(job) {
  const url = URL.createObjectURL(await (await call(result(job))).blob());
  make("a", { href: url, download: fileName(job) }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function clear() {
  if (await confirmed("Remove all finished jobs and their audio?", "Remove", () => remove("/jobs"))) await refresh();
}

/** Refreshes the list every two seconds while the page is visible or a job is unfinished. */
export function startJobs() {
  let timer = 0;
  let failed = false;
  const look = async () => {
    clearTimeout(timer);
    try {
      if (unfinished || document.visibilityState === "visible") await refresh();
      if (failed) say(notice, "");
      failed = false;
    } catch (error) {
      failed = true;
      say(notice, error.message, "error");
    }
    clearTimeout(timer);
    timer = setTimeout(look, PERIOD_MS);
  };
  whenClicked(byId("jobs-clear"), notice, clear);
  document.addEventListener("jobs-changed", () => {
    showTab("jobs");
    look();
  });
  document.addEventListener("visibilitychange", look);
  look();
}
