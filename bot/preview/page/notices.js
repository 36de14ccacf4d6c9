// Passing notices, the bot's alerts, and copying, which ends in a notice.

import { $ } from "./dom.js";

const SHOWN_FOR = 4000;
let timer;

/** Show a line for a while. */
export function notify(text) {
  const toast = $("#toast");
  toast.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (toast.textContent = ""), SHOWN_FOR);
}

/** Show a text until it is dismissed. */
export function alertWith(text) {
  const dialog = $("#alert");
  $("p", dialog).textContent = text;
  if (!dialog.open) dialog.showModal();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify("הועתק");
  } catch {
    // Browsers refuse where the page is not served from this computer, or when asked to.
    notify("הדפדפן לא הרשה להעתיק");
  }
}
