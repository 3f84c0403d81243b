import { byId, say } from "./dom.js";

for (const closer of document.querySelectorAll("[data-close]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close(""));
}

/** Opens a dialog; resolves to true if it was submitted and `send` succeeded. An error of `send` is shown in the open dialog. */
export function open(dialog, send) {
  const form = dialog.querySelector("form");
  const submit = form.querySelector("[type=submit]");
  const notice = dialog.querySelector(".notice");
  const listening = new AbortController();
  say(notice, "");
  dialog.returnValue = "";
  dialog.showModal();
  form.addEventListener("submit", async event => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await send();
      dialog.close("done");
    } catch (error) {
      say(notice, error.message, "error");
    } finally {
      submit.disabled = false;
    }
  }, { signal: listening.signal });
  return new Promise(resolve => dialog.addEventListener("close", () => {
    listening.abort();
    resolve(dialog.returnValue === "done");
  }, { once: true }));
}

export function confirmed(question, verb, action) {
  byId("confirm-text").textContent = question;
  byId("confirm-yes").textContent = verb;
  return open(byId("confirm-dialog"), action);
}
