import { byId, make } from "./dom.js";

/** Shows what is wrong with a field beside it, once; without a text it is removed. */
export function markField(id, text) {
  const field = byId(id);
  const shown = byId(`${id}-error`);
  if ((shown?.textContent ?? "") === (text ?? "")) return;
  shown?.remove();
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(other => other !== "" && other !== `${id}-error`);
  if (text) {
    const beside = field.closest(".voice-row") ?? field;
    beside.after(make("p", { id: `${id}-error`, className: "field-error", role: "alert", textContent: text }));
    described.push(`${id}-error`);
    field.setAttribute("aria-invalid", "true");
  } else {
    field.removeAttribute("aria-invalid");
  }
  if (described.length > 0) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
}

export const isMarked = id => byId(id).getAttribute("aria-invalid") === "true";

/** Moves the focus to the first marked field of some, and opens what hides it. */
export function focusMarked(ids) {
  const first = ids.find(isMarked);
  if (!first) return;
  const hidden = byId(first).closest("details");
  if (hidden) hidden.open = true;
  byId(first).focus();
}
