"""What the bot does with each update: read it, ask the core, render, send.

In groups the bot speaks only when it is addressed: mentioned, replied to, or given a command.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

from telegram import CallbackQuery, InlineQueryResultsButton, Message, Update
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.conversation import Context, Offer, Reply, Responder
from bot.matcher.search import search
from bot.telegram import rendering, sending
from bot.telegram.logs import without_words
from bot.telegram.memory import Memory
from bot.telegram.rendering import Rendered, Votes
from bot.telegram.sending import GROUPS, Place

log = logging.getLogger(__name__)

Ext = ContextTypes.DEFAULT_TYPE

MOST_RESULTS = 8
# Telegram keeps the results of a query for so many seconds: short enough for a corrected answer to arrive soon.
RESULTS_KEPT_S = 60
# The payload of the deep link that opens the menu; topics have their ids.
MENU_PAYLOAD = "topics"


@dataclass
class Handlers:
    """The handlers, with the core that they ask and what they remember."""

    responder: Responder
    memory: Memory = field(default_factory=Memory)

    # --- commands ------------------------------------------------------------------------------------------------

    async def start(self, update: Update, ext: Ext) -> None:
        """Greet; with a payload, as a deep link has it, answer its topic or show the menu."""
        place = Place.of_message(_message(update))
        payload = ext.args[0] if ext.args else ""
        knowledge = self.responder.knowledge
        if payload in knowledge.entries:
            # Who follows a link wants to see what it leads to, even if that was said just now.
            reply, after = self.responder.show_again((payload,), self.memory.context(place.key))
            await self._reply(ext, place, reply, after)
        elif payload == MENU_PAYLOAD:
            await sending.send(ext.bot, place, [rendering.menu(knowledge)])
        else:
            await sending.send(ext.bot, place, [rendering.start(knowledge)])

    async def help(self, update: Update, ext: Ext) -> None:
        """Say how to ask."""
        await sending.send(ext.bot, Place.of_message(_message(update)), [rendering.help_text(self.responder.knowledge)])

    async def topics(self, update: Update, ext: Ext) -> None:
        """Show the menu of themes."""
        await sending.send(ext.bot, Place.of_message(_message(update)), [rendering.menu(self.responder.knowledge)])

    async def about(self, update: Update, ext: Ext) -> None:
        """Say what the answers rest on."""
        await sending.send(ext.bot, Place.of_message(_message(update)), [rendering.about(self.responder.knowledge)])

    # --- questions -----------------------------------------------------------------------------------------------

    async def question(self, update: Update, ext: Ext) -> None:
        """Answer a text or a caption; an edited one anew, in place of its earlier answer where that is remembered."""
        message = _message(update)
        place, question = Place.of_message(message), (message.chat_id, message.message_id)
        text = addressed_text(message, ext.bot.id, ext.bot.username)
        if text is None:
            return
        if not text:
            await sending.send(ext.bot, place, [rendering.line(self.responder.knowledge.texts.group_hint)])
            return
        earlier = self.memory.answer_to(question) if update.edited_message else None
        before = earlier.before if earlier else self.memory.context(place.key)
        reply, after = self.responder.reply(text, before)
        answer = await self._reply(ext, place, reply, after, instead_of=earlier.answer if earlier else None)
        self.memory.answered(question, answer, before)

    async def no_text(self, update: Update, ext: Ext) -> None:
        """One friendly line to what has no words."""
        line = rendering.line(self.responder.knowledge.texts.no_text)
        await sending.send(ext.bot, Place.of_message(_message(update)), [line])

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
            log.info("results came too late: %s", error.message)

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
        place, knowledge = Place.of_press(query), self.responder.knowledge
        context = self.memory.context(place.key)
        themes = {rendering.THEME_PREFIX + theme.id: theme for theme in knowledge.themes}
        topics = rendering.topics_in(data, knowledge)
        if data == rendering.MENU:
            await sending.send(ext.bot, place, [rendering.menu(knowledge)])
        elif data == rendering.BACK:
            await _turn_page(query, ext, rendering.menu(knowledge))
        elif data in themes:
            await _turn_page(query, ext, rendering.theme(knowledge, themes[data]))
        elif data == rendering.NONE_OF_THESE:
            await self._reply(ext, place, *self.responder.none_of_these(context))
        elif topics and data.startswith(rendering.AGAIN_PREFIX):
            await self._reply(ext, place, *self.responder.show_again(topics, context))
        elif topics and data.startswith(rendering.TOPIC_PREFIX):
            await self._reply(ext, place, *self.responder.show(topics[0], context))
        else:
            await sending.send(ext.bot, place, [rendering.menu(knowledge, knowledge.texts.removed_topic)])

    async def _vote(self, query: CallbackQuery, ext: Ext) -> None:
        """Count a vote and show it; who says that the answer did not help is asked what was meant."""
        knowledge, up = self.responder.knowledge, (query.data or "").startswith(rendering.UP_PREFIX)
        topics = rendering.topics_in(query.data or "", knowledge)
        if query.message is None or not topics:
            await _acknowledge(query, knowledge.texts.removed_topic)
            return
        place, message = Place.of_press(query), (query.message.chat.id, query.message.message_id)
        is_new = self.memory.vote(message, place.person, up)
        texts = knowledge.texts
        await _acknowledge(query, (texts.voted_up if up else texts.voted_down) if is_new else texts.vote_kept)
        if isinstance(query.message, Message) and query.message.reply_markup:
            cast = list(self.memory.votes(message).values())
            votes = Votes(cast.count(True), cast.count(False), counted=place.is_group)
            keyboard = rendering.with_votes(query.message.reply_markup, topics, knowledge, ext.bot.username, votes)
            await sending.edit_keyboard(ext.bot, *message, keyboard)
        if is_new and not up:
            context = self.memory.context(place.key)
            asked, after = self.responder.ask_back(topics, self.memory.likely(message), context)
            await self._reply(ext, place.quoting(message[1] if place.is_group else None), asked, after)

    async def _reply(self, ext: Ext, place: Place, reply: Reply, after: Context, *, instead_of: int | None = None) -> int:
        """Send a reply, or put it in place of an earlier one, and remember what the next message may lean on. Returns the
        message that answers."""
        rendered = rendering.reply(reply, self.responder.knowledge, ext.bot.username)
        if reply.offer is Offer.AGAIN and not place.quoted:
            place = place.quoting(self.memory.last_answer(place.key))
        if instead_of and len(rendered) == 1 and await sending.edit(ext.bot, place.chat.id, instead_of, rendered[0]):
            answer = instead_of
        else:
            answer = (await sending.send(ext.bot, place, rendered))[-1]
        self.memory.remember(place.key, after, answer)
        return answer

    # --- errors --------------------------------------------------------------------------------------------------

    async def error(self, update: object, ext: Ext) -> None:
        """Log what went wrong without what was written, and say sorry."""
        error = ext.error
        assert error
        if isinstance(error, Forbidden):
            return  # blocked by the person: there is nobody to tell
        log.error("an update could not be handled: %s", without_words(error))
        if (
            isinstance(update, Update)
            and isinstance(update.effective_message, Message)
            and not isinstance(error, TelegramError)
        ):
            line = rendering.line(self.responder.knowledge.texts.apology)
            await sending.send(ext.bot, Place.of_message(update.effective_message), [line])


def addressed_text(message: Message, bot_id: int, bot_name: str) -> str | None:
    """What a message asks the bot, without the mention of its name; None if it is not for the bot.

    In private every text or caption is; in a group those that mention the bot or reply to it.
    """
    text = message.text or message.caption or ""
    if message.chat.type not in GROUPS:
        return text
    entities = message.parse_entities() if message.text else message.parse_caption_entities()
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
