import { checkKey, keepKey, onRefused } from "./api.js";
import { open } from "./dialogs.js";
import { byId } from "./dom.js";

let asking = null;
let declined = false;

/** One question for all requests that wait for it. Whoever declined is asked again only when they do something. */
function ask(background) {
  if (background && declined) return false;
  asking ??= question().finally(() => asking = null);
  return asking;
}

async function question() {
  byId("change-key").hidden = false;
  byId("key").value = "";
  const given = await open(byId("key-dialog"), async () => {
    const key = byId("key").value.trim();
    await checkKey(key);
    keepKey(key);
  });
  declined = !given;
  return given;
}

export function startKey(refresh) {
  onRefused(ask);
  byId("change-key").addEventListener("click", async () => {
    if (await ask(false)) refresh();
  });
}
