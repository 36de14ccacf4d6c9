// The search box: inline mode, as one meets it by typing the bot's name in any chat.

import { $ } from "./dom.js";
import { Results } from "./results.js";

export class Search {
  constructor(actions) {
    this.section = $("#search");
    this.field = $("#query");
    this.opener = $("#open-search");
    this.results = new Results($("#search-results"), this.field, actions, () => this.close());
    this.opener.addEventListener("click", () => (this.section.hidden ? this.open("") : this.close()));
    $("#close-search").addEventListener("click", () => this.close());
    this.field.addEventListener("input", () => this.ask());
    this.section.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      else if (event.target === this.field) this.results.key(event);
    });
  }

  open(query) {
    this.before = document.activeElement;
    this.section.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.field.value = query;
    this.field.focus();
    this.ask();
  }

  ask() {
    this.field.dir = this.field.value ? "auto" : "rtl";
    this.results.ask(this.field.value);
  }

  close() {
    this.results.hide();
    this.section.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    // The button that opened the search may be gone with its message.
    (this.before?.isConnected && this.before !== document.body ? this.before : this.opener).focus();
  }
}
