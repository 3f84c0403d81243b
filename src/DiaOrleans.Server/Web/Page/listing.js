import { byId } from "./dom.js";

const PAGE = 50;

const folded = text => text.normalize("NFKD").toLocaleLowerCase();

/**
 * A list of named things with a field that finds them: it shows a page of rows, and more of them on request, so that hundreds stay quick.
 * A row is made again only if its item changed; one that `isBusy` stays as it is.
 */
export class Listing {
  #list;
  #find;
  #total;
  #more;
  #row;
  #isBusy;
  #dispose;
  #noun;
  #items = [];
  #rows = new Map();
  #shown = PAGE;

  /** `ids` are those of the list, its field, its total and its button; `row` makes the element of an item `{ id, ... }`. */
  constructor(ids, { noun, row, isBusy = () => false, dispose = () => {} }) {
    [this.#list, this.#find, this.#total, this.#more] = ids.map(byId);
    [this.#noun, this.#row, this.#isBusy, this.#dispose] = [noun, row, isBusy, dispose];
    this.#find.addEventListener("input", () => {
      this.#shown = PAGE;
      this.#draw();
    });
    this.#more.addEventListener("click", () => {
      const first = this.#list.children.length;
      this.#shown += PAGE;
      this.#draw();
      this.#list.children[first]?.querySelector("button")?.focus();
    });
  }

  set items(value) {
    this.#items = value;
    this.#draw();
  }

  /** Shows the row of an item, whatever was sought. */
  reveal(id) {
    this.#find.value = "";
    const place = this.#items.findIndex(item => item.id === id);
    this.#shown = Math.max(this.#shown, place + 1);
    this.#draw();
    this.#rows.get(id)?.element.scrollIntoView({ block: "nearest" });
  }

  #draw() {
    const sought = folded(this.#find.value.trim());
    const found = this.#items.filter(({ id }) => folded(id).includes(sought));
    const visible = found.slice(0, this.#shown);
    const ids = new Set(visible.map(({ id }) => id));
    for (const [id, { element }] of this.#rows) if (!ids.has(id)) this.#remove(id, element);
    visible.forEach((item, place) => this.#put(item, place));
    this.#more.hidden = found.length <= visible.length;
    this.#find.parentElement.hidden = this.#items.length === 0;
    const count = `${this.#items.length} ${this.#noun}${this.#items.length === 1 ? "" : "s"}`;
    this.#total.textContent = sought ? `${found.length} of ${count}` : count;
  }

  #put(item, place) {
    const state = JSON.stringify(item);
    const known = this.#rows.get(item.id);
    const isKept = known && (known.state === state || this.#isBusy(known.element));
    const element = isKept ? known.element : this.#row(item);
    if (!isKept) {
      const name = known?.element.contains(document.activeElement) ? document.activeElement.textContent : null;
      if (known) this.#remove(item.id, known.element);
      this.#rows.set(item.id, { state, element });
      this.#list.insertBefore(element, this.#list.children[place] ?? null);
      if (name !== null) [...element.querySelectorAll("button")].find(({ textContent }) => textContent === name)?.focus();
    } else if (this.#list.children[place] !== element) {
      this.#list.insertBefore(element, this.#list.children[place] ?? null);
    }
  }

  #remove(id, element) {
    this.#dispose(element);
    element.remove();
    this.#rows.delete(id);
  }
}
