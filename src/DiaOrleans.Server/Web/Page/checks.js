import { byId } from "./dom.js";
import { focusMarked, isMarked, markField } from "./field-errors.js";
import { SETTINGS } from "./form.js";

const FIELDS = ["script", "voice", ...SETTINGS];
const LEAST_SEED = -(2n ** 63n);
const PAST_SEED = 2n ** 63n;
/** Fields of the form by their names in the API. */
const BY_NAME = { text: "script", voice_id: "voice", response_format: "format", cfg_scale: "cfg-scale", top_p: "top-p" };
let limit = Infinity;

/** Sets the most characters that the server takes. */
export function setLimit(characters) {
  limit = characters;
}

export const length = text => [...text].length;
export const isOver = text => length(text) > limit;

/** What is wrong with a field, or an empty text. */
function problem(id) {
  const field = byId(id);
  if (id === "script") return scriptProblem(field.value);
  if (id === "seed") return seedProblem(field.value.trim());
  if (field.type !== "number") return "";
  if (field.validity.badInput) return "This is not a number.";
  const { rangeUnderflow, rangeOverflow } = field.validity;
  return rangeUnderflow || rangeOverflow ? `A number from ${field.min} to ${field.max}.` : "";
}

const scriptProblem = text =>
  isOver(text) ? `The script has ${length(text)} characters. The server takes ${limit} at most.` : "";

function seedProblem(text) {
  if (text === "") return "";
  if (!/^[-+]?\d+$/.test(text)) return "A whole number; leave it empty for a random one.";
  const seed = BigInt(text.replace("+", ""));
  return seed < LEAST_SEED || seed >= PAST_SEED ? "The number is too large for a seed." : "";
}

/** Marks the fields that are wrong and moves the focus to the first; true if there is none. */
export function checkForm(text) {
  for (const id of FIELDS) markField(id, problem(id));
  if (text.trim() === "") markField("script", "Write a script first.");
  focusMarked(FIELDS);
  return !FIELDS.some(isMarked);
}

/** Shows an error of the server at the fields that it is about; false if it is about none. */
export function placeError(error) {
  const marks = placesOf(error);
  if (marks.length === 0 || marks.some(([id]) => !FIELDS.includes(id))) return false;
  for (const [id, text] of marks) markField(id, text);
  focusMarked(FIELDS);
  return true;
}

function placesOf({ status, message, fields }) {
  if (fields) return fields.map(({ loc, msg }) => [BY_NAME[loc.at(-1)] ?? loc.at(-1), msg]);
  if (message === "Text cannot be empty") return [["script", "There is nothing to speak: a script needs a letter or a digit."]];
  if (status === 400) return [["script", message]];
  if (status === 404) return [["voice", `There is no voice “${byId("voice").value}” any more.`]];
  return status === 422 ? [["voice", message]] : [];
}

/** Takes a mark away when its cause is gone. Marks are not set when a field is left: a button that is being pressed would move away. */
export function startChecks() {
  for (const id of FIELDS) {
    const look = () => {
      if (isMarked(id) || id === "script") markField(id, problem(id));
    };
    byId(id).addEventListener("input", look);
    byId(id).addEventListener("change", look);
  }
}
