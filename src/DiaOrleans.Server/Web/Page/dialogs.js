import { byId, say } from "./dom.js";
import { markFields, unmarkFields, unmarkWhenChanged } from "./form-errors.js";

for (const closer of document.querySelectorAll("[data-close]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close(""));
}

const typed = form => [...form.querySelectorAll("input, textarea, select")].map(({ value }) => value).join("\n");

/**
 * Opens a dialog; resolves to true if it was submitted and `send` succeeded. An error of `send` is shown at its field, or in the open
 * dialog. Escape asks before it throws typed text away, or what else `hasMore` says that there is.
 */
export function open(dialog, send, hasMore = () => false) {
  const form = dialog.querySelector("form");
  const submit = form.querySelector("[type=submit]");
  const notice = dialog.querySelector(".notice");
  const listening = new AbortController();
  const { signal } = listening;
  say(notice, "");
  unmarkFields(form);
  dialog.returnValue = "";
  const before = typed(form);
  dialog.showModal();
  form.addEventListener("submit", async event => {
    event.preventDefault();
    submit.disabled = true;
    say(notice, "");
    try {
      await send();
      dialog.close("done");
    } catch (error) {
      if (error.name !== "AbortError" && !markFields(form, error)) say(notice, error.message, "error");
    } finally {
      submit.disabled = false;
    }
  }, { signal });
  form.addEventListener("input", () => say(notice, ""), { signal });
  unmarkWhenChanged(form, signal);
  dialog.addEventListener("keydown", async event => {
    if (event.key !== "Escape" || (typed(form) === before && !hasMore())) return;
    event.preventDefault();
    if (await confirmed("Throw away what you have entered?", "Throw away", () => {})) dialog.close("");
  }, { signal });
  return new Promise(resolve => dialog.addEventListener("close", () => {
    listening.abort();
    resolve(dialog.returnValue === "done");
  }, { once: true }));
}

/** Asks a question; `kind` is that of the button, "primary" for what destroys nothing. */
export function confirmed(question, verb, action, kind = "danger") {
  byId("confirm-text").textContent = question;
  byId("confirm-yes").textContent = verb;
  byId("confirm-yes").className = kind;
  return open(byId("confirm-dialog"), action);
}
