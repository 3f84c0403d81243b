import { byId } from "./dom.js";

const KEPT = "dia-tab";
const tabs = [...document.querySelectorAll("[role=tab]")];

/** Shows a panel; `name` is that of its tab, such as "jobs". */
export function showTab(name) {
  const chosen = byId(`tab-${name}`) ?? tabs[0];
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", isChosen);
    tab.tabIndex = isChosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
  localStorage.setItem(KEPT, nameOf(chosen));
  document.dispatchEvent(new CustomEvent("tab-shown", { detail: nameOf(chosen) }));
}

export const shownTab = () => nameOf(tabs.find(tab => tab.getAttribute("aria-selected") === "true"));

const nameOf = tab => tab.id.slice("tab-".length);

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** The tab that a key moves to, or undefined. */
function target(key, from) {
  if (key === "Home") return tabs[0];
  if (key === "End") return tabs.at(-1);
  return key in STEPS ? tabs.at((tabs.indexOf(from) + STEPS[key]) % tabs.length) : undefined;
}

export function startTabs() {
  for (const tab of tabs) {
    tab.addEventListener("click", () => showTab(nameOf(tab)));
    tab.addEventListener("keydown", event => {
      const next = target(event.key, tab);
      if (!next) return;
      event.preventDefault();
      showTab(nameOf(next));
      next.focus();
    });
  }
  showTab(localStorage.getItem(KEPT) ?? nameOf(tabs[0]));
}
