// The preview page: what the server sends goes to the parts of the page, what one does goes to the server.

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { $ } from "./dom.js";
import { showKnowledge } from "./knowledge.js";
import { Links } from "./links.js";
import { Log } from "./log.js";
import { alertWith, copy, notify } from "./notices.js";
import { Search } from "./search.js";
import { Typing } from "./typing.js";
import { Why } from "./why.js";

const actions = {
  send: (frame) => connection.send(frame),
  write: (text) => asked({ do: "write", text }),
  pick: (result) => said({ do: "pick", result }),
  change: (message, text) => asked({ do: "edit", message, text }),
  press: (message, data) => said({ do: "press", message, data }),
  edit: (message) => composer.edit(message),
  search: (query) => search.open(query),
  follow: (url) => links.follow(url),
  copy,
};

/** Send, and say so if it cannot be sent. */
function said(frame) {
  const sent = connection.send(frame);
  if (!sent) notify("אין חיבור לבוט, ולכן זה לא נשלח");
  return sent;
}

/** Send what the bot answers with a message. */
function asked(frame) {
  const sent = said(frame);
  if (sent) typing.asked();
  return sent;
}

const typing = new Typing();
const links = new Links(actions);
const log = new Log(actions);
const composer = new Composer(actions, () => log.lastEditable());
const search = new Search(actions);
const why = new Why({ ...actions, show: (topic) => showTopic(topic) });

const receive = {
  chat(key) {
    if (connection.remember(key)) receive.messages([]);
  },
  bot(bot) {
    const name = bot.name || bot.username;
    document.title = name;
    $("#name").textContent = $("#welcome h2").textContent = name;
    $(".avatar").textContent = name.slice(0, 1);
    $("#welcome p").textContent = bot.description ?? "";
    links.username = bot.username;
    composer.set(bot);
  },
  messages(messages) {
    typing.messages(messages);
    log.show(messages);
    $("#welcome").hidden = messages.length > 0;
  },
  toast({ text, show_alert }) {
    log.settle();
    if (text) (show_alert ? alertWith : notify)(text);
  },
  results(results) {
    search.results.receive(results);
    composer.results.receive(results);
  },
  explanation: (explanation) => why.show(explanation),
  knowledge: showKnowledge,
  error(text) {
    log.settle();
    typing.stop();
    notify(text);
  },
};

const connection = new Connection(
  (frame) => {
    // In the order of `receive`: a new chat is emptied before its messages are shown.
    for (const [key, handle] of Object.entries(receive)) if (key in frame) handle(frame[key]);
    if ("messages" in frame) startByAddress();
  },
  (connected) => {
    $("#offline").textContent = connected ? "" : "אין חיבור לבוט, מנסה שוב…";
    if (connected) composer.draftAnew();
  },
);

/** A link to this page may start the bot, once: a reload must not start it again. */
function startByAddress() {
  const start = new URLSearchParams(location.search).get("start");
  if (start === null) return;
  history.replaceState(null, "", location.pathname);
  actions.write(`/start ${start}`.trim());
}

function showTopic(topic) {
  if (actions.write(`/start ${topic}`)) view("chat");
}

/** On a phone, show the chat or the explanation; on a desk both are there. */
function view(name) {
  if (document.body.dataset.view === name) return;
  document.body.dataset.view = name;
  $("#open-why").setAttribute("aria-expanded", String(name === "why"));
  (name === "why" ? $("#why-title") : $("#open-why")).focus();
}

$("#open-why").addEventListener("click", () => view("why"));
$("#close-why").addEventListener("click", () => view("chat"));
$("#why").addEventListener("keydown", (event) => event.key === "Escape" && view("chat"));
$("#new-chat").addEventListener("click", () => connection.forget());
$("#welcome button").addEventListener("click", () => {
  if (actions.write("/start")) composer.field.focus();
});
