import { focusMarked, isMarked, markField } from "./field-errors.js";

/** An error about one field of a form; `name` is that of the field. */
export const fieldError = (name, message) => Object.assign(new Error(message), { fields: [{ loc: [name], msg: message }] });

/** The server's words about a value, as a sentence beside its field. */
const sentence = text =>
  `${text.replace(/^(?:String|Input) should /, "It must ").replace(/, unable to parse .*$/, "").replace(/\.$/, "")}.`;

/** Shows an error at the fields of a form that it is about, by their names; false if it is about another thing. */
export function markFields(form, error) {
  const marks = (error.fields ?? []).map(({ loc, msg }) => [form.elements.namedItem(String(loc.at(-1))), msg]);
  if (marks.length === 0 || marks.some(([field]) => !field)) return false;
  for (const [{ id }, text] of marks) markField(id, sentence(text));
  focusMarked(marks.map(([{ id }]) => id));
  return true;
}

/** Removes the marks of all fields of a form. */
export function unmarkFields(form) {
  for (const { id } of form.elements) if (id && isMarked(id)) markField(id, "");
}

/** Removes the mark of a field as soon as it is changed. */
export function unmarkWhenChanged(form, signal) {
  form.addEventListener("input", ({ target }) => target.id && isMarked(target.id) && markField(target.id, ""), { signal });
}
