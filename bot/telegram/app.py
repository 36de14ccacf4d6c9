"""The application: built and wired here, and run."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram import BotCommand, Update
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.conversation import Responder
from bot.live import LiveKnowledge, State
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.telegram import logs
from bot.telegram.handlers import Handlers
from bot.telegram.memory import Memory
from bot.telegram.metrics import Metrics
from bot.telegram.receiving import ALLOWED_UPDATES, Answering, Receiver
from bot.telegram.retrying import pauses
from bot.telegram.transport import Bot, bot_for
from bot.telegram.web import ListenError, serving
from bot.texts import Texts

log = logging.getLogger(__name__)

# How many updates Telegram may deliver to a webhook at a time.
MOST_CONNECTIONS = 40
_GARBAGE_SOUGHT_AFTER = 10_000
# A busy loop lets the store's threads wait so long, several times for each read or write.
_THREADS_WAIT_S = 0.001
_M_ARENA_MAX = -8  # malloc.h
COMMANDS = ("start", "topics", "help", "about", "privacy", "forget")
"""In the menu's order. Each has a handler and a text (`command_...`) of its name."""


def build(bot: Bot, handlers: Handlers) -> Answering:
    """The application that gives each update to its handler."""
    application: Answering = ApplicationBuilder().bot(bot).application_class(Answering).updater(None).build()  # type: ignore[assignment]
    _add_handlers(application, handlers)
    return application


def _add_handlers(application: Answering, handlers: Handlers) -> None:
    """The first handler that fits an update takes it, so they stand from the particular to the general."""
    application.add_handler(TypeHandler(Update, handlers.hold_back), group=-1)
    people = ~filters.VIA_BOT & ~filters.SenderChat.CHANNEL
    new = filters.UpdateType.MESSAGE & people
    for name in COMMANDS:
        application.add_handler(CommandHandler(name, getattr(handlers, name), new))
    # A command that does not exist; in groups it may be meant for another bot.
    application.add_handler(MessageHandler(new & filters.COMMAND & filters.ChatType.PRIVATE, handlers.help))
    written = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND & ~filters.ChatType.CHANNEL & people
    application.add_handler(MessageHandler(written, handlers.question))
    wordless = new & filters.ChatType.PRIVATE & ~filters.TEXT & ~filters.CAPTION & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(wordless, handlers.no_text))
    application.add_handler(CallbackQueryHandler(handlers.button))
    application.add_handler(InlineQueryHandler(handlers.inline))


async def _introduce(bot: Bot, texts: Texts) -> None:
    """What the bot tells Telegram about itself at the start. A server that refuses it is no reason not to run."""
    calls = {
        "commands": bot.set_my_commands([BotCommand(name, getattr(texts, f"command_{name}")) for name in COMMANDS]),
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


@asynccontextmanager
async def answering(
    settings: Settings,
    handlers: Handlers,
    store: Store | None = None,
    live: LiveKnowledge | None = None,
    **options: Any,
) -> AsyncIterator[Receiver]:
    """The bot, answering what comes: over a webhook where one is set, else by polling. `live`: the knowledge whose state its
    health tells. `options` are the receiver's. Raises InvalidToken at the start; later the receiver stops and says so
    (`refused`)."""
    bot = bot_for(settings, lambda name: handlers.metrics.telegram_errors.labels(name).inc())
    application = build(bot, handlers)
    receiver = Receiver(application, bot, handlers, store, **options)
    async with serving(settings, receiver, handlers.metrics, live):
        try:
            await _until_it_works(application.initialize)
            await _introduce(bot, handlers.responder.knowledge.texts)
            receiver.is_started = True
            receiving = asyncio.create_task(await _way_of_receiving(settings, bot, receiver))
            # However receiving ends, the bot ends with it: one that hears nothing must not look as if it ran.
            receiving.add_done_callback(lambda _: receiver.stopping.set())
            try:
                yield receiver
            finally:
                receiver.stopping.set()
                with contextlib.suppress(InvalidToken):  # `refused` tells
                    await receiving
        finally:
            await application.shutdown()
            await bot.hang_up()


async def _way_of_receiving(settings: Settings, bot: Bot, receiver: Receiver) -> Coroutine[Any, Any, None]:
    """Tell Telegram how updates are to come, and receive them so."""
    if not settings.webhook_url:
        await bot.delete_webhook()
        return receiver.poll()
    assert settings.webhook_secret
    await bot.set_webhook(
        settings.webhook_url,
        secret_token=settings.webhook_secret.get_secret_value(),
        max_connections=MOST_CONNECTIONS,
        allowed_updates=ALLOWED_UPDATES,
    )
    return _receive_by_webhook(receiver)


async def _receive_by_webhook(receiver: Receiver) -> None:
    parked = asyncio.create_task(receiver.take_up_parked())
    await receiver.stopping.wait()
    parked.cancel()
    await receiver.finish()


async def _until_it_works(start: Callable[[], Awaitable[None]]) -> None:
    """Try for ever: a bot that starts before its network does, as after a power cut, must not stay down."""
    for pause in pauses():
        try:
            await start()
            return
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("Telegram cannot be reached, trying again: %s", error.message)
            await asyncio.sleep(pause)


def run(settings: Settings, responder: Responder) -> int:
    """Answer on Telegram until SIGTERM or SIGINT; what is under way is finished first. Returns the exit code."""
    assert settings.token
    password = urlsplit(settings.database.get_secret_value()).password
    logs.set_up(settings.token, settings.webhook_secret, SecretStr(password) if password else None)
    _spare_what_is_loaded()
    _share_one_heap()
    sys.setswitchinterval(_THREADS_WAIT_S)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_run(settings, responder))
    except (StoreError, ListenError) as error:
        log.error("%s", error)
    except BadRequest as error:
        log.error("Telegram refuses KPO_WEBHOOK_URL: %s", error.message)
    return 1


def _spare_what_is_loaded() -> None:
    """What was loaded stays for long: looking through it for garbage again and again takes time."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    # What an answer leaves behind is freed without a search; what is in the way of that is little.
    gc.set_threshold(_GARBAGE_SOUGHT_AFTER)


def _share_one_heap() -> None:
    """Threads that each have a heap of their own, as glibc gives them, leave holes in all of them: several MB here."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The fast event loop, where there is one: not on Windows."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def set_when_told_to_stop(stopping: asyncio.Event) -> None:
    """Have an event set by SIGTERM and SIGINT, from within the loop that waits for it."""
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows, where Ctrl-C raises KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(name, stopping.set)


def _refresh_when_told_to(live: LiveKnowledge) -> None:
    """Have knowledge taken over by SIGHUP, from within the loop."""
    with contextlib.suppress(NotImplementedError, AttributeError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, live.refresh_soon)


async def _run(settings: Settings, responder: Responder) -> int:
    assert settings.token
    # Before anything that may take long, so that it can be stopped then as well.
    stopping = asyncio.Event()
    set_when_told_to_stop(stopping)
    live = LiveKnowledge(responder)
    _refresh_when_told_to(live)
    metrics = Metrics()
    secret = settings.token.get_secret_value().encode()
    store = await Store.open(settings.database.get_secret_value(), secret, metrics.store_errors.inc)
    try:
        shared = bool(settings.webhook_url)  # behind a load balancer there may be others
        handlers = Handlers(live.responder, Memory(store, shared=shared), metrics)
        _hand_over(live, handlers)
        started = asyncio.Event()
        running = asyncio.create_task(_answer(settings, handlers, store, live, started, stopping))
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not started.is_set():
            running.cancel()  # it still tries to reach Telegram
        with contextlib.suppress(asyncio.CancelledError):
            await running
        return 0
    except InvalidToken:
        log.error("Telegram does not know this token: copy it again from @BotFather into TELEGRAM_TOKEN")
        return 1
    finally:
        await store.close()


def _hand_over(live: LiveKnowledge, handlers: Handlers) -> None:
    """Have changed knowledge answer from the next message on, and counted."""

    def changed() -> None:
        handlers.metrics.knowledge_valid.set(live.state is not State.INVALID)
        if live.state is not State.LEARNING:
            handlers.metrics.knowledge_reloads.labels(live.state).inc()
        if handlers.responder is not live.responder:
            handlers.responder = live.responder
            _spare_what_is_loaded()

    live.on_change = changed


async def _answer(
    settings: Settings,
    handlers: Handlers,
    store: Store,
    live: LiveKnowledge,
    started: asyncio.Event,
    stopping: asyncio.Event,
) -> None:
    """Answer until told to stop, following the knowledge. Raises InvalidToken, also where Telegram refuses the token later."""
    async with answering(settings, handlers, store, live, stopping=stopping) as receiver:
        started.set()
        log.info("answering on Telegram; stop with Ctrl-C")
        async with live.following():
            await receiver.stopping.wait()
    if receiver.refused:
        raise receiver.refused
