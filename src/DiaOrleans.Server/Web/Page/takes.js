import { Arrival } from "./arrival.js";
import { confirmed } from "./dialogs.js";
import { button, byId, say, whenClicked } from "./dom.js";
import { fillForm, offerUndo } from "./form.js";
import { Samples } from "./samples.js";
import { hideSpoken } from "./spoken.js";
import { showLoaded } from "./player.js";
import { nameOf, takeRow } from "./take-row.js";
import { removeTake, removeTakes, storedTakes, storeTake } from "./take-store.js";
import { isLoaded, isPlaying, load, position, unload } from "./transport.js";

const KEPT = 20;

const list = byId("takes");
const notice = byId("takes-notice");
const others = new BroadcastChannel("dia-takes");
/** Samples of the takes that are compared, or of the one in the player. */
const decoded = new Map();
let takes = [];
let current = null;
let pair = [];
let stored = true;

const find = id => takes.find(take => take.id === id);

async function act(action) {
  say(notice, "");
  try {
    await action();
  } catch (error) {
    say(notice, error.message, "error");
  }
}

/** Keeps what was spoken, the last 20. `samples` is null if the browser cannot decode the format. */
export async function keepTake(take, samples) {
  const id = await store({ ...take, at: Date.now() });
  const kept = { ...take, id, at: Date.now() };
  takes = [kept, ...takes];
  for (const old of takes.splice(KEPT)) await forget(old.id);
  if (samples) decoded.set(id, samples);
  if (samples && isLoaded(samples)) choose(kept);
  tell();
}

/** Stores a take; without a database it is kept until the page is closed. */
async function store(take) {
  try {
    return await storeTake(take);
  } catch {
    stored = false;
    return take.id ?? Math.max(0, ...takes.map(({ id }) => id)) + 1;
  }
}

const forget = id => removeTake(id).catch(() => {
  stored = false;
});

/** Called before something new is spoken: the player has no take then. */
export const leaveTake = () => choose(null);

/** Marks a take as the one in the player. */
function choose(take) {
  current = take?.id ?? null;
  if (!pair.includes(current)) pair = [];
  for (const id of [...decoded.keys()]) if (id !== current && !pair.includes(id)) decoded.delete(id);
  byId("download").hidden = !take;
  if (take) {
    const address = byId("download").href;
    if (address.startsWith("blob:")) URL.revokeObjectURL(address);
    byId("download").href = URL.createObjectURL(take.blob);
    byId("download").download = take.name;
  }
  show();
}

async function samplesOf(take) {
  if (!decoded.has(take.id)) {
    const arrival = new Arrival(new Response(take.blob), take.settings.format);
    let samples = null;
    for await (const piece of arrival.pieces()) {
      samples ??= new Samples(arrival.rate);
      samples.add(piece);
    }
    samples.complete = true;
    decoded.set(take.id, samples);
  }
  return decoded.get(take.id);
}

async function play(take, options) {
  load(await samplesOf(take), options);
  showLoaded(`Take ${take.id}, spoken by ${take.voice}`, take.seed, take.seconds);
  hideSpoken();
  choose(take);
}

/** Plays another take from the same position; both are then a button in the player. */
async function compare(take) {
  pair = [current, take.id];
  await play(take, { at: position() });
}

const change = id => play(find(id), { at: position(), playing: isPlaying() });

function useAgain(take) {
  const settings = { ...take.settings, seed: take.seed ?? take.settings.seed };
  fillForm({ script: take.text, voice: take.voice, settings }, `The script and settings of take ${take.id} are used.`);
}

async function discard(take) {
  takes = takes.filter(({ id }) => id !== take.id);
  await forget(take.id);
  leave(take.id);
  tell();
  offerUndo(`Take ${take.id} is deleted.`, async () => {
    await store(take);
    takes = [...takes, take].toSorted((one, other) => other.id - one.id);
    tell();
  });
}

/** Empties the player if it has the take. */
function leave(id) {
  pair = pair.includes(id) ? [] : pair;
  decoded.delete(id);
  if (current !== id) return;
  unload();
  choose(null);
}

async function clear() {
  const question = `Delete all ${takes.length} takes and their audio?`;
  if (!await confirmed(question, "Delete", () => removeTakes().catch(() => {}))) return;
  for (const { id } of takes) leave(id);
  takes = [];
  tell();
}

/** Shows a change, and tells other tabs of it. */
function tell() {
  others.postMessage("changed");
  show();
}

function show() {
  byId("takes-hint").hidden = takes.length > 0;
  byId("takes-clear").hidden = takes.length === 0;
  say(byId("takes-store"), stored ? "" : "This browser does not store takes. They are kept until the page is closed.");
  const focused = document.activeElement?.getAttribute("aria-label");
  const within = list.contains(document.activeElement);
  list.replaceChildren(...takes.map(row));
  if (within) list.querySelector(`[aria-label="${focused}"]`)?.focus();
  showPair();
}

function row(take) {
  const is = take.id === current;
  return takeRow(take, is, {
    play: () => act(() => play(take)),
    compare: current === null || is ? null : () => act(() => compare(take)),
    use: () => useAgain(take),
    discard: () => act(() => discard(take)),
  });
}

function showPair() {
  const place = byId("compare");
  place.hidden = pair.length === 0;
  const within = place.contains(document.activeElement);
  place.replaceChildren(...pair.map(id => {
    const choice = button(nameOf({ id }), () => act(() => change(id)));
    choice.setAttribute("aria-pressed", id === current);
    return choice;
  }));
  if (within) place.querySelector("[aria-pressed=true]").focus();
}

async function read() {
  try {
    takes = (await storedTakes()).reverse();
  } catch {
    stored = false;
  }
  if (current !== null && !find(current)) leave(current);
  show();
}

export function startTakes() {
  whenClicked(byId("takes-clear"), notice, clear);
  others.addEventListener("message", read);
  return read();
}
