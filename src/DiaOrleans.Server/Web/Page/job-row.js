import { call, remove } from "./api.js";
import { button, byId, make, run, saveFile, seconds } from "./dom.js";
import { playSound } from "./sound.js";
import { spokenAs } from "./spoken.js";

const SHORT = 40;
const notice = byId("jobs-notice");

export const fileName = job => `speech_${job.id.slice(0, 8)}.${job.response_format ?? "wav"}`;
export const resultPath = job => `/jobs/${job.id}/result`;

/** The row of a job. `place` is its number in the queue, or null; `refresh` is called after it was changed. */
export function row(job, place, refresh) {
  const what = job.text.length > SHORT ? `${job.text.slice(0, SHORT)}…` : job.text;
  const act = action => event => run(event.currentTarget, notice, action);
  const actions = make("div", { className: "buttons" });
  if (job.status === "pending" || job.status === "processing") {
    actions.append(button("Cancel", act(async () => {
      await remove(`/jobs/${job.id}`);
      await refresh();
    }), `Cancel ${what}`));
  } else if (job.status === "completed") {
    actions.append(
      button("Play", act(() => playSound(resultPath(job), `Job: ${what}`, fileName(job))), `Play ${what}`),
      button("Download", act(() => download(job)), `Download ${what}`));
  }
  const item = make("li", {},
    make("p", { className: "excerpt", textContent: job.text, title: job.text }),
    make("div", { className: "row" }, make("div", { className: "facts" }, ...facts(job, place)), actions));
  item.dataset.status = job.status;
  if (job.status === "processing" && job.progress !== null) item.append(progress(job, what));
  if (job.status === "completed" && job.processed_text) item.append(spokenAs(job.processed_text));
  if (job.error_message) item.append(make("p", { className: "quiet", textContent: job.error_message }));
  return item;
}

function facts(job, place) {
  const texts = [job.voice_id, new Date(job.created_at).toLocaleTimeString()];
  if (place !== null) texts.unshift(`number ${place} in the queue`);
  if (job.status === "processing" && job.eta_seconds !== null) texts.unshift(`about ${Math.ceil(job.eta_seconds)} s left`);
  if (job.status === "completed") texts.push(`seed ${job.seed_used}`);
  if (job.generation_time !== null) texts.splice(1, 0, `took ${seconds(job.generation_time)}`);
  return [
    make("span", { className: job.status, textContent: job.status }),
    ...texts.map(textContent => make("span", { className: "one-line", textContent })),
  ];
}

function progress(job, what) {
  const bar = make("progress", { max: 1, value: job.progress });
  bar.setAttribute("aria-label", `Progress of ${what}`);
  return bar;
}

async function download(job) {
  saveFile(await (await call(resultPath(job))).blob(), fileName(job));
}
