import { call } from "./api.js";

/** Browsers open six connections to a server without encryption, for all tabs together; the rest is for everything else. */
const STREAMS = 4;
/** Each tab's, where tabs cannot share: browsers have locks only on local and encrypted addresses. */
const STREAMS_WITHOUT_LOCKS = 2;

/** Follows running jobs by their server-sent events, read by fetch, because EventSource sends no key. */
export class JobEvents {
  #onJob;
  #streams = new Map();
  #last = new Map();

  /** `onJob` gets each new state of a job. */
  constructor(onJob) {
    this.#onJob = onJob;
  }

  /**
   * Follows the first of these jobs, and no others. A stream that broke is opened again by the next call, from the last event that came.
   */
  follow(ids) {
    const wanted = new Set(ids.slice(0, navigator.locks ? STREAMS : STREAMS_WITHOUT_LOCKS));
    for (const [id, stop] of this.#streams) if (!wanted.has(id)) stop.abort();
    for (const id of this.#last.keys()) if (!wanted.has(id)) this.#last.delete(id);
    for (const id of wanted) if (!this.#streams.has(id)) this.#open(id);
  }

  /** The newer of the state in a list, which was asked for at `asked`, and that of the last event. */
  newest(job, asked) {
    const last = this.#last.get(job.id);
    return last?.at > asked ? last.job : job;
  }

  async #open(id) {
    const stop = new AbortController();
    this.#streams.set(id, stop);
    try {
      await inFreePlace(() => this.#read(id, stop.signal));
    } catch {
      // The list, which is asked for all the time, shows what is wrong.
    } finally {
      this.#streams.delete(id);
    }
  }

  async #read(id, signal) {
    const number = this.#last.get(id)?.number;
    const headers = number ? { "Last-Event-ID": number } : {};
    const answer = await call(`/jobs/${id}/events`, { background: true, headers, signal });
    for await (const event of events(answer.body)) {
      signal.throwIfAborted();
      const job = JSON.parse(event.data);
      this.#last.set(id, { number: event.id, job, at: performance.now() });
      this.#onJob(job);
    }
  }
}

/** Runs `work` in one of the places that the tabs share, if one is free. */
async function inFreePlace(work) {
  if (!navigator.locks) return work();
  for (let place = 0; place < STREAMS; place++) {
    const isDone = await navigator.locks.request(`dia-job-events-${place}`, { ifAvailable: true }, async lock => {
      if (lock) await work();
      return lock !== null;
    });
    if (isDone) return;
  }
}

/** The events of a stream as objects of their fields. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part; !(part = await reader.read()).done;) {
    const blocks = (text + part.value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      // A line without a name is a comment.
      const fields = block.split("\n").map(line => line.split(/: (.*)/s, 2)).filter(([name]) => name !== "");
      if (fields.length > 0) yield Object.fromEntries(fields);
    }
  }
}
