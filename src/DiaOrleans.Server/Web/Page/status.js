import { get } from "./api.js";
import { byId, make, seconds } from "./dom.js";
import { shownTab } from "./tabs.js";

const PERIOD_MS = 5000;

const STATES = {
  loading: "is loading its model",
  ready: "",
  draining: "finishes its work and takes no more",
  failed: "is out of order; the server's log says why",
  asleep: "has unloaded its model, until there is work",
  silent: "does not answer; this is what it did last",
};

const line = byId("status");

async function look() {
  try {
    const [health, queue] = await Promise.all([
      get("/health", { background: true }),
      get("/queue/stats", { background: true }).catch(() => null),
    ]);
    line.dataset.state = health.model_loaded ? "ready" : "loading";
    const model = health.model_loaded ? "Model loaded" : "The model is not loaded yet";
    line.textContent = [model, ...(queue ? figures(queue) : [])].join(" · ");
    if (queue && shownTab() === "server") await showServer(queue);
  } catch (error) {
    line.dataset.state = "lost";
    line.textContent = error.status === 0 ? "Not connected" : error.message;
  }
}

const figures = queue => [
  `${queue.active_workers} of ${queue.total_workers} ${queue.total_workers === 1 ? "worker" : "workers"} busy`,
  `${queue.processing_jobs} running`,
  `${queue.pending_jobs} waiting`,
];

/** The workers of all silos and the memory of the GPUs. */
async function showServer(queue) {
  const gpus = await get("/gpu/status", { background: true });
  const silos = new Set(queue.workers.map(({ silo }) => silo));
  byId("workers-state").textContent = silos.size > 1 ? `${queue.workers.length} workers on ${silos.size} silos` : "";
  byId("workers-none").hidden = queue.workers.length > 0;
  byId("workers").replaceChildren(...queue.workers.map(worker => workerRow(worker, silos.size > 1)));
  byId("gpus").replaceChildren(...Object.entries(gpus.gpu_memory ?? {}).map(([name, memory]) => gpuRow(name, memory, gpus.gpu_places)));
}

function workerRow(worker, isCluster) {
  const model = worker.model ? `${worker.model} in ${worker.precision}` : "no model";
  const does = [
    STATES[worker.state],
    worker.slots > 0 ? `${worker.active} of ${worker.slots} slots busy` : "",
    worker.waiting > 0 ? `${worker.waiting} waiting` : "",
    worker.backlog_seconds > 0 ? `${seconds(worker.backlog_seconds)} of audio to make` : "",
  ];
  const row = make("li", {},
    make("div", { className: "facts" },
      make("span", { className: "title one-line", textContent: worker.id }),
      make("span", { className: "one-line", textContent: isCluster ? `${worker.device} of ${worker.silo}` : worker.device }),
      make("span", { className: "one-line", textContent: model })),
    make("p", { textContent: does.filter(Boolean).join(", ") }));
  row.dataset.state = worker.state;
  if (worker.slots > 0) row.append(bar(worker.active / worker.slots, `Busy slots of ${worker.id}`));
  return row;
}

function gpuRow(name, memory, places) {
  const place = places?.[name] ? ` (${places[name]})` : "";
  const row = make("li", {}, make("div", { className: "facts" }, make("span", { className: "title", textContent: `${name}${place}` })));
  if (memory.error) {
    row.append(make("p", { textContent: memory.error }));
  } else {
    row.firstChild.append(make("span", { textContent: `${memory.allocated_gb} of ${memory.total_gb} GiB used` }));
    row.append(bar(memory.allocated_gb / memory.total_gb, `Memory of ${name}`));
  }
  return row;
}

function bar(part, label) {
  const element = make("progress", { max: 1, value: Math.min(1, part) });
  element.setAttribute("aria-label", label);
  return element;
}

/** Shows the state of the server every 5 seconds while the page is visible, and calls `also` each time. */
export function startStatus(also) {
  const tick = async () => {
    if (document.visibilityState === "visible") {
      await look();
      document.dispatchEvent(new Event("server-looked"));
      await also();
    }
    setTimeout(tick, PERIOD_MS);
  };
  document.addEventListener("tab-shown", ({ detail }) => detail === "server" && look());
  document.addEventListener("server-lost", () => {
    line.dataset.state = "lost";
    line.textContent = "Not connected";
  });
  document.addEventListener("server-back", look);
  tick();
}
