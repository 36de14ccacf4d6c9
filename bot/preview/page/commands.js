// The menu of the bot's commands: under the "/" button, and while a command is typed.

import { Choices } from "./choices.js";
import { $ } from "./dom.js";

export class Commands {
  /** `onPick` gets the command as it is sent. */
  constructor(field, onPick) {
    this.field = field;
    this.popup = $("#command-menu");
    this.list = $("#commands");
    this.opener = $("#open-commands");
    this.all = [];
    this.choices = new Choices(this.list, (item) => {
      this.close();
      onPick(item.title);
    });
    this.opener.addEventListener("click", () => (this.popup.hidden ? this.open() : this.close()));
    this.list.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      else this.choices.key(event);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest("#command-menu, #open-commands, textarea")) this.close();
    });
  }

  set(commands) {
    this.all = commands.map(({ command, description }) => ({ title: `/${command}`, description }));
    this.opener.hidden = !commands.length;
  }

  open() {
    this.show(this.all, this.list);
    this.list.focus();
  }

  /** Show the commands that go on from what was typed. */
  filter(text) {
    const fitting = /^\/\w*$/.test(text) ? this.all.filter(({ title }) => title.startsWith(text.toLowerCase())) : [];
    if (fitting.length) this.show(fitting, this.field);
    else this.close();
  }

  show(items, owner) {
    this.popup.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.choices.show(items, owner);
  }

  close() {
    if (this.popup.hidden) return;
    if (this.list.contains(document.activeElement)) this.opener.focus();
    this.popup.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.choices.hide();
  }

  key(event) {
    if (this.popup.hidden) return false;
    if (event.key !== "Escape") return this.choices.key(event);
    this.close();
    return true;
  }
}
