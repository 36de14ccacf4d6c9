// A message's text with its entities, as nodes. Telegram counts offsets in UTF-16 units, and so do JavaScript's strings.

import { el } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** Nodes for the text. `actions.follow(url)` opens a link, `actions.write(text)` sends a command. */
export function formatted(text, entities, actions) {
  // Outer entities first: those that begin earlier or, from the same place, reach farther.
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodes(text, sorted, 0, text.length, actions);
}

function nodes(text, entities, start, end, actions) {
  const made = [];
  let at = start;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (to <= from) continue;
    if (from > at) made.push(text.slice(at, from));
    const inner = entities.slice(i + 1).filter((other) => other.offset < to);
    made.push(wrapped(entity, text.slice(from, to), nodes(text, inner, from, to, actions), actions));
    at = to;
    // A block ends its line itself: the line break after it would show as an empty line.
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
  }
  if (at < end) made.push(text.slice(at, end));
  return made;
}

function wrapped(entity, text, children, actions) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, children, actions);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`, children, actions);
    case "mention":
      return link(`https://t.me/${text.slice(1)}`, children, actions);
    case "email":
      return link(`mailto:${text}`, children, actions);
    case "bot_command":
      return el("button", { type: "button", class: "command", click: () => actions.write(text) }, ...children);
    case "spoiler":
      return spoiler(children);
    case "blockquote":
      return el("blockquote", {}, ...children);
    case "expandable_blockquote":
      return expandable(children);
    default:
      return el(TAGS[entity.type] ?? "span", {}, ...children);
  }
}

function link(url, children, actions) {
  const follow = (event) => {
    event.preventDefault();
    actions.follow(url);
  };
  return el("a", { href: url, rel: "noopener", title: url, click: follow }, ...children);
}

function spoiler(children) {
  const hidden = el("span", { class: "hidden-words", "aria-hidden": "true" }, ...children);
  const cover = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "טקסט מוסתר, לחיצה תגלה אותו" }, hidden);
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    cover.replaceWith(...children);
  };
  cover.addEventListener("click", reveal);
  cover.addEventListener("keydown", reveal);
  return cover;
}

function expandable(children) {
  const words = el("div", { class: "clamped" }, ...children);
  const toggle = el("button", { type: "button", class: "more", "aria-expanded": "false" }, "עוד");
  toggle.addEventListener("click", () => {
    const open = words.classList.toggle("clamped") === false;
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "פחות" : "עוד";
  });
  // A quote that fits without being cut needs no button; whether it fits changes with the width of the window.
  new ResizeObserver(() => {
    if (words.classList.contains("clamped")) toggle.hidden = words.scrollHeight <= words.clientHeight + 1;
  }).observe(words);
  return el("blockquote", { class: "expandable" }, words, toggle);
}
