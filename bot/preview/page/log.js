// The chat's messages, in order, and where it is scrolled to.

import { Bubble, isEditable } from "./bubble.js";
import { $ } from "./dom.js";

// Who is so near the end, in pixels, follows the chat.
const NEAR = 48;

export class Log {
  constructor(actions) {
    this.log = $("#log");
    this.toEnd = $("#to-end");
    this.actions = { ...actions, point: (id) => this.bubbles.get(id)?.point() };
    this.bubbles = new Map();
    this.messages = [];
    this.following = true;
    this.log.addEventListener("scroll", () => this.scrolled());
    this.toEnd.addEventListener("click", () => this.end());
    // The log shrinks when the composer grows or a phone's keyboard opens; the end must stay in sight.
    new ResizeObserver(() => this.following && this.end()).observe(this.log);
  }

  /** Show exactly these messages. */
  show(messages) {
    const wanted = new Set(messages.map((message) => message.message_id));
    for (const [id, bubble] of this.bubbles) {
      if (wanted.has(id)) continue;
      bubble.article.remove();
      this.bubbles.delete(id);
    }
    let place = this.log.firstElementChild;
    for (const message of messages) {
      const bubble = this.bubbles.get(message.message_id) ?? this.added(message);
      bubble.update(message);
      if (bubble.article === place) place = place.nextElementSibling;
      else this.log.insertBefore(bubble.article, place);
    }
    this.messages = messages;
    this.settle();
    if (this.following) this.end();
  }

  added(message) {
    const bubble = new Bubble(message, this.actions);
    this.bubbles.set(message.message_id, bubble);
    // Who writes wants to see it, wherever they have scrolled to.
    if (!message.from.is_bot) this.following = true;
    return bubble;
  }

  /** The bot reacted: no button waits any longer. */
  settle() {
    for (const button of this.log.querySelectorAll("[data-pressed]")) button.removeAttribute("data-pressed");
  }

  /** The last message that can be edited; undefined if there is none. */
  lastEditable() {
    return this.messages.findLast(isEditable);
  }

  scrolled() {
    const left = this.log.scrollHeight - this.log.clientHeight - this.log.scrollTop;
    this.following = left < NEAR;
    this.toEnd.hidden = this.following;
  }

  end() {
    this.following = true;
    this.log.scrollTop = this.log.scrollHeight;
  }
}
