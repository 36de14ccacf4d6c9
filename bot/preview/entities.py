"""Telegram's HTML: to plain text and entities, with Telegram's own refusals.

The rules are those of https://core.telegram.org/bots/api#html-style; offsets and lengths count UTF-16 units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]+));")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-z]+(?:=\"[^\"]*\")?)*)\s*>")
_HREF = re.compile(r"href=\"([^\"]*)\"")


_COMMAND_OR_MENTION = re.compile(r"(?<![\w/@<])(?:/[A-Za-z0-9_]{1,32}(?:@\w+)?|@[A-Za-z]\w{2,})", re.ASCII)


class HTMLError(Exception):
    """HTML that Telegram does not take; the message is what Telegram says."""


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    attributes: str
    start: int


def utf16_length(text: str) -> int:
    """The length that Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of an HTML text. Raises HTMLError.

    >>> parse_html("<b>מה?</b> &lt;")
    ('מה? <', [{'type': 'bold', 'offset': 0, 'length': 3}])
    """
    text, length = [], 0
    opened: list[_Open] = []
    entities: list[dict[str, Any]] = []
    position = 0
    while position < len(source):
        character = source[position]
        if character == "<":
            tag = _TAG.match(source, position)
            offset = len(source[:position].encode("utf-8", "surrogatepass"))
            if tag is None:
                found = source[position + 1 : position + 9]
                raise HTMLError(f'can\'t parse entities: Unsupported start tag "{found}" at byte offset {offset}')
            position = tag.end()
            name = tag[2].lower()
            if tag[1]:
                entities += _close(opened, name, length, offset)
            elif name not in _ENTITY_OF_TAG:
                raise HTMLError(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
            else:
                opened.append(_Open(name, tag[3], length))
            continue
        reference = _REFERENCE.match(source, position) if character == "&" else None
        decoded = _decoded(reference) if reference else None
        if reference and decoded is not None:
            character = decoded
            position = reference.end()
        else:
            position += 1
        text.append(character)
        length += utf16_length(character)
    if opened:
        raise HTMLError(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1].tag}\"")
    return "".join(text), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _decoded(reference: re.Match[str]) -> str | None:
    if reference[3]:
        return _NAMED.get(reference[3])
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return chr(number) if 0 < number <= 0x10FFFF else None


def _close(opened: list[_Open], name: str, length: int, offset: int) -> list[dict[str, Any]]:
    if not opened:
        raise HTMLError(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    start = opened.pop()
    if start.tag != name:
        raise HTMLError(
            f'can\'t parse entities: Unmatched end tag at byte offset {offset}, expected "</{start.tag}>", found "</{name}>"'
        )
    if length == start.start:
        return []
    kind = _ENTITY_OF_TAG[name]
    if kind == "blockquote" and "expandable" in start.attributes:
        kind = "expandable_blockquote"
    entity: dict[str, Any] = {"type": kind, "offset": start.start, "length": length - start.start}
    if kind == "text_link":
        href = _HREF.search(start.attributes)
        if not href:
            return []
        entity["url"] = href[1]
    return [entity]


def found_entities(text: str) -> list[dict[str, Any]]:
    """What Telegram finds by itself in a text: commands and mentions.

    >>> found_entities("ואז /help")
    [{'type': 'bot_command', 'offset': 4, 'length': 5}]
    """
    return [
        {
            "type": "bot_command" if found[0].startswith("/") else "mention",
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in _COMMAND_OR_MENTION.finditer(text)
    ]
