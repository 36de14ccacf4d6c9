// The line that says that the bot is writing: from one's own message until its next one.

import { $ } from "./dom.js";

const LONGEST = 15_000;

export class Typing {
  constructor() {
    this.line = $("#typing");
    this.waiting = false;
    this.answers = "[]";
  }

  /** A message went to the bot. */
  asked() {
    this.waiting = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), LONGEST);
    this.show();
  }

  /** The chat's messages now: a new one of the bot's, or a changed one, ends the waiting. */
  messages(messages) {
    const answers = JSON.stringify(messages.filter((message) => message.from.is_bot));
    if (answers !== this.answers) this.stop();
    this.answers = answers;
  }

  stop() {
    this.waiting = false;
    this.show();
  }

  show() {
    this.line.textContent = this.waiting ? "הבוט כותב…" : "";
  }
}
