"""YAML text to plain data with line numbers, strictly: what an editor may have mistyped is a problem, not a surprise.

Anchors, aliases and tags are refused, so that no file can grow on loading or name Python objects; so are duplicate keys,
which YAML libraries silently accept. Pure: text in, data and problems out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML without libyaml: slower, the same result
    from yaml import SafeLoader  # type: ignore[assignment]

MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 8
PLAIN_TYPES = ("str", "int", "float", "bool", "null", "timestamp")

_IN_QUOTES = "put the text in double quotes"
_LOOK = "look here and above for a quote that is not closed, or not at the end of the text, and for a wrong indentation"
# What the library says, with libyaml or without, and what an editor can do about it.
_WAYS_OUT = (
    ("mapping values", _IN_QUOTES),
    ("tab character", "indent with spaces, not tabs"),
    ("cannot start any token", _IN_QUOTES),
    ("alphabetic or numeric", _IN_QUOTES),
    ("line break", _IN_QUOTES),
    ("expected URI", _IN_QUOTES),
    ("',' or ", "close the bracket, or put the text in double quotes"),
    ("expected ':'", "look here and above for a '- ' or a ':' that is missing"),
    ("did not find expected", _LOOK),
    ("expected <block end>", _LOOK),
)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a line (counted from 1), and what to do about it."""

    line: int
    text: str


@dataclass(slots=True)
class Document:
    """The data of a YAML file, and the line on which each part of it begins."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest part around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Read a YAML text. What is wrong with it is in `problems`; then `data` holds what could be read, or None."""
    document = Document()
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        document.problems.append(Problem(1, f"is over {MOST_BYTES // 1024 // 1024} MiB; split it"))
        return document
    try:
        depth = 0
        for event in yaml.parse(text, Loader=SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                document.problems.append(Problem(line, "is nested too deep; look for a stray bracket"))
                return document
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                document.problems.append(Problem(line, "anchors (&) and aliases (*) are not used here; write the text out"))
        if document.problems:
            return document
        node = yaml.compose(text, Loader=SafeLoader)
    except yaml.MarkedYAMLError as error:
        document.problems.append(_invalid(error, text))
        return document
    except (yaml.YAMLError, ValueError) as error:
        # The library tells no line for characters that it refuses.
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, bad.start()) + 1 if bad else 1
        advice = f"; take out the invisible character U+{ord(bad.group()):04X}" if bad else ""
        document.problems.append(Problem(line, f"is not valid YAML: {str(error).splitlines()[0]}{advice}"))
        return document
    if node is not None:
        document.data = _plain_data(node, (), document)
    return document


def _invalid(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """Where a text is no YAML, why, and the way out."""
    mark, why = error.problem_mark or error.context_mark, str(error.problem)
    before = "".join(text.splitlines()[mark.line : mark.line + 1])[: mark.column + 1] if mark else ""
    if "quoted scalar" in (error.context or "") and "end of stream" in why:
        # The library tells where the text ends instead.
        mark, why = error.context_mark, "a quote begins here that is not closed"
        advice = "close it, or put a text that begins with an apostrophe in double quotes"
    elif "\t" in before and not before.strip():
        advice = "indent with spaces, not tabs"
    else:
        advice = next((advice for said, advice in _WAYS_OUT if said in why), "")
    return Problem(mark.line + 1 if mark else 1, "; ".join(filter(None, (f"is not valid YAML: {why}", advice))))


def _plain_data(node: yaml.Node, path: Path, document: Document) -> Any:
    line = node.start_mark.line + 1
    document.lines[path] = line
    if isinstance(node, yaml.SequenceNode):
        return [_plain_data(child, (*path, i), document) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, document))
    if not isinstance(node, yaml.ScalarNode) or node.tag.removeprefix("tag:yaml.org,2002:") not in PLAIN_TYPES:
        document.problems.append(Problem(line, f"the tag {node.tag} is not used here; take it out"))
        return None
    return _scalar(node, line, document)


def _pairs(node: yaml.MappingNode, path: Path, document: Document) -> Iterator[tuple[str, Any]]:
    first: dict[str, int] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(Problem(line, "a key is not a word"))
        elif key in first:
            text = f"the key '{key}' stands here twice, first at line {first[key]}; join them or take one out"
            document.problems.append(Problem(line, text))
        else:
            first[key] = line
            value = _plain_data(value_node, (*path, key), document)
            document.lines[(*path, key)] = line
            yield key, value


def _scalar(node: yaml.ScalarNode, line: int, document: Document) -> Any:
    if node.tag == "tag:yaml.org,2002:str":  # nearly all of them, and a constructor for each is slow
        return node.value
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        document.problems.append(Problem(line, f"cannot be read as a value ({str(error).splitlines()[0]}); put it in quotes"))
        return None
    # YAML reads 010 as 8 and 12:30 as 750, where an editor meant what is written.
    if isinstance(value, int | float) and not isinstance(value, bool) and str(value) != node.value:
        document.problems.append(Problem(line, f"'{node.value}' would be read as {value}; put it in quotes"))
    return value
