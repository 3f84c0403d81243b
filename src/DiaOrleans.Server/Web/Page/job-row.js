import { call, remove } from "./api.js";
import { button, byId, make, run, saveFile, seconds } from "./dom.js";
import { playSound } from "./sound.js";
import { differs, spokenAs } from "./spoken.js";

const SHORT = 40;
const notice = byId("jobs-notice");

export const fileName = job => `speech_${job.id.slice(0, 8)}.${job.response_format ?? "wav"}`;
export const resultPath = job => `/jobs/${job.id}/result`;

/** The row of a job. Its buttons are made again only if the status changes, so that a click on one is never lost. */
export class JobRow {
  #what;
  #refresh;
  #facts = make("div", { className: "facts" });
  #actions = make("div", { className: "buttons" });
  #bar = make("progress", { max: 1, hidden: true });

  /** `place` is its number in the queue, or null; `refresh` is called after it was changed. */
  constructor(job, place, refresh) {
    this.#what = job.text.length > SHORT ? `${job.text.slice(0, SHORT)}…` : job.text;
    this.#refresh = refresh;
    this.#bar.setAttribute("aria-label", `Progress of ${this.#what}`);
    this.element = make("li", {},
      make("p", { className: "excerpt", textContent: job.text, title: job.text }),
      make("div", { className: "row" }, this.#facts, this.#actions),
      this.#bar);
    this.show(job, place);
  }

  show(job, place) {
    this.#facts.replaceChildren(...facts(job, place));
    this.#bar.hidden = job.status !== "processing" || job.progress === null;
    this.#bar.value = job.progress ?? 0;
    if (job.status !== this.element.dataset.status) this.#showStatus(job);
  }

  #showStatus(job) {
    const hadFocus = this.#actions.contains(document.activeElement);
    this.element.dataset.status = job.status;
    this.#actions.replaceChildren(...this.#buttons(job));
    if (hadFocus) this.#actions.firstChild?.focus();
    const isChanged = job.status === "completed" && job.processed_text && differs(job.text, job.processed_text);
    if (isChanged) this.element.append(spokenAs(job.processed_text, job.text));
    if (job.error_message) this.element.append(make("p", { className: "quiet", textContent: job.error_message }));
  }

  #buttons(job) {
    const act = action => event => run(event.currentTarget, notice, action);
    const what = this.#what;
    if (job.status === "pending" || job.status === "processing") {
      const cancel = act(async () => {
        await remove(`/jobs/${job.id}`);
        await this.#refresh();
      });
      return [button("Cancel", cancel, `Cancel ${what}`)];
    }
    if (job.status !== "completed") return [];
    return [
      button("Play", act(() => playSound(resultPath(job), `Job: ${what}`, fileName(job))), `Play ${what}`),
      button("Download", act(() => download(job)), `Download ${what}`),
    ];
  }
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

async function download(job) {
  saveFile(await (await call(resultPath(job))).blob(), fileName(job));
}
