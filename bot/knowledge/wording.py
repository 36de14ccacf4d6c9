"""What is wrong, in words that an editor understands."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from bot.nearest import nearest


def hint(name: str, names: Iterable[str], otherwise: str = "take it out, or write it") -> str:
    """What may be meant by a name that is none, or else what to do about it; to stand behind what is wrong."""
    near = nearest(short(name), names)
    return f"; is '{near}' meant?" if near else f"; {otherwise}"


def short(text: str) -> str:
    """A quotation that leaves room for the advice after it."""
    return text if len(text) <= 80 else text[:79] + "…"


def advice(detail: object, model: type[BaseModel]) -> str:
    """What a validation error means to an editor."""
    assert isinstance(detail, dict)
    name = ".".join(str(step) for step in detail["loc"])
    limit = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown field '{short(name)}'{hint(name, model.model_fields, 'take it out')}"
        case "missing":
            return f"the field '{name}' is missing; add it"
        case "string_type" | "list_type" | "dict_type" | "int_type":
            wanted = {
                "string": "a text (in quotes, if it looks like something else)",
                "list": "a list",
                "int": "a number",
            }
            kind = detail["type"].removesuffix("_type")
            return f"'{name}' must be {wanted.get(kind, 'a mapping')}"
        case "string_too_short" | "too_short":
            return f"'{name}' is empty or too short; fill it in"
        case "string_too_long":
            return f"'{name}' is too long; shorten it to {limit['max_length']} characters"
        case "too_long":
            return f"'{name}' has too many items; leave at most {limit['max_length']}"
        case "literal_error":
            return f"'{name}' must be one of {limit['expected']}"
        case "string_pattern_mismatch":
            return f"'{name}' may have only lower-case Latin letters, digits and single hyphens"
    return f"'{name}': {detail['msg']}"
