/** The tags that the server knows: `[S1]` in any case, also with a colon; `S1:` and `Speaker 1:` at the start of a line. */
const TAG = /\[S([12])\]:?|^[ \t]*(?:S|Speaker )([12]):/gim;

/**
 * Splits a script into turns: `speaker` is S1, S2, or empty for words before the first tag; `lead` and `trail` are the spaces around the
 * text. `joinTurns` of them is the same script.
 */
export function splitTurns(script) {
  const tags = [...script.matchAll(TAG)];
  const turns = tags.map((tag, number) => {
    const from = tag.index + tag[0].length;
    return turn(`S${tag[1] ?? tag[2]}`, tag[0], script.slice(from, tags[number + 1]?.index ?? script.length));
  });
  const before = script.slice(0, tags[0]?.index ?? script.length);
  if (before.trim() !== "" || turns.length === 0) return [turn("", "", before), ...turns];
  return [{ ...turns[0], tag: before + turns[0].tag }, ...turns.slice(1)];
}

function turn(speaker, tag, raw) {
  const text = raw.trim();
  const start = text === "" ? raw.length : raw.indexOf(text);
  return { speaker, tag, lead: raw.slice(0, start), text, trail: raw.slice(start + text.length) };
}

export const joinTurns = turns => turns.map(({ tag, lead, text, trail }) => tag + lead + text + trail).join("");

/** A turn alone, as it is spoken to try it. */
export const turnAlone = ({ tag, text }) => `${tag.trim()} ${text}`.trim();

export const otherSpeaker = speaker => speaker === "S1" ? "S2" : "S1";

export const newTurn = (speaker, text = "") => ({ speaker, tag: `[${speaker}]`, lead: " ", text, trail: "" });

export const withSpeaker = (old, speaker) =>
  ({ ...old, speaker, tag: speaker ? `[${speaker}]` : "", lead: speaker ? old.lead || " " : "" });

/** Turns in a new order or number: what stands between two of them is a space at least, and words without a tag stand only at the start. */
export const arranged = turns => turns.map((old, number) => {
  const { speaker } = old;
  const tagged = number > 0 && !speaker ? withSpeaker(old, otherSpeaker(turns[number - 1].speaker || "S2")) : old;
  return { ...tagged, trail: number < turns.length - 1 ? tagged.trail || " " : tagged.trail.trimEnd() };
});
