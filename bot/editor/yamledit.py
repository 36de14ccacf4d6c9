"""Texts added to, or taken out of, the lists of a YAML file that an editor wrote by hand: all the rest stays as it is written.

Pure: text in, text out. The result differs from what was there by whole lines added, or taken out, or it is refused.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tokens import CommentToken

from bot.yamlfile import read

# Long messages are not folded.
_WIDEST = 10**9
_ITEM = re.compile(r"^(?P<before> *)-(?P<after> +)\S", re.M)
_BLANK_BEFORE_KEY = re.compile(r"^ *-.*\n\n+\S", re.M)
# What stands for no lists at all: the loader takes an empty file for a mistake.
_NOTHING = "{}\n"
_LINE_BETWEEN = "\n\n"
_HEADING = re.compile(r"(?P<apart>[^\n]*\n\n+)(?P<heading> *#.*)", re.S)


class EditError(Exception):
    """A file that cannot be changed without changing what an editor wrote: one line that names it."""


def with_texts(text: str, added: Mapping[str, Sequence[str]], rank: Callable[[str], Any], name: str) -> str:
    """The file with texts added at the ends of its lists. A list that is missing comes before the first one of a higher `rank`.
    Raises EditError."""

    def edit(data: CommentedMap) -> None:
        is_airy = bool(_BLANK_BEFORE_KEY.search(text))
        for key, texts in added.items():
            if (rows := _find(data, key)) is not None:
                for row in texts:
                    rows.append(_scalar(row))
                    _move_comment(rows, len(rows) - 2, len(rows) - 1)
            elif texts:
                _insert(data, key, CommentedSeq(map(_scalar, texts)), rank, is_airy)

    document = read(text)
    if document.problems:
        raise EditError(f"{name}: line {document.problems[0].line}: {document.problems[0].text}")
    text = text if document.data else _comments(text)
    changed = _edited(text, edit, name)
    _check(text, changed, name, "insert")
    there, wanted = read(changed).data, {**(read(text).data or {})}
    for key, texts in added.items():
        if texts:
            wanted[key] = [*wanted.get(key, []), *texts]
    if there != wanted:
        raise EditError(f"{name}: cannot be added to without changing what is there; add to another file with --file")
    return changed


def without_text(text: str, key: str, number: int, name: str) -> str:
    """The file without one text of a list, counted from 0, or without the list where that is all in it. Raises EditError."""

    def edit(data: CommentedMap) -> None:
        rows = _find(data, key)
        if rows is None:
            raise EditError(f"{name}: there is no '{key}'")
        if len(rows) == 1:
            del data[next(name for name in data if str(name) == key)]
            return
        if number == len(rows) - 1:
            _move_comment(rows, number, number - 1)
        del rows[number]

    changed = _edited(text, edit, name)
    _check(text, changed, name, "delete")
    return changed if read(changed).data else f"{changed}{_NOTHING}"


# --- ruamel.yaml's documents -----------------------------------------------------------------------------------------


def _edited(text: str, edit: Callable[[CommentedMap], None], name: str) -> str:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    line_end = "\r\n" if "\r\n" in text else "\n"
    plain = text.removeprefix(mark).replace("\r\n", "\n")
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDEST
    item = _ITEM.search(plain)
    offset, gap = (len(item["before"]), len(item["after"])) if item else (2, 1)
    yaml.indent(mapping=2, sequence=offset + 1 + gap, offset=offset)
    try:
        data = yaml.load(plain)
        if data is None:  # nothing but comments, which the library would drop
            data = CommentedMap()
            edit(data)
            head = plain if not plain or plain.endswith("\n") else f"{plain}\n"
            plain = head + _dumped(yaml, data)
        elif isinstance(data, CommentedMap):
            edit(data)
            plain = _dumped(yaml, data) if data else _comments(plain)
        else:
            raise EditError(f"{name}: is not a mapping to lists of texts")
    except YAMLError as error:
        raise EditError(f"{name}: cannot be read: {str(error).splitlines()[0]}") from error
    return mark + plain.replace("\n", line_end)


def _dumped(yaml: YAML, data: CommentedMap) -> str:
    file = io.StringIO()
    yaml.dump(data, file)
    return file.getvalue()


def _comments(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if line.lstrip("\ufeff").startswith("#") or not line.strip())


def _find(data: CommentedMap, key: str) -> CommentedSeq | None:
    return next((rows for name, rows in data.items() if str(name) == key), None)


def _scalar(text: str) -> str:
    """A text as it is best written: bare where that reads as the same text, else in quotes."""
    document = read(f"- {text}\n")
    return text if not document.problems and document.data == [text] else DoubleQuotedScalarString(text)


def _insert(data: CommentedMap, key: str, rows: CommentedSeq, rank: Callable[[str], Any], is_airy: bool) -> None:
    place = next((place for place, name in enumerate(data) if rank(str(name)) > rank(key)), len(data))
    before = list(data.values())[place - 1] if place else None
    if isinstance(before, CommentedSeq) and before:
        _hand_on_heading(before, rows)
        if is_airy and place == len(data):
            _leave_line_after(before)
    if is_airy and place < len(data):
        _leave_line_after(rows)
    data.insert(place, key, rows)


def _hand_on_heading(before: CommentedSeq, rows: CommentedSeq) -> None:
    """A comment that stands apart from the list before it is about the list after it, and stays there."""
    comment = before.ca.items.get(len(before) - 1)
    if comment and comment[0] and (parts := _HEADING.fullmatch(comment[0].value)):
        comment[0].value = parts["apart"]
        rows.ca.items[len(rows) - 1] = [_token(_LINE_BETWEEN + parts["heading"]), None, None, None]


def _leave_line_after(rows: CommentedSeq) -> None:
    last = len(rows) - 1
    if last not in rows.ca.items:
        rows.ca.items[last] = [_token(_LINE_BETWEEN), None, None, None]


def _token(value: str) -> CommentToken:
    return CommentToken(value, CommentMark(0), None)


def _move_comment(rows: CommentedSeq, last: int, to: int) -> None:
    """What stands after the last text of a list, blank lines and comments on lines of their own, comes after another one."""
    comment = rows.ca.items.get(last)
    if not comment or comment[0] is None:
        return
    beside, _, below = comment[0].value.partition("\n")
    del rows.ca.items[last]
    if beside:
        rows.ca.items[last] = [CommentToken(f"{beside}\n", comment[0].start_mark, None), None, None, None]
    if below:
        kept = rows.ca.items.get(to)
        head = kept[0].value if kept else "\n"
        rows.ca.items[to] = [CommentToken(head + below, kept[0].start_mark if kept else CommentMark(0), None), None, None, None]


# --- what changed ----------------------------------------------------------------------------------------------------


def _check(before: str, after: str, name: str, allowed: str) -> None:
    """Raises EditError if anything but whole lines was added (`insert`), or taken out (`delete`)."""
    old, new = before.splitlines(), after.splitlines()
    less, more = (old, new) if allowed == "insert" else (new, old)
    if _are_among(less, more):
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    line = next(start for tag, start, *_ in matcher.get_opcodes() if tag not in ("equal", allowed)) + 1
    raise EditError(
        f"{name}: line {line}: is laid out so that it would be rewritten; write it as the lines around it are written, "
        "or name another file with --file"
    )


def _are_among(some: Sequence[str], lines: Sequence[str]) -> bool:
    rest = iter(lines)
    return all(line in rest for line in some)
