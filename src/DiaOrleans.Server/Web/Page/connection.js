import { get } from "./api.js";
import { byId, say } from "./dom.js";

const PERIOD_MS = 2000;
const banner = byId("connection");

/** Shows once that the server does not answer, looks whether it does again, and calls `goOn` then. */
export function startConnection(goOn) {
  const look = () => get("/health", { background: true }).catch(() => setTimeout(look, PERIOD_MS));
  document.addEventListener("server-lost", () => {
    say(banner, "The server does not answer. The page goes on as soon as it does; what you have typed stays.", "error");
    setTimeout(look, PERIOD_MS);
  });
  document.addEventListener("server-back", () => {
    say(banner, "");
    goOn();
  });
}
