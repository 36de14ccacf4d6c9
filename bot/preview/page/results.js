// What the inline search found, live: used by the search box and by "@bot ..." in the composer.

import { Choices } from "./choices.js";
import { $ } from "./dom.js";

const PAUSE = 150;

export class Results {
  /** `box` holds the list, `field` is typed in, `onDone` is told that something was picked. */
  constructor(box, field, actions, onDone) {
    this.box = box;
    this.field = field;
    this.actions = actions;
    this.onDone = onDone;
    this.query = null;
    this.start = $(".start", box);
    this.nothing = $(".nothing", box);
    this.choices = new Choices($("ul", box), (item) => this.pick(item));
    this.start.addEventListener("click", () => {
      if (this.actions.write(`/start ${this.parameter}`.trim())) onDone();
    });
  }

  /** Search, once the typing pauses. */
  ask(query) {
    if (query === this.query) return;
    this.query = query;
    this.answered = false;
    this.wanted = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.actions.send({ do: "search", query }), PAUSE);
  }

  /** Send a result. One of an earlier query than the one typed waits for the results of that, and must be among them. */
  pick(item) {
    if (!this.answered) this.wanted = item.id;
    else if (this.actions.pick(item.id)) this.onDone();
  }

  /** Results came, perhaps of somebody else's query. */
  receive({ query, results, button }) {
    if (this.query === null || query.trim() !== this.query.trim()) return;
    this.answered = true;
    this.box.hidden = false;
    this.choices.show(results, this.field);
    this.start.hidden = !button;
    this.start.textContent = button?.text ?? "";
    this.parameter = button?.start_parameter ?? "";
    const wanted = results.find(({ id }) => id === this.wanted);
    if (wanted) this.pick(wanted);
    else this.nothing.textContent = results.length || button ? "" : "לא נמצא דבר. אפשר לנסות מילים אחרות.";
  }

  hide() {
    clearTimeout(this.timer);
    this.query = null;
    this.box.hidden = true;
    this.choices.hide();
  }

  key(event) {
    return this.query !== null && this.choices.key(event);
  }
}
