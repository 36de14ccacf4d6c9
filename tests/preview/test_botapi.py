"""The loopback Bot API is strict where Telegram is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.preview.botapi import BotAPI
from bot.preview.entities import HTMLError, parse_html
from tests.telegram.conftest import TOKEN, served


class Client:
    def __init__(self, session: aiohttp.ClientSession, address: str, api: BotAPI) -> None:
        self.session, self.address, self.api = session, address, api

    async def call(self, method: str, token: str = TOKEN.get_secret_value(), **parameters: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.address}/bot{token}/{method}", json=parameters) as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"] is (response.status == 200)
            return answer

    async def refused(self, method: str, **parameters: Any) -> str:
        answer = await self.call(method, **parameters)
        assert answer["ok"] is False
        return f"{answer['error_code']} {answer['description']}"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    api = BotAPI(TOKEN)
    api.chat(1)
    runner, address = await served(api)
    async with aiohttp.ClientSession() as session:
        yield Client(session, address, api)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("html", "text", "kinds"),
    [
        ("<b>א</b> &amp; &lt;b&gt; &#1488;&#x5d0;", "א & <b> אא", ["bold"]),
        ('<a href="http://x/?a=1&amp;b=2">א</a>', "א", ["text_link"]),
        ("<blockquote expandable>א</blockquote>", "א", ["expandable_blockquote"]),
        ("<b><i>א</i>ב</b>", "אב", ["bold", "italic"]),
        ("&nosuch; & <b></b>", "&nosuch; & ", []),
    ],
)
def test_html_is_read(html: str, text: str, kinds: list[str]) -> None:
    parsed, entities = parse_html(html)
    assert (parsed, [entity["type"] for entity in entities]) == (text, kinds)


def test_offsets_count_utf16_units() -> None:
    assert parse_html("😂<b>😂א</b>")[1] == [{"type": "bold", "offset": 2, "length": 3}]


@pytest.mark.parametrize("html", ["<b>א", "א</b>", "<b>א</i>", "<p>א</p>", "1 < 2", "<b><i>א</b></i>", "<", "<script>"])
async def test_invalid_html_is_refused(client: Client, html: str) -> None:
    with pytest.raises(HTMLError):
        parse_html(html)
    assert (await client.refused("sendMessage", chat_id=1, text=html, parse_mode="HTML")).startswith(
        "400 Bad Request: can't parse entities: "
    )


def buttons(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"chat_id": 5, "text": "א"}, "400 Bad Request: chat not found"),
        ({"chat_id": 1, "text": "  "}, "400 Bad Request: message text is empty"),
        ({"chat_id": 1, "text": "א" * 4097}, "400 Bad Request: message is too long"),
        ({"chat_id": 1, "text": "😂" * 2049}, "400 Bad Request: message is too long"),
        (
            {"chat_id": 1, "text": "א", "reply_markup": buttons(text="א", callback_data="x" * 65)},
            "400 Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            {"chat_id": 1, "text": "א", "reply_markup": buttons(text="א")},
            "400 Bad Request: text buttons are unallowed in the inline keyboard",
        ),
        (
            {"chat_id": 1, "text": "א", "reply_parameters": {"message_id": 99}},
            "400 Bad Request: message to be replied not found",
        ),
    ],
)
async def test_messages_that_telegram_refuses(client: Client, parameters: dict[str, Any], refusal: str) -> None:
    assert await client.refused("sendMessage", **parameters) == refusal


async def test_markup_does_not_count_for_the_length(client: Client) -> None:
    assert (await client.call("sendMessage", chat_id=1, text=f"<b>{'א' * 4096}</b>", parse_mode="HTML"))["ok"]


async def test_edits(client: Client) -> None:
    sent = (await client.call("sendMessage", chat_id=1, text="א"))["result"]["message_id"]
    assert (await client.call("editMessageText", chat_id=1, message_id=sent, text="ב"))["result"]["text"] == "ב"
    assert "message is not modified" in await client.refused("editMessageText", chat_id=1, message_id=sent, text="ב")
    assert await client.refused("editMessageText", chat_id=1, message_id=99, text="ב") == (
        "400 Bad Request: message to edit not found"
    )
    theirs = client.api.chat(1).write("של מישהו")["message_id"]
    assert "can't be edited" in await client.refused("editMessageText", chat_id=1, message_id=theirs, text="ב")


async def test_a_press_is_answered_once(client: Client) -> None:
    chat = client.api.chat(1)
    chat.press_data({"message_id": 1, "chat": chat.record, "date": 0}, "x")
    query = (await client.call("getUpdates"))["result"][0]["callback_query"]["id"]
    assert (await client.call("answerCallbackQuery", callback_query_id=query))["ok"]
    for number in (query, "unknown"):
        assert "query is too old" in await client.refused("answerCallbackQuery", callback_query_id=number)


async def test_an_answer_to_a_press_is_kept_and_short(client: Client) -> None:
    chat = client.api.chat(1)
    number = chat.press_data({"message_id": 1, "chat": chat.record, "date": 0}, "x")
    assert await client.refused("answerCallbackQuery", callback_query_id=number, text="א" * 201) == (
        "400 Bad Request: MESSAGE_TOO_LONG"
    )
    assert (await client.call("answerCallbackQuery", callback_query_id=number, text="תודה"))["ok"]
    assert client.api.toasts[number] == {"text": "תודה", "show_alert": False}


def article(**changed: Any) -> dict[str, Any]:
    return {"type": "article", "id": "1", "title": "א", "input_message_content": {"message_text": "ב"}} | changed


@pytest.mark.parametrize(
    ("results", "refusal"),
    [
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article(id="x" * 65)], "RESULT_ID_INVALID"),
        ([article(id=str(number)) for number in range(51)], "RESULTS_TOO_MUCH"),
        ([article(title=" ")], 'Field "title" must be non-empty'),
        ([article(input_message_content={"message_text": ""})], "message text is empty"),
        ([article(input_message_content={"message_text": "<b>", "parse_mode": "HTML"})], "can't parse entities"),
        ([article(reply_markup=buttons(text="א", callback_data="x" * 65))], "BUTTON_DATA_INVALID"),
        ("nonsense", "can't parse inline query results"),
    ],
)
async def test_results_that_telegram_refuses(client: Client, results: Any, refusal: str) -> None:
    number = client.api.chat(1).search("א")
    assert refusal in await client.refused("answerInlineQuery", inline_query_id=number, results=results)


async def test_an_inline_query_is_answered_once(client: Client) -> None:
    number = client.api.chat(1).search("א")
    assert (await client.call("answerInlineQuery", inline_query_id=number, results=[article()]))["ok"]
    assert client.api.results[number]["results"][0]["message"] == {"text": "ב"}
    for asked in (number, "unknown"):
        assert "query is too old" in await client.refused("answerInlineQuery", inline_query_id=asked, results=[])


async def test_a_button_does_one_thing(client: Client) -> None:
    for button in ({"text": "א", "callback_data": "x", "url": "http://x"}, {"text": "א", "url": "javascript:x"}):
        assert "inline keyboard button" in await client.refused(
            "sendMessage", chat_id=1, text="א", reply_markup={"inline_keyboard": [[button]]}
        )


async def test_updates_are_kept_until_confirmed(client: Client) -> None:
    for text in "אבג":
        client.api.chat(1).write(text)
    numbers = [update["update_id"] for update in (await client.call("getUpdates"))["result"]]
    assert [update["update_id"] for update in (await client.call("getUpdates", limit=2))["result"]] == numbers[:2]
    left = (await client.call("getUpdates", offset=numbers[1]))["result"]
    assert [update["update_id"] for update in left] == numbers[1:]
    assert client.api.unconfirmed == 2
    assert (await client.call("getUpdates", offset=numbers[2] + 1, timeout=0))["result"] == []


async def test_two_pollers_are_one_too_many(client: Client) -> None:
    first = asyncio.create_task(client.call("getUpdates", timeout=20))
    await client.api.until(lambda: len(client.api.calls) == 1)
    assert (await client.call("getUpdates", timeout=0))["ok"]
    client.api.chat(1).write("א")
    assert (await first)["error_code"] == 409


async def test_what_was_written_is_delivered_as_it_was(client: Client) -> None:
    chat = client.api.chat(1)
    message = chat.write("א")
    chat.edit(message, "ב")
    first, second = (await client.call("getUpdates"))["result"]
    assert (first["message"]["text"], second["edited_message"]["text"]) == ("א", "ב")


async def test_commands_in_what_the_bot_writes_can_be_pressed(client: Client) -> None:
    sent = await client.call("sendMessage", chat_id=1, text="אפשר גם\n/help, או @somebody", message_thread_id=7)
    assert [entity["type"] for entity in sent["result"]["entities"]] == ["bot_command", "mention"]
    assert sent["result"]["message_thread_id"] == 7


async def test_it_says_that_inline_mode_is_on(client: Client) -> None:
    assert (await client.call("getMe"))["result"]["supports_inline_queries"] is True


async def test_wrong_token_and_unknown_method(client: Client) -> None:
    assert (await client.call("getMe", token="1:wrong"))["error_code"] == 401
    assert await client.refused("flyToTheMoon") == "404 Not Found"
