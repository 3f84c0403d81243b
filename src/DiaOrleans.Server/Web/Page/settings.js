import { call, get, sendJson } from "./api.js";
import { byId, make, run, say, whenClicked } from "./dom.js";
import { markFields, unmarkWhenChanged } from "./form-errors.js";
import { shownTab } from "./tabs.js";

/** What the settings do, in the order of the form. One that the server has and that is not here is shown by its name. */
const LABELS = {
  auto_transcribe: "Write down what new recordings say",
  whisper_model_size: "Model of speech recognition",
  auto_discover_prompts: "Look for new recordings in the folder at the start",
  save_outputs: "Keep the audio of all that is generated",
  output_retention_hours: "Hours to keep the log and the audio",
  show_prompts: "Write the texts into the server's log",
  debug_mode: "Write more into the server's log",
};

const CHOICES = { whisper_model_size: ["tiny", "base", "small", "medium", "large"] };

const form = byId("settings");
const notice = byId("settings-notice");
let known = {};

const isChanged = () => Object.entries(read()).some(([name, value]) => value !== known[name]);

async function refresh() {
  if (shownTab() !== "server") return;
  const [settings, recognition] = await Promise.all([get("/config", { background: true }), get("/whisper/status", { background: true })]);
  byId("recognition").textContent = recognition.message;
  byId("recognition-load").hidden = recognition.model_loaded || !recognition.available;
  // What is being typed stays.
  if (form.contains(document.activeElement) || (Object.keys(known).length > 0 && isChanged())) return;
  show(settings);
}

function show(settings) {
  known = settings;
  const names = [...new Set([...Object.keys(LABELS), ...Object.keys(settings)])].filter(name => Object.hasOwn(settings, name));
  byId("settings-fields").replaceChildren(...names.map(name => field(name, settings[name])));
  follow();
}

function field(name, value) {
  const id = `setting-${name}`;
  const label = make("label", { htmlFor: id, textContent: LABELS[name] ?? name.replaceAll("_", " ") });
  if (typeof value === "boolean") {
    const box = make("input", { id, name, type: "checkbox", checked: value });
    return make("div", { className: "check" }, box, label);
  }
  const input = Object.hasOwn(CHOICES, name)
    ? make("select", { id, name }, ...[...new Set([...CHOICES[name], value])].map(text => make("option", { textContent: text })))
    : make("input", { id, name, type: typeof value === "number" ? "number" : "text" });
  input.value = value;
  return make("div", { className: "field" }, label, input);
}

/** The settings as the form has them. */
function read() {
  const values = {};
  for (const { name, type, checked, value } of form.elements) {
    if (!name) continue;
    values[name] = type === "checkbox" ? checked : typeof known[name] === "number" && value !== "" ? Number(value) : value;
  }
  return values;
}

/** Enables the buttons if there is something to save. */
function follow() {
  byId("settings-save").disabled = byId("settings-undo").disabled = !isChanged();
}

async function save() {
  const { config } = await (await sendJson("PUT", "/config", { ...known, ...read() })).json();
  show(config);
  say(notice, "Saved. The settings hold for everyone who uses this server.");
}

export function startSettings() {
  form.addEventListener("input", () => {
    say(notice, "");
    follow();
  });
  form.addEventListener("submit", async event => {
    event.preventDefault();
    await run(byId("settings-save"), notice, async () => {
      try {
        await save();
      } catch (error) {
        if (!markFields(form, error)) throw error;
      }
    });
    follow();
  });
  unmarkWhenChanged(form);
  byId("settings-undo").addEventListener("click", () => show(known));
  whenClicked(byId("recognition-load"), byId("recognition-notice"), async () => {
    byId("recognition").textContent = "The model is being loaded…";
    try {
      await call("/whisper/load", { method: "POST" });
    } finally {
      await refresh();
    }
  });
  const look = () => refresh().catch(() => {});
  document.addEventListener("tab-shown", look);
  document.addEventListener("server-looked", look);
  for (const radio of document.querySelectorAll("[name=theme]")) {
    radio.checked = radio.value === (localStorage.getItem("dia-theme") ?? "system");
    radio.addEventListener("change", () => document.dispatchEvent(new CustomEvent("theme-chosen", { detail: radio.value })));
  }
}
