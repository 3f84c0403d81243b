import { button, make, saveFile, seconds } from "./dom.js";

export const nameOf = ({ id }) => `Take ${id}`;

/** A row of the list of takes; `compare` is null if the take cannot be compared with the one in the player. */
export function takeRow(take, isCurrent, { play, compare, use, discard }) {
  const { id, text, voice, seed, settings, whole, at } = take;
  const facts = [voice, `seed ${seed ?? "unknown"}`, settings.format, seconds(take.seconds), new Date(at).toLocaleTimeString()];
  if (!whole) facts.push("not finished");
  const actions = [
    button("Play", play, `Play take ${id}`),
    ...compare ? [button("Compare", compare, `Compare with take ${id}`)] : [],
    button("Use these settings", use, `Use the settings of take ${id}`),
    button("Download", () => saveFile(take.blob, take.name), `Download take ${id}`),
    button("Delete", discard, `Delete take ${id}`),
  ];
  const item = make("li", {},
    make("p", { className: "excerpt", textContent: text, title: text }),
    make("div", { className: "facts" }, make("span", { className: "title", textContent: nameOf(take) }),
      ...facts.map(textContent => make("span", { textContent }))),
    make("div", { className: "buttons" }, ...actions));
  item.dataset.take = id;
  if (isCurrent) item.setAttribute("aria-current", "true");
  return item;
}
