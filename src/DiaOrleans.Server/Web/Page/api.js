import { announce } from "./changes.js";

const KEY = "dia-api-key";
const LOST = "The server does not answer.";
/** A proxy answers so for a server that is away. */
const AWAY = [502, 504];

let key = sessionStorage.getItem(KEY);
let lost = false;

let askForKey = async () => false;

/** Sets the function that is called on a 401: it asks the user for an API key and returns true if there is a new one. */
export function onRefused(ask) {
  askForKey = ask;
}

/** Uses a key from now on. Only if `isKept`, a page that is loaded again in this tab has it. */
export function keepKey(given, isKept) {
  key = given;
  if (isKept) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

/** True for a problem of the connection or of the key: the page shows it once, at a place of its own. */
export const isShownOnce = error => error.status === 0 || error.status === 401;

/**
 * A failed request; the message is the server's. `wait` is the time in seconds after which it may be repeated,
 * or null; `fields` are the invalid fields in FastAPI's shape, or null.
 */
export class ApiError extends Error {
  constructor(message, status, { wait = null, fields = null } = {}) {
    super(message);
    this.status = status;
    this.wait = wait;
    this.fields = fields;
  }
}

/** Calls the server. `background` marks a request that the user did not start: a declined question for the key is not repeated for it. */
export async function call(path, { background = false, ...options } = {}) {
  while (true) {
    const answer = await send(path, options, key);
    if (answer.ok) {
      if (options.method && path !== "/generate") announce(path);
      return answer;
    }
    const error = await refusal(answer);
    if (answer.status !== 401 || !await askForKey(background)) throw error;
  }
}

export const get = async (path, options) => (await call(path, options)).json();

export const sendJson = (method, path, body, options) =>
  call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), ...options });

export const remove = async path => (await call(path, { method: "DELETE" })).json();

/** Throws the server's message if it does not accept the key. */
export async function checkKey(key) {
  const answer = await send("/queue/stats", {}, key);
  if (!answer.ok) throw await refusal(answer);
}

async function send(path, options, withKey) {
  const headers = new Headers(options.headers);
  if (withKey) headers.set("Authorization", `Bearer ${withKey}`);
  let answer = null;
  try {
    // Relative to the page, which a proxy may serve under a path.
    answer = await fetch(`.${path}`, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  tell(answer === null || AWAY.includes(answer.status));
  if (lost) throw new ApiError(LOST, 0);
  return answer;
}

/** Tells the page that the server went away, or is back. */
function tell(isLost) {
  if (lost === isLost) return;
  lost = isLost;
  document.dispatchEvent(new Event(lost ? "server-lost" : "server-back"));
}

async function refusal(answer) {
  const { detail } = await answer.json().catch(() => ({}));
  const fields = Array.isArray(detail) ? detail : null;
  const sentence = fields?.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join(". ");
  const message = sentence ?? detail ?? `The server answered ${answer.status}.`;
  return new ApiError(message, answer.status, { wait: Number(answer.headers.get("Retry-After")) || null, fields });
}
