"""What the bot does with each update: read it, ask the core, render, send.

In groups the bot speaks only when it is addressed: mentioned, replied to, or given a command.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cachetools import LRUCache
from telegram import CallbackQuery, InlineQueryResultsButton, Message, Update
from telegram.error import BadRequest
from telegram.ext import ApplicationHandlerStop, CallbackContext

from bot.conversation import Context, Offer, Reply, Responder
from bot.knowledge import Knowledge
from bot.matcher.search import search
from bot.store import Who
from bot.telegram import rendering, sending
from bot.telegram.flood import Flood, Verdict
from bot.telegram.memory import Exchange, Memory
from bot.telegram.metrics import Metrics
from bot.telegram.rendering import Rendered, Votes
from bot.telegram.sending import GROUPS, Place
from bot.telegram.transport import Bot

log = logging.getLogger(__name__)

Ext = CallbackContext[Bot, Any, Any, Any]

MOST_RESULTS = 8
MOST_LAYOUTS = 500
# Telegram keeps the results of a query for so many seconds: short enough for a corrected answer to arrive soon.
RESULTS_KEPT_S = 60
# The payload of the deep link that opens the menu; topics have their ids.
MENU_PAYLOAD = "topics"


@dataclass
class Handlers:
    """The handlers, with the core that they ask and what they remember."""

    responder: Responder
    memory: Memory = field(default_factory=Memory)
    metrics: Metrics = field(default_factory=Metrics)
    _flood: Flood = field(default_factory=Flood)
    _layouts: LRUCache[Reply, list[Rendered]] = field(default_factory=lambda: LRUCache(MOST_LAYOUTS))
    _layouts_of: Knowledge | None = None

    async def expect(self, updates: Iterable[Update]) -> None:
        """Have at hand what these updates will need, which are about to be handled."""
        sides = [(update.effective_chat, update.effective_user) for update in updates]
        await self.memory.expect({Who(chat.id, user.id) for chat, user in sides if chat and user})

    # --- before all others ---------------------------------------------------------------------------------------

    async def hold_back(self, update: Update, ext: Ext) -> None:
        """Say once to who writes too much that it is too much, and then nothing until it calms down."""
        message, press = update.effective_message, update.callback_query
        if not update.effective_user or not message or not (press or update.message or update.edited_message):
            return
        if not press and isinstance(message, Message) and not _is_addressed(message, ext):
            return
        written = None if press else update.message or update.edited_message
        at = (written.edit_date or written.date).timestamp() if written else time.time()
        verdict = self._flood.judge(update.effective_user.id, at)
        if verdict is Verdict.ANSWER:
            return
        self.metrics.decisions.labels("too_many").inc()
        if verdict is Verdict.WARN:
            place = Place.of_press(press) if press else Place.of_message(_message(update))
            await sending.send(ext.bot, place, [rendering.line(self.responder.knowledge.texts.too_many)])
        raise ApplicationHandlerStop

    # --- commands ------------------------------------------------------------------------------------------------

    async def start(self, update: Update, ext: Ext) -> None:
        """Greet; with a payload, as a deep link has it, answer its topic or show the menu."""
        payload = ext.args[0] if ext.args else ""
        responder = self.responder
        if payload in responder.knowledge.entries:
            # Who follows a link wants to see what it leads to, even if that was said just now.
            place = Place.of_message(_message(update))
            before = (await self.memory.conversation(place.who)).context
            await self._reply(ext, place, before, *responder.answer((payload,), before))
        elif payload == MENU_PAYLOAD:
            await self._say(update, ext, rendering.menu(responder.knowledge))
        else:
            await self._say(update, ext, rendering.start(responder.knowledge))

    async def help(self, update: Update, ext: Ext) -> None:
        """Say how to ask."""
        await self._say(update, ext, rendering.help_text(self.responder.knowledge))

    async def topics(self, update: Update, ext: Ext) -> None:
        """Show the menu of themes."""
        await self._say(update, ext, rendering.menu(self.responder.knowledge))

    async def about(self, update: Update, ext: Ext) -> None:
        """Say what the answers rest on."""
        await self._say(update, ext, rendering.about(self.responder.knowledge))

    async def privacy(self, update: Update, ext: Ext) -> None:
        """Say what is kept, and for how long."""
        await self._say(update, ext, rendering.line(self.responder.knowledge.texts.privacy))

    async def forget(self, update: Update, ext: Ext) -> None:
        """Delete what can be tied to the person, and confirm it."""
        place, texts = Place.of_message(_message(update)), self.responder.knowledge.texts
        forgotten = await self.memory.forget(place.who)
        await sending.send(ext.bot, place, [rendering.line(texts.forgotten if forgotten else texts.not_forgotten)])

    async def _say(self, update: Update, ext: Ext, page: Rendered) -> None:
        """Send something that is no answer: the one before is then no longer the last thing said."""
        place = Place.of_message(_message(update))
        await sending.send(ext.bot, place, [page])
        await self.memory.interrupt(place.who)

    # --- questions -----------------------------------------------------------------------------------------------

    async def question(self, update: Update, ext: Ext) -> None:
        """Answer a text or a caption; an edited one anew, in place of its earlier answer where that is remembered."""
        message = _message(update)
        place = Place.of_message(message)
        text = addressed_text(message, ext.bot.id, ext.bot.username)
        if text is None:
            return
        if not text:
            await self._say(update, ext, rendering.line(self.responder.knowledge.texts.group_hint))
            return
        conversation = await self.memory.conversation(place.who)
        earlier = conversation.exchange_of(message.message_id) if update.edited_message else None
        before = earlier.before if earlier else conversation.context
        reply, after = self.responder.reply(text, before)
        if earlier and not conversation.is_last(earlier):
            # What came after it stands: the next message leans on that.
            after = conversation.context.having_seen(after.seen)
        answer = await self._reply(ext, place, before, reply, after, question=message.message_id, instead_of=earlier)
        self.memory.record(place.who, reply, text, answer)
        self.metrics.decisions.labels(str(reply.decision)).inc()

    async def no_text(self, update: Update, ext: Ext) -> None:
        """One friendly line to what has no words."""
        await self._say(update, ext, rendering.line(self.responder.knowledge.texts.no_text))

    async def inline(self, update: Update, ext: Ext) -> None:
        """List the best topics for who types the bot's name in any chat, each with its answer to send there."""
        query = update.inline_query
        assert query
        knowledge, name = self.responder.knowledge, ext.bot.username
        topics = search(query.query, knowledge, self.responder.matcher, MOST_RESULTS)
        results = [rendering.inline_result(knowledge.entries[topic], knowledge, name) for topic in topics]
        button = None if results else InlineQueryResultsButton(knowledge.texts.search_nothing, start_parameter=MENU_PAYLOAD)
        try:
            await query.answer(results, cache_time=RESULTS_KEPT_S, button=button)
        except BadRequest as error:
            log.info("results could not be delivered: %s", error.message)

    # --- buttons -------------------------------------------------------------------------------------------------

    async def button(self, update: Update, ext: Ext) -> None:
        """A pressed button: a topic, a vote, a step in the menu, or "none of these"."""
        query = update.callback_query
        assert query
        data = query.data or ""
        if data.startswith((rendering.UP_PREFIX, rendering.DOWN_PREFIX)):
            await self._vote(query, ext)
            return
        await _acknowledge(query)
        if query.message is None:
            return
        # Once for the whole update: changed knowledge may come at any time.
        place, responder = Place.of_press(query), self.responder
        knowledge = responder.knowledge
        before = (await self.memory.conversation(place.who)).context
        themes = {rendering.THEME_PREFIX + theme.id: theme for theme in knowledge.themes}
        topics = rendering.topics_in(data, knowledge)
        if data == rendering.MENU:
            await sending.send(ext.bot, place, [rendering.menu(knowledge)])
        elif data == rendering.BACK:
            await _turn_page(query, ext, rendering.menu(knowledge))
        elif data in themes:
            await _turn_page(query, ext, rendering.theme(knowledge, themes[data]))
        elif data == rendering.NONE_OF_THESE:
            await self._reply(ext, place, before, *responder.none_of_these(before))
        elif topics and data.startswith(rendering.AGAIN_PREFIX):
            if before.said != topics:  # a second press while the answer was on its way
                await self._reply(ext, place, before, *responder.answer(topics, before))
        elif topics and data.startswith(rendering.TOPIC_PREFIX):
            await self._reply(ext, place, before, *responder.show(topics[0], before))
        else:
            await sending.send(ext.bot, place, [rendering.menu(knowledge, knowledge.texts.removed_topic)])

    async def _vote(self, query: CallbackQuery, ext: Ext) -> None:
        """Count a vote and show it; who says that the answer did not help is asked what was meant."""
        responder, up = self.responder, (query.data or "").startswith(rendering.UP_PREFIX)
        knowledge = responder.knowledge
        topics = rendering.topics_in(query.data or "", knowledge)
        if query.message is None or not topics:
            await _acknowledge(query, knowledge.texts.removed_topic)
            return
        place, message, texts = Place.of_press(query), query.message.message_id, knowledge.texts
        is_new = await self.memory.vote(place.who, message, topics, up)
        await _acknowledge(query, (texts.voted_up if up else texts.voted_down) if is_new else texts.vote_kept)
        if isinstance(query.message, Message) and query.message.reply_markup:
            votes = Votes(*await self.memory.votes(place.chat.id, message), counted=place.is_group)
            keyboard = rendering.with_votes(query.message.reply_markup, topics, knowledge, ext.bot.username, votes)
            await sending.edit_keyboard(ext.bot, place.chat.id, message, keyboard)
        if is_new and not up and self.memory.asks_back(place.who, message, once=place.is_group):
            conversation = await self.memory.conversation(place.who)
            before = conversation.context
            asked = responder.ask_back(topics, conversation.likely(message), before)
            await self._reply(ext, place.quoting(message if place.is_group else None), before, *asked)

    async def _reply(
        self,
        ext: Ext,
        place: Place,
        before: Context,
        reply: Reply,
        after: Context,
        *,
        question: int = 0,
        instead_of: Exchange | None = None,
    ) -> int:
        """Send a reply, or put it in place of an earlier one, and remember where the conversation stands. Returns the message
        that answers."""
        conversation = await self.memory.conversation(place.who)
        rendered = self._rendered(reply, ext.bot.username)
        if reply.offer is Offer.AGAIN:
            place = place.quoting(conversation.last_answer)
        answer = instead_of.answer if instead_of else 0
        if answer and any(await self.memory.votes(place.chat.id, answer)):
            answer = 0  # the votes are on what it said
        if len(rendered) > 1 or not answer or not await sending.edit(ext.bot, place.chat.id, answer, rendered[0]):
            answer = (await sending.send(ext.bot, place, rendered))[-1]
        self.memory.keep(place.who, conversation.after(question, answer, before, after))
        return answer

    def _rendered(self, reply: Reply, bot_name: str) -> list[Rendered]:
        """A reply as messages. Most replies are one of a few dozen, and need be laid out once."""
        knowledge, key = self.responder.knowledge, replace(reply, confidence=1.0)
        if self._layouts_of is not knowledge:
            self._layouts_of, self._layouts = knowledge, LRUCache(MOST_LAYOUTS)
        if key not in self._layouts:
            self._layouts[key] = rendering.reply(reply, knowledge, bot_name)
        rendered: list[Rendered] = self._layouts[key]
        return rendered

    # --- errors --------------------------------------------------------------------------------------------------

    async def apologise(self, update: Update, bot: Bot) -> None:
        """Say that something went wrong."""
        if isinstance(update.effective_message, Message):
            line = rendering.line(self.responder.knowledge.texts.apology)
            await sending.send(bot, Place.of_message(update.effective_message), [line])


def _is_addressed(message: Message, ext: Ext) -> bool:
    command, _, name = (message.text or "").partition(" ")[0].partition("@")
    is_ours = command.startswith("/") and name.lower() in ("", ext.bot.username.lower())
    return is_ours or addressed_text(message, ext.bot.id, ext.bot.username) is not None


def addressed_text(message: Message, bot_id: int, bot_name: str) -> str | None:
    """What a message asks the bot, without the mention of its name; None if it is not for the bot.

    In private every text or caption is; in a group those that mention the bot or reply to it.
    """
    text = message.text or message.caption or ""
    if message.chat.type not in GROUPS:
        return text
    try:
        entities = message.parse_entities() if message.text else message.parse_caption_entities()
    except UnicodeError:
        return None  # half a character: nobody's name is in that
    mentioned = False
    for entity, part in entities.items():
        named = entity.type == "mention" and part.lower() == f"@{bot_name.lower()}"
        if named or (entity.type == "text_mention" and entity.user and entity.user.id == bot_id):
            mentioned = True
            text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", " ", text)
    answered = message.reply_to_message and message.reply_to_message.from_user
    if mentioned or (answered and answered.id == bot_id):
        return text.strip()
    return None


def _message(update: Update) -> Message:
    message = update.effective_message
    assert isinstance(message, Message), "the filters let only messages through"
    return message


async def _acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Stop the button's waiting sign, with a word that shows for a moment. Too late to do so is no reason not to act."""
    try:
        await query.answer(text)
    except BadRequest as error:
        log.info("a press could not be acknowledged: %s", error.message)


async def _turn_page(query: CallbackQuery, ext: Ext, page: Rendered) -> None:
    """Show a page of the menu in the message that holds the menu; where that is too old to be edited, below it."""
    message = query.message
    if not (message and await sending.edit(ext.bot, message.chat.id, message.message_id, page)):
        await sending.send(ext.bot, Place.of_press(query), [page])
