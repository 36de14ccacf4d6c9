// The inline keyboard under a message.

import { el, icon } from "./dom.js";

/** The rows of buttons of a message. */
export function keyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  return el(
    "div",
    { class: "keyboard" },
    ...rows.map((row) => el("div", { class: "row" }, ...row.map((button) => made(button, message.message_id, actions)))),
  );
}

/** What stays the same of a button while its message changes, so that the focus can return to it. */
function identity(button) {
  return button.callback_data ?? button.url ?? button.text;
}

function made(button, message, actions) {
  const [mark, press] = meaning(button, message, actions);
  const label = el("span", { dir: "auto" }, button.text);
  return el("button", { type: "button", "data-button": identity(button), click: press }, label, mark && icon(mark));
}

/** The small mark in a button's corner, or null, and what pressing it does. */
function meaning(button, message, actions) {
  if (button.callback_data !== undefined) {
    // A pressed button shows that it waits, until the bot reacts.
    return [null, ({ currentTarget }) => currentTarget.toggleAttribute("data-pressed", actions.press(message, button.callback_data))];
  }
  if (button.url !== undefined) return ["link", () => actions.follow(button.url)];
  if (button.copy_text) return ["copy", () => actions.copy(button.copy_text.text)];
  const query = button.switch_inline_query ?? button.switch_inline_query_current_chat ?? "";
  return ["forward", () => actions.search(query)];
}

/** Put a new keyboard in the place of an old one. The focus stays on the button that had it; gone, on the first one. */
export function replaceKeyboard(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.button : null;
  old.replaceWith(fresh);
  if (focused === null) return;
  const buttons = [...fresh.querySelectorAll("button")];
  const next = buttons.find((button) => button.dataset.button === focused) ?? buttons[0];
  next?.focus({ preventScroll: true });
}
