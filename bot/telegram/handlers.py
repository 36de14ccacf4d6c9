"""What the bot does with each update: read it, ask the core, render, send.

In groups the bot speaks only when it is addressed: mentioned, replied to, or given a command.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

from telegram import CallbackQuery, Chat, Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.conversation import Responder
from bot.telegram import rendering
from bot.telegram.logs import without_words
from bot.telegram.memory import ChatKey, Memory
from bot.telegram.rendering import Rendered

log = logging.getLogger(__name__)

Ext = ContextTypes.DEFAULT_TYPE

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass
class Handlers:
    """The handlers, with the core that they ask and what they remember."""

    responder: Responder
    memory: Memory = field(default_factory=Memory)

    # --- commands ------------------------------------------------------------------------------------------------

    async def start(self, update: Update, ext: Ext) -> None:
        """Greet; with a topic's id, as a deep link gives it, answer that topic."""
        message = _message(update)
        topic = ext.args[0] if ext.args else ""
        if topic in self.responder.knowledge.entries:
            await self._show(message.chat, _key(message), topic, ext, to=message)
        else:
            await _answer(message, [rendering.start(self.responder.knowledge)])

    async def help(self, update: Update, ext: Ext) -> None:
        """Say how to ask."""
        await _answer(_message(update), [rendering.help_text(self.responder.knowledge)])

    async def topics(self, update: Update, ext: Ext) -> None:
        """Show the menu of themes."""
        await _answer(_message(update), [rendering.menu(self.responder.knowledge)])

    async def about(self, update: Update, ext: Ext) -> None:
        """Say what the answers rest on."""
        await _answer(_message(update), [rendering.about(self.responder.knowledge)])

    # --- questions -----------------------------------------------------------------------------------------------

    async def question(self, update: Update, ext: Ext) -> None:
        """Answer a text or a caption; an edited one anew, in place of its earlier answer where that is remembered."""
        message = _message(update)
        text = addressed_text(message, ext.bot.id, ext.bot.username)
        if text is None:
            return
        if not text:
            await _answer(message, [rendering.line(self.responder.knowledge.texts.group_hint)])
            return
        earlier = self.memory.answer_to(message.chat_id, message.message_id) if update.edited_message else None
        before = earlier[1] if earlier else self.memory.context(_key(message))
        reply, after = self.responder.reply(text, before)
        self.memory.remember(_key(message), after)
        rendered = rendering.reply(reply, self.responder.knowledge)
        if earlier and len(rendered) == 1 and await _edited(ext, message.chat_id, earlier[0], rendered[0]):
            return
        sent = await _answer(message, rendered)
        self.memory.answered(message.chat_id, message.message_id, sent.message_id, before)

    async def no_text(self, update: Update, ext: Ext) -> None:
        """One friendly line to what has no words."""
        await _answer(_message(update), [rendering.line(self.responder.knowledge.texts.no_text)])

    # --- buttons -------------------------------------------------------------------------------------------------

    async def button(self, update: Update, ext: Ext) -> None:
        """A pressed button: a topic, a step in the menu, or "none of these"."""
        query = update.callback_query
        assert query
        await _acknowledge(query)
        if query.message is None:
            return
        chat, data = query.message.chat, query.data or ""
        knowledge = self.responder.knowledge
        themes = {rendering.THEME_PREFIX + theme.id: theme for theme in knowledge.themes}
        topic = data.removeprefix(rendering.TOPIC_PREFIX)
        if data == rendering.MENU:
            await _send(query, ext, rendering.menu(knowledge))
        elif data == rendering.BACK:
            await _turn_page(query, ext, rendering.menu(knowledge))
        elif data in themes:
            await _turn_page(query, ext, rendering.theme(knowledge, themes[data]))
        elif data == rendering.NONE_OF_THESE:
            await _send(query, ext, rendering.menu(knowledge, knowledge.texts.none_of_these))
        elif data != topic and topic in knowledge.entries:
            key = (chat.id, query.from_user.id if chat.type in _GROUPS else 0)
            await self._show(chat, key, topic, ext, query=query)
        else:
            await _send(query, ext, rendering.menu(knowledge, knowledge.texts.removed_topic))

    async def _show(
        self,
        chat: Chat,
        key: ChatKey,
        topic: str,
        ext: Ext,
        *,
        to: Message | None = None,
        query: CallbackQuery | None = None,
    ) -> None:
        reply, after = self.responder.show(topic, self.memory.context(key))
        self.memory.remember(key, after)
        rendered = rendering.reply(reply, self.responder.knowledge)
        if to:
            await _answer(to, rendered)
        elif query:
            for one in rendered:
                await _send(query, ext, one)

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
            await _answer(update.effective_message, [rendering.line(self.responder.knowledge.texts.apology)])


def addressed_text(message: Message, bot_id: int, bot_name: str) -> str | None:
    """What a message asks the bot, without the mention of its name; None if it is not for the bot.

    In private every text or caption is; in a group those that mention the bot or reply to it.
    """
    text = message.text or message.caption or ""
    if message.chat.type not in _GROUPS:
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


def _key(message: Message) -> ChatKey:
    in_group = message.chat.type in _GROUPS and message.from_user
    return (message.chat_id, message.from_user.id if in_group and message.from_user else 0)


async def _answer(message: Message, rendered: list[Rendered]) -> Message:
    """Send, in a group as a reply to the message. Returns the first message sent."""
    quote = message.chat.type in _GROUPS
    sent = [
        await message.reply_text(one.html, parse_mode=ParseMode.HTML, reply_markup=one.keyboard, do_quote=quote)
        for one in rendered
    ]
    return sent[0]


async def _edited(ext: Ext, chat: int, message: int, rendered: Rendered) -> bool:
    """Whether an earlier message now says this."""
    try:
        await ext.bot.edit_message_text(rendered.html, chat, message, parse_mode=ParseMode.HTML, reply_markup=rendered.keyboard)
    except BadRequest as error:
        return _is_unchanged(error)
    return True


def _is_unchanged(error: BadRequest) -> bool:
    return "message is not modified" in error.message.lower()


async def _acknowledge(query: CallbackQuery) -> None:
    """Stop the button's waiting sign. Too late to do so is no reason not to act on the press."""
    try:
        await query.answer()
    except BadRequest as error:
        log.info("a press could not be acknowledged: %s", error.message)


async def _turn_page(query: CallbackQuery, ext: Ext, page: Rendered) -> None:
    """Show a page of the menu in the message that holds the menu; where that is too old to be edited, below it."""
    message = query.message
    if message and await _edited(ext, message.chat.id, message.message_id, page):
        return
    await _send(query, ext, page)


async def _send(query: CallbackQuery, ext: Ext, rendered: Rendered) -> None:
    assert query.message
    thread = query.message.message_thread_id if isinstance(query.message, Message) and query.message.is_topic_message else None
    await ext.bot.send_message(
        query.message.chat.id,
        rendered.html,
        parse_mode=ParseMode.HTML,
        reply_markup=rendered.keyboard,
        message_thread_id=thread,
    )
