// Where one writes: a message, a command, a search with the bot's name before it, or a change to an earlier message.

import { Commands } from "./commands.js";
import { $ } from "./dom.js";
import { Results } from "./results.js";

const PAUSE = 150;

export class Composer {
  /** `lastEditable` finds the message that ArrowUp edits. */
  constructor(actions, lastEditable) {
    this.actions = actions;
    this.lastEditable = lastEditable;
    this.field = $("#composer textarea");
    this.bar = $("#editing");
    this.commands = new Commands(this.field, (command) => this.sendCommand(command));
    this.results = new Results($("#inline"), this.field, actions, () => this.write(""));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    $("#composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    $("button", this.bar).addEventListener("click", () => this.stopEditing());
  }

  /** What is known of the bot: its commands and its name. */
  set(bot) {
    this.username = bot.username;
    this.commands.set(bot.commands ?? []);
  }

  write(text) {
    this.field.value = text;
    this.changed();
    this.field.focus();
  }

  // --- sending -------------------------------------------------------------------------------------------------------

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    if (this.edited && text === this.edited.text) this.stopEditing();
    else if (this.edited) this.actions.change(this.edited.message_id, text) && this.stopEditing();
    else if (this.actions.write(text)) this.write("");
  }

  sendCommand(command) {
    // From the button's menu, a text that was begun stays.
    if (this.actions.write(command) && this.field.value.startsWith("/")) this.write("");
  }

  // --- editing -------------------------------------------------------------------------------------------------------

  edit(message) {
    if (!this.edited) this.begun = this.field.value;
    this.edited = message;
    this.bar.hidden = false;
    $("span", this.bar).textContent = message.text;
    this.write(message.text);
    this.field.setSelectionRange(message.text.length, message.text.length);
  }

  stopEditing() {
    if (!this.edited) return;
    this.edited = null;
    this.bar.hidden = true;
    this.write(this.begun);
  }

  // --- typing --------------------------------------------------------------------------------------------------------

  key(event) {
    if (event.isComposing || this.results.key(event) || this.commands.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      if (this.results.query !== null) this.results.hide();
      else this.stopEditing();
    } else if (event.key === "ArrowUp" && !this.field.value && this.lastEditable()) {
      event.preventDefault();
      this.edit(this.lastEditable());
    }
  }

  changed() {
    const text = this.field.value;
    // An empty field with dir=auto would start at the left.
    this.field.dir = text ? "auto" : "rtl";
    this.field.style.blockSize = "auto";
    this.field.style.blockSize = `${this.field.scrollHeight}px`;
    const query = this.inlineQuery(text);
    if (query === null) this.results.hide();
    else this.results.ask(query);
    // Commands are sent, never edited.
    this.commands.filter(this.edited ? "" : text);
    this.draft(query === null && !text.startsWith("/") ? text : "");
  }

  /** What is searched for by "@bot something"; null if this is no such text. */
  inlineQuery(text) {
    const name = `@${this.username} `.toLowerCase();
    return !this.edited && text.toLowerCase().startsWith(name) ? text.slice(name.length) : null;
  }

  /** Ask how the bot reads what is being typed. */
  draft(text) {
    if (text.trim() === (this.drafted ?? "")) return;
    this.drafted = text.trim();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.actions.send({ do: "draft", text: this.drafted }), this.drafted ? PAUSE : 0);
  }

  /** After a lost connection the server knows nothing of the draft. */
  draftAnew() {
    if (this.drafted) this.actions.send({ do: "draft", text: this.drafted });
  }
}
