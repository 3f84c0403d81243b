export const byId = id => document.getElementById(id);

/** A new element. Text from the server only ever becomes text. */
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

/** Shows a sentence, or hides its place where there is none. */
export function say(place, text, kind = "info") {
  place.textContent = text ?? "";
  place.dataset.kind = kind;
  place.hidden = !text;
}

/** Runs what a button starts: once at a time, its error said where it belongs. */
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

export const seconds = value => `${value.toFixed(1)} s`;
