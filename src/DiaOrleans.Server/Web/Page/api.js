const KEY = "dia-api-key";

let askForKey = async () => false;

/** Sets the function that is called on a 401: it asks the user for an API key and returns true if there is a new one. */
export function onRefused(ask) {
  askForKey = ask;
}

export const keepKey = key => sessionStorage.setItem(KEY, key);

/** A failed request; the message is the server's. `wait` is the time in seconds after which it may be repeated, or null. */
export class ApiError extends Error {
  constructor(message, status, wait = null) {
    super(message);
    this.status = status;
    this.wait = wait;
  }
}

/** Calls the server. `background` marks a request that the user did not start: a declined question for the key is not repeated for it. */
export async function call(path, { background = false, ...options } = {}) {
  while (true) {
    const answer = await send(path, options, sessionStorage.getItem(KEY));
    if (answer.ok) return answer;
    const error = new ApiError(await reason(answer), answer.status, Number(answer.headers.get("Retry-After")) || null);
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
  if (!answer.ok) throw new ApiError(await reason(answer), answer.status);
}

async function send(path, options, key) {
  const headers = new Headers(options.headers);
  if (key) headers.set("Authorization", `Bearer ${key}`);
  try {
    // Relative to the page, which a proxy may serve under a path.
    return await fetch(`.${path}`, { ...options, headers });
  } catch (error) {
    throw error.name === "AbortError" ? error : new ApiError("The server does not answer.", 0);
  }
}

async function reason(answer) {
  const { detail } = await answer.json().catch(() => ({}));
  if (Array.isArray(detail)) return detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join(". ");
  return detail ?? `The server answered ${answer.status}.`;
}
