// A list to choose from with the arrows while the focus stays elsewhere: in the field that one types in, or on the list.

import { el } from "./dom.js";

export class Choices {
  /** `onPick` gets the chosen item. */
  constructor(list, onPick) {
    this.list = list;
    this.onPick = onPick;
    this.items = [];
    // A press must not take the focus from the field.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  /** Show items, `{title, description}` each. `owner` has the focus and is told which of them is active. */
  show(items, owner) {
    this.owner = owner;
    this.items = items;
    this.list.replaceChildren(...items.map((item, i) => this.option(item, i)));
    this.activate(0);
  }

  hide() {
    this.items = [];
    this.list.replaceChildren();
    this.owner?.removeAttribute("aria-activedescendant");
  }

  option(item, i) {
    return el(
      "li",
      { role: "option", id: `${this.list.id}-${i}`, click: () => this.onPick(item), pointermove: () => this.activate(i) },
      el("strong", { dir: "auto" }, item.title),
      item.description ? el("span", { dir: "auto" }, item.description) : null,
    );
  }

  activate(i) {
    this.active = i;
    [...this.list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === i)));
    const option = this.list.children[i];
    if (option) {
      this.owner.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.owner.removeAttribute("aria-activedescendant");
    }
  }

  /** Handle a key; whether it was one of the list's. */
  key(event) {
    const count = this.items.length;
    if (!count || event.isComposing || event.shiftKey) return false;
    if (event.key === "ArrowDown") this.activate((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.activate((this.active + count - 1) % count);
    else if (event.key === "Enter") this.onPick(this.items[this.active]);
    else return false;
    event.preventDefault();
    return true;
  }
}
