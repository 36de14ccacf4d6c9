"""What the bot sends, checked as Telegram checks it, and refused in Telegram's words."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.preview.entities import HTMLError, found_entities, parse_html, utf16_length

LONGEST_MESSAGE = 4096
LONGEST_CALLBACK_DATA = 64
LONGEST_RESULT_ID = 64
MOST_RESULTS = 50
LONGEST_TOAST = 200
BUTTON_ACTIONS = ("callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat", "copy_text", "web_app")

_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")

Record = dict[str, Any]


class Refusal(Exception):
    """A call that Telegram refuses."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def response(self) -> web.Response:
        """The refusal as Telegram sends it."""
        body: Record = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.code)


def bad_request(description: str) -> Refusal:
    """Telegram's commonest refusal."""
    return Refusal(400, f"Bad Request: {description}")


def content(parameters: Record) -> Record:
    """The text and the buttons of a message, checked as Telegram checks them."""
    text, entities = str(parameters.get("text", "")), parameters.get("entities") or []
    mode = str(parameters.get("parse_mode", "")).lower()
    if mode == "html":
        try:
            text, entities = parse_html(text)
        except HTMLError as error:
            raise bad_request(str(error)) from None
    elif mode:
        raise bad_request("unsupported parse_mode")
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16_length(text) > LONGEST_MESSAGE:
        raise bad_request("message is too long")
    # Telegram finds commands in what bots write as well.
    entities = [*entities, *found_entities(text)]
    found: Record = {"text": text}
    if entities:
        found["entities"] = entities
    if keyboard := markup(parameters):
        found["reply_markup"] = keyboard
    return found


def markup(parameters: Record) -> Record | None:
    """The inline keyboard of a message, checked as Telegram checks it; None for none."""
    wanted = parameters.get("reply_markup")
    if not wanted:
        return None
    rows = wanted.get("inline_keyboard") if isinstance(wanted, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("object expected as reply markup")
    for button in (button for row in rows for button in row):
        if not str(button.get("text", "")).strip():
            raise bad_request("inline keyboard button text must be non-empty")
        actions = [key for key in button if key in BUTTON_ACTIONS]
        if not actions:
            raise bad_request("text buttons are unallowed in the inline keyboard")
        if len(actions) > 1:
            raise bad_request("can't parse inline keyboard button: exactly one action must be specified")
        data = button.get("callback_data")
        if data is not None and not 0 < len(str(data).encode()) <= LONGEST_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        if "url" in button and urlsplit(str(button["url"])).scheme not in ("http", "https", "tg"):
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Unsupported URL protocol")
    return {"inline_keyboard": rows} if any(rows) else None


def inline_results(parameters: Record) -> list[Record]:
    """The results of an inline query: articles, each with the message that choosing it sends."""
    results = parameters.get("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results JSON object")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    names = [str(result.get("id", "")) for result in results]
    if any(not 0 < len(name.encode()) <= LONGEST_RESULT_ID for name in names):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(names)) < len(names):
        raise bad_request("RESULT_ID_DUPLICATE")
    return [_article(result) for result in results]


def results_button(parameters: Record) -> Record | None:
    """The button above the results, checked as Telegram checks it; None for none."""
    button: Record | None = parameters.get("button")
    if button is None:
        return None
    if not str(button.get("text", "")).strip():
        raise bad_request("BUTTON_TEXT_EMPTY")
    if not _START_PARAMETER.fullmatch(str(button.get("start_parameter", ""))):
        raise bad_request("START_PARAM_INVALID")
    return button


def _article(result: Record) -> Record:
    if result.get("type") != "article":
        raise bad_request("unallowed inline query result type: this server knows articles only")
    if not str(result.get("title", "")).strip():
        raise bad_request('can\'t parse inline query result: Field "title" must be non-empty')
    message = result.get("input_message_content")
    if not isinstance(message, dict):
        raise bad_request('can\'t parse inline query result: Field "input_message_content" must be of type Object')
    # With the keys of sendMessage, so that the same checks hold.
    sent = {"text": message.get("message_text", ""), **message, "reply_markup": result.get("reply_markup")}
    return {
        "id": str(result["id"]),
        "title": result["title"],
        "description": result.get("description", ""),
        "message": content(sent),
    }
