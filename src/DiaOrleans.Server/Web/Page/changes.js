const channel = new BroadcastChannel("dia-changes");

/** Tells the other tabs of this server that one of its things was changed; `path` is that of the request. */
export const announce = path => channel.postMessage(path);

/** Calls `refresh` if another tab has changed something. */
export function whenChangedElsewhere(refresh) {
  channel.addEventListener("message", ({ data }) => refresh(data));
}
