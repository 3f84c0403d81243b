import { checkKey, keepKey, onRefused } from "./api.js";
import { open } from "./dialogs.js";
import { byId } from "./dom.js";

const locked = byId("locked");
let asking = null;
let declined = false;

/** Asks for the key once for all waiting requests. After the user has declined, background requests do not ask again. */
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
    keepKey(key, byId("key-keep").checked);
  });
  declined = !given;
  locked.hidden = given;
  return given;
}

export function startKey(refresh) {
  onRefused(ask);
  for (const id of ["change-key", "unlock"]) {
    byId(id).addEventListener("click", async () => {
      if (await ask(false)) refresh();
    });
  }
}
