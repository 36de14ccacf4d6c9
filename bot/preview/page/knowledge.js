// The state of the knowledge that the bot answers from, for those who edit it.

import { $, el } from "./dom.js";

const STATES = {
  ready: "הידע מעודכן, והבוט עונה לפיו.",
  learning: "לומד את השינויים בידע…",
  invalid: "יש שגיאות בקובצי הידע. עד שיתוקנו, הבוט ממשיך לענות לפי הידע הקודם.",
};

export function showKnowledge({ state, problems }) {
  const line = $("#knowledge-state");
  line.textContent = STATES[state];
  line.dataset.state = state;
  const box = $("#problems");
  box.hidden = !problems?.length;
  box.replaceChildren(
    el("h3", {}, "מה לתקן"),
    el("ul", { dir: "ltr" }, ...(problems ?? []).map((problem) => el("li", {}, problem))),
  );
  // On a phone the panel is out of sight, so the button that opens it tells.
  const button = $("#open-why");
  button.dataset.state = state;
  button.setAttribute("aria-label", state === "invalid" ? "למה ענה כך? (יש שגיאות בקובצי הידע)" : "למה ענה כך?");
}
