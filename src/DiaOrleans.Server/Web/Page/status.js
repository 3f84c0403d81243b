import { get } from "./api.js";
import { byId } from "./dom.js";

const PERIOD_MS = 5000;

const line = byId("status");

async function look() {
  try {
    const [health, queue] = await Promise.all([
      get("/health", { background: true }),
      get("/queue/stats", { background: true }).catch(() => null),
    ]);
    line.dataset.state = health.model_loaded ? "ready" : "loading";
    line.textContent = [health.model_loaded ? "Model loaded" : "The model is not loaded yet", ...(queue ? figures(queue) : [])].join(" · ");
  } catch (error) {
    line.dataset.state = "lost";
    line.textContent = error.message;
  }
}

const figures = queue => [
  `${queue.active_workers} of ${queue.total_workers} ${queue.total_workers === 1 ? "worker" : "workers"} busy`,
  `${queue.processing_jobs} running`,
  `${queue.pending_jobs} waiting`,
];

/** Shows the state of the server every 5 seconds while the page is visible, and calls `also` each time. */
export function startStatus(also) {
  const tick = async () => {
    if (document.visibilityState === "visible") {
      await look();
      await also();
    }
    setTimeout(tick, PERIOD_MS);
  };
  tick();
}
