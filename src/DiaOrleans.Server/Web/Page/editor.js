import { button, byId, make } from "./dom.js";
import { offerUndo } from "./form.js";
import { arranged, joinTurns, newTurn, otherSpeaker, splitTurns, turnAlone, withSpeaker } from "./turns.js";

const KEPT_OPEN = "dia-turns";
const script = byId("script");
const box = byId("turns-box");
const list = byId("turns");
let turns = [];
let speakTurn = () => {};
let allowed = true;

/** Lets turns be spoken alone, or not while something is being generated. */
export function allowSpeaking(value) {
  allowed = value;
  for (const speak of list.querySelectorAll("[data-do=speak]")) speak.disabled = !allowed;
}

/** Writes the turns to the script; `done` is what a screen reader says. */
function write(done = "") {
  script.value = joinTurns(turns);
  script.dispatchEvent(new Event("input", { bubbles: true }));
  byId("turns-status").textContent = done;
}

/** Changes the order or number of the turns, and puts the focus on what `focus` selects in a row. */
function arrange(next, done, row, focus = "textarea") {
  turns = arranged(next);
  write(done);
  render();
  const item = list.children[Math.min(row, turns.length - 1)];
  const wanted = item?.querySelector(focus);
  (wanted?.disabled ? item.querySelector("[data-do]:enabled") : wanted)?.focus();
  return item;
}

function move(number, to, focus) {
  const next = [...turns];
  [next[number], next[to]] = [next[to], next[number]];
  arrange(next, `Turn ${number + 1} is now turn ${to + 1}.`, to, focus);
}

/** Splits a turn at the caret of its text; without a caret inside of it at the middle space. */
function split(number) {
  const { text, speaker } = turns[number];
  const caret = list.children[number].querySelector("textarea").selectionStart;
  const middle = text.indexOf(" ", text.length / 2);
  const at = caret > 0 && caret < text.length ? caret : middle > 0 ? middle : text.length;
  const first = { ...turns[number], text: text.slice(0, at).trimEnd(), trail: " " };
  const second = { ...newTurn(otherSpeaker(speaker || "S1"), text.slice(at).trimStart()), trail: turns[number].trail };
  arrange(turns.toSpliced(number, 1, first, second), `Turn ${number + 1} is split.`, number + 1);
}

function join(number) {
  const [first, second] = [turns[number], turns[number + 1]];
  const joined = { ...first, text: `${first.text} ${second.text}`.trim(), trail: second.trail };
  const item = arrange(turns.toSpliced(number, 2, joined), `Turns ${number + 1} and ${number + 2} are joined.`, number);
  item.querySelector("textarea").setSelectionRange(first.text.length, first.text.length);
}

function discard(number) {
  const before = script.value;
  arrange(turns.toSpliced(number, 1), "", number);
  if (turns.length === 0) script.focus();
  offerUndo(`Turn ${number + 1} is deleted.`, () => {
    script.value = before;
    script.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function add() {
  const last = turns.at(-1);
  const next = last && !last.speaker && last.text === "" ? [] : turns;
  arrange([...next, newTurn(otherSpeaker(last?.speaker || (last?.text ? "S1" : "S2")))], "A turn is added.", turns.length);
}

function row(number) {
  const { speaker, text } = turns[number];
  const name = `turn ${number + 1}`;
  const who = make("select", {}, ...(number === 0 ? ["", "S1", "S2"] : ["S1", "S2"])
    .map(value => make("option", { value, textContent: value || "Voice’s speaker", selected: value === speaker })));
  who.setAttribute("aria-label", `Speaker of ${name}`);
  who.addEventListener("change", () => {
    turns[number] = withSpeaker(turns[number], who.value);
    write();
  });
  const words = make("textarea", { value: text, rows: 2, spellcheck: true });
  words.setAttribute("aria-label", `Text of ${name}`);
  words.addEventListener("input", () => {
    const lead = turns[number].tag ? turns[number].lead || " " : turns[number].lead;
    turns[number] = { ...turns[number], lead, text: words.value };
    write();
  });
  const speak = () => allowed && turns[number].text.trim() && speakTurn(turnAlone(turns[number]));
  words.addEventListener("keydown", event => event.key === "Enter" && (event.ctrlKey || event.metaKey) && speak());
  return make("li", {}, who, words, make("div", { className: "buttons" },
    action("speak", "Speak", `Speak ${name} alone`, speak, allowed),
    action("up", "Up", `Move ${name} up`, () => move(number, number - 1, "[data-do=up]"), number > 0),
    action("down", "Down", `Move ${name} down`, () => move(number, number + 1, "[data-do=down]"), number < turns.length - 1),
    action("split", "Split", `Split ${name} at the caret`, () => split(number)),
    action("join", "Join", `Join ${name} with the next`, () => join(number), number < turns.length - 1),
    action("delete", "Delete", `Delete ${name}`, () => discard(number))));
}

function action(name, text, label, run, enabled = true) {
  const made = button(text, run, label);
  made.dataset.do = name;
  made.disabled = !enabled;
  return made;
}

function render() {
  list.replaceChildren(...turns.map((_, number) => row(number)));
}

/** Reads the script again, unless it is what the rows have written. */
function follow() {
  if (!box.open || (turns.length > 0 && joinTurns(turns) === script.value)) return;
  const next = script.value.trim() === "" ? [] : splitTurns(script.value);
  const same = next.length === turns.length && next.every(({ speaker }, number) => speaker === turns[number].speaker);
  const changed = next.flatMap(({ text }, number) => same && text !== turns[number].text ? [number] : []);
  turns = next;
  if (!same) render();
  for (const number of changed) list.children[number].querySelector("textarea").value = turns[number].text;
}

/** Keeps the rows of the turns in step with the script. `speak` speaks the text of one turn. */
export function startEditor(speak) {
  speakTurn = speak;
  box.open = localStorage.getItem(KEPT_OPEN) === "open";
  box.addEventListener("toggle", () => {
    localStorage.setItem(KEPT_OPEN, box.open ? "open" : "closed");
    follow();
  });
  script.addEventListener("input", follow);
  byId("turns-add").addEventListener("click", add);
  follow();
}
