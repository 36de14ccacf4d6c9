"""Whatever comes from outside: it is read or passed over, and never breaks the bot."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Context, Responder
from bot.preview.entities import parse_html, utf16_length
from bot.settings import Settings
from bot.telegram import rendering
from bot.telegram.metrics import Metrics
from bot.telegram.receiving import Receiver
from bot.telegram.transport import bot_for
from tests.telegram.conftest import TOKEN

FIELDS = [
    "message", "edited_message", "callback_query", "inline_query", "from", "chat", "text", "entities", "data", "query", "date",
    "id", "type", "message_id", "reply_to_message", "via_bot", "reply_markup", "inline_keyboard", "offset", "length", "user",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["private", "supergroup", "mention"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=30,
)
UPDATES = st.dictionaries(st.sampled_from(FIELDS[:4]), JSON, max_size=2)


@pytest.fixture(scope="module")
def receiver() -> Receiver:
    bot = bot_for(Settings(token=TOKEN), lambda name: None)
    application: Any = SimpleNamespace()
    handlers: Any = SimpleNamespace(metrics=Metrics())
    return Receiver(application, bot, handlers)


@given(UPDATES, st.integers(0, 2**31))
def test_any_update_is_read_or_passed_over(receiver: Receiver, update: dict[str, Any], number: int) -> None:
    read = receiver.read({"update_id": number, **update})
    assert read is None or read.update_id == number


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec=None), max_size=400), st.sampled_from([(), ("kpo-definition",), ("israel", "india-share")]))
def test_any_text_gets_valid_messages_within_the_limits(responder: Responder, text: str, topics: tuple[str, ...]) -> None:
    reply, after = responder.reply(text, Context(topics, topics))
    for message in rendering.reply(reply, responder.knowledge, "kpo_test_bot"):
        shown, _ = parse_html(message.html)
        assert 0 < utf16_length(shown) <= 4096
    assert responder.reply(text, after)[0].parts
