export const byId = id => document.getElementById(id);

/** Creates an element. Strings become text, never HTML. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function button(text, action, label = text) {
  const element = make("button", { type: "button", textContent: text });
  if (label !== text) element.setAttribute("aria-label", label);
  element.addEventListener("click", action);
  return element;
}

/** Shows a sentence in an element, or hides the element if there is none. */
export function say(place, text, kind = "info") {
  place.textContent = text ?? "";
  place.dataset.kind = kind;
  place.hidden = !text;
}

/** Runs the action of a button. The button is disabled while it runs; an error is shown in `place`. */
export function whenClicked(element, place, action) {
  element.addEventListener("click", () => run(element, place, action));
}

export async function run(element, place, action) {
  element.disabled = true;
  say(place, "");
  try {
    await action();
  } catch (error) {
    if (error.name !== "AbortError") say(place, error.message, "error");
  } finally {
    element.disabled = false;
    if (document.activeElement === document.body) element.focus();
  }
}

/** Saves a file as a download. */
export function saveFile(blob, name) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Ends an audio element and frees the addresses of its blobs. The element first lets go of its source, so that it reads no freed address. */
export function releaseSound(audio, addresses) {
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  addresses.filter(Boolean).forEach(URL.revokeObjectURL);
}

export const seconds = value => `${value.toFixed(1)} s`;
