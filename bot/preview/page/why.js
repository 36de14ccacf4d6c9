// The panel that explains, to the editors of the knowledge, why a message got its answer.

import { $, el } from "./dom.js";
import { evidence, phrasing, reading, unknown } from "./sections.js";

export class Why {
  /** `actions.show(topic)` shows a topic in the chat, `actions.copy(text)` copies. */
  constructor(actions) {
    this.actions = actions;
    this.box = $("#explanation");
    this.show(null);
  }

  show(explanation) {
    const focused = this.box.contains(document.activeElement);
    this.box.replaceChildren(...(explanation ? this.sections(explanation) : [nothing()]));
    if (focused) $("#why-title").focus({ preventScroll: true });
  }

  sections(explanation) {
    const { readings } = explanation;
    const part = (i) => (readings.length > 1 ? `חלק ${i + 1} מתוך ${readings.length}` : null);
    const [first, ...others] = readings.map((one, i) => reading(one, part(i), i === 0, this.actions));
    return [
      message(explanation),
      decision(explanation),
      unknown(readings),
      first,
      evidence(explanation.evidence, readings[0]), // of the first part, and so is the phrasing
      phrasing(explanation),
      ...others,
    ].filter(Boolean);
  }
}

function nothing() {
  return el("p", { class: "hint" }, "עוד אין מה להסביר. כשתישלח או תיכתב הודעה, יוסבר כאן איך הבוט הבין אותה.");
}

function message({ draft, text, normalised }) {
  return el(
    "section",
    {},
    el("h3", {}, draft ? "תוך כדי הקלדה" : "ההודעה האחרונה"),
    el("p", { class: "asked" }, text),
    normalised && normalised !== text
      ? el("p", { class: "hint" }, "הבוט קורא אותה בלי ניקוד, סימנים ואותיות סופיות: ", el("bdi", {}, normalised))
      : null,
  );
}

function decision({ decision, decision_text, act_text, reason_text, before }) {
  return el(
    "section",
    { class: "decision", "data-decision": decision },
    el("h3", {}, "ההחלטה: ", decision_text),
    act_text ? el("p", {}, act_text) : null,
    act_text === reason_text ? null : el("p", {}, reason_text),
    before?.length
      ? el(
          "p",
          { class: "before" },
          el("strong", {}, "נשען על: "),
          el("bdi", {}, before.join(", ")),
          el("span", { class: "hint" }, "ההודעה הובנה כהמשך למה שנענה לפניה."),
        )
      : null,
  );
}
