// One message in the chat.

import { el } from "./dom.js";
import { formatted } from "./entities.js";
import { keyboard, replaceKeyboard } from "./keyboard.js";

const clock = new Intl.DateTimeFormat("he-IL", { hour: "2-digit", minute: "2-digit" });
const time = (seconds) => clock.format(new Date(seconds * 1000));

export class Bubble {
  constructor(message, actions) {
    this.actions = actions;
    this.words = el("div", { class: "bubble" });
    this.buttons = el("div", { class: "keyboard" });
    const bot = message.from.is_bot;
    this.article = el(
      "article",
      {
        "data-message-id": message.message_id,
        "data-from": bot ? "bot" : "person",
        "aria-label": `${bot ? "הבוט" : "ההודעה שלך"}, ${time(message.date)}`,
        tabindex: "-1",
      },
      el("div", { class: "stack" }, this.words, this.buttons),
    );
    if (isEditable(message)) {
      this.article.append(el("button", { type: "button", class: "edit", click: () => actions.edit(this.message) }, "עריכה"));
    }
  }

  /** Show the message as it is now. What did not change is left alone, and with it the focus and an opened quote. */
  update(message) {
    const { text, entities, edit_date, reply_to_message, reply_markup } = message;
    const words = JSON.stringify([text, entities, edit_date, reply_to_message?.text]);
    const buttons = JSON.stringify(reply_markup ?? null);
    this.message = message;
    if (words !== this.wordsShown) this.words.replaceChildren(...content(message, this.actions));
    if (buttons !== this.buttonsShown) {
      const fresh = keyboard(message, this.actions);
      replaceKeyboard(this.buttons, fresh);
      this.buttons = fresh;
    }
    this.wordsShown = words;
    this.buttonsShown = buttons;
  }

  /** Call attention to the message. */
  point() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.article.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    this.article.focus({ preventScroll: true });
    this.article.classList.remove("pointed");
    void this.article.offsetWidth; // lets the animation start again
    this.article.classList.add("pointed");
  }
}

/** People may edit what they typed, not what they picked from a search. */
export function isEditable(message) {
  return !message.from.is_bot && !message.via_bot && message.text !== undefined;
}

function content(message, actions) {
  const { reply_to_message: quoted, via_bot: via } = message;
  return [
    via ? el("p", { class: "via" }, "דרך ", el("bdi", {}, `@${via.username}`)) : null,
    quoted ? quote(quoted, actions) : null,
    el("div", { class: "text" }, ...formatted(message.text ?? "", message.entities, actions)),
    el("p", { class: "meta" }, message.edit_date ? "נערך " : "", el("time", {}, time(message.date))),
  ].filter(Boolean);
}

function quote(quoted, actions) {
  const who = quoted.from?.is_bot ? "הבוט" : "ההודעה שלך";
  return el(
    "button",
    { type: "button", class: "quote", "aria-label": `בתגובה אל: ${quoted.text ?? ""}`, click: () => actions.point(quoted.message_id) },
    el("strong", {}, who),
    el("span", { dir: "auto" }, quoted.text ?? ""),
  );
}
