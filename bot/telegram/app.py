"""The application: built and wired here, and run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from cachetools import LRUCache
from telegram import BotCommand, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseUpdateProcessor,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.conversation import Responder
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.telegram import logs
from bot.telegram.handlers import Handlers

log = logging.getLogger(__name__)

UPDATES_AT_ONCE = 64
_REMEMBERED_CHATS = 10_000
ALLOWED_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]

App = Application[Any, Any, Any, Any, Any, Any]


class ChatByChat(BaseUpdateProcessor):
    """Updates of one chat in order, chats beside each other."""

    def __init__(self) -> None:
        super().__init__(UPDATES_AT_ONCE)
        self._locks: LRUCache[int, asyncio.Lock] = LRUCache(_REMEMBERED_CHATS)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then handle the update."""
        async with self._locks.setdefault(_chat(update), asyncio.Lock()):
            await coroutine

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to take down."""


def _chat(update: object) -> int:
    """The chat of an update; where there is none, as in inline mode, the person."""
    if not isinstance(update, Update):
        return 0
    where = update.effective_chat or update.effective_user
    return where.id if where else 0


def build(settings: Settings, handlers: Handlers) -> App:
    """The application for a bot, ready to run. `settings.token` must be there."""
    assert settings.token
    application = (
        ApplicationBuilder()
        .token(settings.token.get_secret_value())
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .concurrent_updates(ChatByChat())
        .post_init(_introduce(handlers.responder.knowledge))
        .build()
    )
    _add_handlers(application, handlers)
    return application


def _add_handlers(application: App, handlers: Handlers) -> None:
    """The first handler that fits an update takes it, so they stand from the particular to the general."""
    people = ~filters.VIA_BOT & ~filters.SenderChat.CHANNEL
    new = filters.UpdateType.MESSAGE & people
    commands = {
        "start": handlers.start,
        "topics": handlers.topics,
        "help": handlers.help,
        "about": handlers.about,
    }
    for name, handler in commands.items():
        application.add_handler(CommandHandler(name, handler, new))
    # A command that does not exist; in groups it may be meant for another bot.
    application.add_handler(MessageHandler(new & filters.COMMAND & filters.ChatType.PRIVATE, handlers.help))
    written = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND & ~filters.ChatType.CHANNEL & people
    application.add_handler(MessageHandler(written, handlers.question))
    wordless = new & filters.ChatType.PRIVATE & ~filters.TEXT & ~filters.CAPTION & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(wordless, handlers.no_text))
    application.add_handler(CallbackQueryHandler(handlers.button))
    application.add_handler(InlineQueryHandler(handlers.inline))
    application.add_error_handler(handlers.error)


def _introduce(knowledge: Knowledge) -> Any:
    """What the bot tells Telegram about itself at the start. A server that refuses it is no reason not to run."""
    texts = knowledge.texts

    async def introduce(application: App) -> None:
        commands = [
            BotCommand("start", texts.command_start),
            BotCommand("topics", texts.command_topics),
            BotCommand("help", texts.command_help),
            BotCommand("about", texts.command_about),
        ]
        bot = application.bot
        calls = {
            "commands": bot.set_my_commands(commands),
            "description": bot.set_my_description(texts.description.strip()),
            "short description": bot.set_my_short_description(texts.short_description.strip()),
        }
        for what, call in calls.items():
            try:
                await call
            except TelegramError as error:
                log.warning("Telegram did not take the bot's %s: %s", what, error.message)
        if not bot.bot.supports_inline_queries:
            log.info("inline mode is off: send /setinline to @BotFather to let people use the bot in any chat")

    return introduce


@asynccontextmanager
async def answering(application: App, *, poll_s: int = 10) -> AsyncIterator[None]:
    """The application answering what comes, in a loop that runs already. `poll_s`: how long one call waits for updates."""
    async with application:
        assert application.post_init and application.updater
        await application.post_init(application)
        await application.start()
        await application.updater.start_polling(timeout=poll_s, allowed_updates=ALLOWED_UPDATES)
        try:
            yield
        finally:
            await application.updater.stop()
            await application.stop()


def run(settings: Settings, responder: Responder) -> int:
    """Answer on Telegram until SIGTERM or SIGINT; what is under way is finished first. Returns the exit code."""
    assert settings.token
    logs.set_up(settings.token)
    application = build(settings, Handlers(responder))
    log.info("answering on Telegram; stop with Ctrl-C")
    try:
        # Forever: a bot that starts before its network does, as after a power cut, must not stay down.
        application.run_polling(allowed_updates=ALLOWED_UPDATES, bootstrap_retries=-1)
    except InvalidToken:
        log.error("Telegram does not know this token: copy it again from @BotFather into TELEGRAM_TOKEN")
        return 1
    return 0
