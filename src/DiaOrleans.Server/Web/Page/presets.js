import { open } from "./dialogs.js";
import { byId, make } from "./dom.js";
import { EXAMPLES, SETTINGS_PRESETS } from "./examples.js";
import { fillForm, formValues, offerUndo } from "./form.js";

const KEPT = "dia-presets";
const select = byId("preset");
const builtIn = [
  ...EXAMPLES.map(([name, script]) => ({ name, group: "Scripts", script })),
  ...SETTINGS_PRESETS.map(([name, settings]) => ({ name, group: "Settings", settings })),
];
let own = [];

const chosen = () => [...builtIn, ...own][select.value];

function read() {
  own = JSON.parse(localStorage.getItem(KEPT) ?? "[]").map(preset => ({ ...preset, group: "My presets" }));
  show();
}

function write(presets, selected) {
  localStorage.setItem(KEPT, JSON.stringify(presets.map(({ group, ...preset }) => preset)));
  read();
  if (selected) select.value = String(builtIn.length + own.findIndex(({ name }) => name === selected));
  showDelete();
}

function show() {
  const all = [...builtIn, ...own];
  const groups = Map.groupBy(all, ({ group }) => group);
  select.replaceChildren(...[...groups].map(([label, presets]) => make("optgroup", { label },
    ...presets.map(preset => make("option", { value: all.indexOf(preset), textContent: preset.name })))));
  showDelete();
}

const showDelete = () => byId("preset-delete").disabled = !own.includes(chosen());

const use = () => fillForm(chosen(), `The preset “${chosen().name}” is used.`);

async function save() {
  const dialog = byId("preset-dialog");
  byId("preset-name").value = own.includes(chosen()) ? chosen().name : "";
  let replaced = null;
  await open(dialog, () => {
    const name = byId("preset-name").value.trim();
    const [withScript, withSettings] = [byId("preset-script").checked, byId("preset-settings").checked];
    if (name === "") throw new Error("The preset needs a name.");
    if (!withScript && !withSettings) throw new Error("A preset holds the script, the settings, or both.");
    if (own.some(preset => preset.name === name) && replaced !== name) {
      replaced = name;
      throw new Error(`There is a preset “${name}” already. Save again to replace it.`);
    }
    const { script, voice, settings } = formValues();
    const preset = { name, ...withScript && { script }, ...withSettings && { settings, voice } };
    write([...own.filter(other => other.name !== name), preset], name);
  });
}

function discard() {
  const [before, { name }] = [own, chosen()];
  write(own.filter(preset => preset.name !== name));
  offerUndo(`The preset “${name}” is deleted.`, () => write(before, name));
}

/** Presets of scripts and settings: some of this page, and those that the user has saved in this browser. */
export function startPresets() {
  byId("preset-use").addEventListener("click", use);
  byId("preset-save").addEventListener("click", save);
  byId("preset-delete").addEventListener("click", discard);
  select.addEventListener("change", showDelete);
  addEventListener("storage", event => event.key === KEPT && read());
  read();
}
