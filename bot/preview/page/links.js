// Where links lead: into this chat, to the sharing dialog, or out to a new tab.

import { $ } from "./dom.js";

const TELEGRAM = new Set(["t.me", "www.t.me", "telegram.me"]);
const OUTSIDE = new Set(["http:", "https:", "mailto:", "tel:"]);

export class Links {
  /** `write(text)` sends into the chat, `copy(text)` copies. */
  constructor({ write, copy }) {
    this.write = write;
    this.dialog = $("#share");
    this.dialog.addEventListener("close", () => {
      const { text, url } = this.shared;
      if (this.dialog.returnValue === "copy") copy([text, url].filter(Boolean).join("\n"));
      if (this.dialog.returnValue === "open") this.follow(url);
    });
  }

  follow(address) {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url || !OUTSIDE.has(url.protocol)) return;
    const start = this.startParameter(url);
    if (TELEGRAM.has(url.hostname) && /^\/share(\/url)?$/.test(url.pathname)) this.share(url.searchParams);
    else if (start !== null) this.write(`/start ${start}`.trim());
    else window.open(url, "_blank", "noopener");
  }

  /** What a deep link to this bot, on Telegram or on this page, starts with; null for any other link. */
  startParameter(url) {
    const toBot = TELEGRAM.has(url.hostname) && url.pathname.slice(1).toLowerCase() === this.username?.toLowerCase();
    const toPage = url.origin === location.origin && url.pathname === "/";
    return toBot || toPage ? url.searchParams.get("start") : null;
  }

  share(parameters) {
    this.shared = { text: (parameters.get("text") ?? "").trim(), url: parameters.get("url") ?? "" };
    $(".shared-text", this.dialog).textContent = this.shared.text;
    $(".shared-link bdi", this.dialog).textContent = this.shared.url;
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }
}
