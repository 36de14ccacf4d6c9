// The sections of the explanation: each has a heading, a sentence that says what it means, and what there is to see.

import { el } from "./dom.js";

const KINDS = {
  concept: "מושג",
  known: "מילה מוכרת",
  filler: "מילת נימוס או קישור",
  number: "מספר",
  unknown: "לא מוכרת",
};

function section(title, hint, ...children) {
  return el("section", {}, el("h3", {}, title), hint ? el("p", { class: "hint" }, hint) : null, ...children);
}

// --- words -----------------------------------------------------------------------------------------------------------

/** The words that the bot does not know, called out; null if it knows all of them. */
export function unknown(readings) {
  const words = readings.flatMap(({ words }) => words).filter((word) => word.kind === "unknown");
  if (!words.length) return null;
  const texts = [...new Set(words.map((word) => word.text))];
  return el(
    "section",
    { class: "unknown-words" },
    el("h3", {}, texts.length > 1 ? "מילים שהבוט לא מכיר" : "מילה שהבוט לא מכיר"),
    el("p", {}, ...texts.map((text) => el("bdi", { class: "unknown-word" }, text))),
    el("p", { class: "hint" }, "מה שחשוב לשאלה כדאי להוסיף לידע, בניסוח או במושג."),
  );
}

function chip({ text, form, kind, misspelt }) {
  const words = misspelt
    ? el("span", {}, el("bdi", {}, text), el("span", { role: "img", "aria-label": "נקרא" }, " ← "), el("bdi", {}, form))
    : el("bdi", {}, text);
  const label = misspelt ? `${KINDS[kind]}, שגיאת כתיב` : KINDS[kind];
  return el("li", { class: "chip", "data-kind": kind, "data-misspelt": misspelt }, words, el("small", {}, label));
}

/** How one part of the message was read, and what it may be about. `part` names it if there are more, `first` explains. */
export function reading({ words, topics }, part, first, actions) {
  return el(
    "div",
    { class: "reading" },
    part ? el("h3", { class: "part" }, part) : null,
    section(
      "איך נקראה כל מילה",
      first && "מושגים ומילים מוכרות מכריעים. מילות נימוס וקישור כמעט לא משפיעות.",
      el("ul", { class: "chips" }, ...words.map(chip)),
    ),
    section(
      "הנושאים הסבירים ביותר",
      first && "כמה סביר שזה הנושא. לחיצה על הנושא מציגה אותו בשיחה, ולחיצה על הקובץ והשורה מעתיקה אותם.",
      el("ol", { class: "topics" }, ...topics.map((topic) => topicRow(topic, actions))),
    ),
  );
}

// --- topics ----------------------------------------------------------------------------------------------------------

function topicRow({ topic, title, probability, file, line }, actions) {
  const percent = `${(100 * probability).toFixed(probability >= 0.1 ? 0 : 1)}%`;
  const meter = el("meter", { min: 0, max: 1, value: probability, "aria-label": "סבירות" });
  return el(
    "li",
    {},
    el("div", { class: "topic" }, file ? topicLink(topic, title, actions) : el("span", {}, title), file ? place(`${file}:${line}`, actions) : null),
    el("div", { class: "likely" }, meter, el("bdi", { dir: "ltr" }, percent)),
  );
}

function topicLink(topic, title, actions) {
  const show = (event) => {
    if (event.ctrlKey || event.metaKey) return; // a new tab has a chat of its own
    event.preventDefault();
    actions.show(topic);
  };
  return el("a", { href: `/?start=${encodeURIComponent(topic)}`, click: show }, title);
}

function place(text, actions) {
  return el("button", { type: "button", class: "place", dir: "ltr", title: "העתקה", click: () => actions.copy(text) }, text);
}

// --- evidence --------------------------------------------------------------------------------------------------------

/** What each word did for the first topic; null without words. */
export function evidence(weights, first) {
  if (!weights?.length) return null;
  const most = Math.max(...weights.map(({ weight }) => Math.abs(weight)), 0.01);
  const title = first?.topics[0]?.title;
  return section(
    "המילים שהכריעו",
    `כמה כל מילה תרמה לנושא הראשון${title ? ` (${title})` : ""}: פלוס בעדו, מינוס נגדו.`,
    el("ul", { class: "evidence" }, ...weights.map((one) => weightRow(one, most))),
  );
}

function weightRow({ word, weight }, most) {
  const bar = el("span", { class: "bar", "data-sign": weight < 0 ? "minus" : "plus" });
  bar.style.inlineSize = `${(50 * Math.abs(weight)) / most}%`;
  const number = `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;
  return el("li", {}, el("bdi", {}, word), el("span", { class: "scale", "aria-hidden": "true" }, bar), el("bdi", { dir: "ltr" }, number));
}

/** The phrasing in the knowledge that is most like the message; null if there is none. */
export function phrasing({ phrasing, likeness }) {
  if (!phrasing) return null;
  return section(
    "הניסוח הקרוב ביותר בידע",
    `דומה להודעה ב-${Math.round(likeness)}%. כשהדמיון נמוך, ניסוח נוסף בידע יכול לעזור.`,
    el("blockquote", { dir: "auto" }, phrasing),
  );
}
