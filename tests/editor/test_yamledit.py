"""Texts come into YAML files by whole lines, and come back from them as they were."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.editor.lessons import plain
from bot.editor.yamledit import EditError, with_texts, without_text
from bot.yamlfile import read
from tests.conftest import KNOWLEDGE
from tests.rows import DATA

CASES: list[dict[str, Any]] = yaml.safe_load((DATA / "edits.yaml").read_text(encoding="utf-8"))
assert len(CASES) > 20
WRITTEN_BY_HAND = "# top\n\na:\n  - \"x: y\"  # why\n  - 'it''s'\n\n# about b\nb:\n  - z\n  # end\n"
LETTERS = st.text(st.characters(exclude_categories=[])) | st.sampled_from(
    [
        "yes",
        "null",
        "a: b",
        "- x",
        "#",
        " x ",
        "😀 👩‍👩‍👧",
        "\u200fשלום\u202e",
        "x\ny",
        "\ufeff",
        "\x00\x1b",
        "\ud800",
        "x " * 400,
    ]
)


def edited(case: dict[str, Any]) -> str:
    if "take" in case:
        return without_text(case["before"], *case["take"], "f.yaml")
    return with_texts(case["before"], case["add"], str, "f.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_files_change_by_whole_lines(case: dict[str, Any]) -> None:
    if case["after"] is None:
        with pytest.raises(EditError, match=r"^f\.yaml: line \d+: "):
            edited(case)
    else:
        assert edited(case) == case["after"]
        document = read(case["after"])
        assert not document.problems
        for name, texts in case.get("add", {}).items():
            assert document.data[name][-len(texts) :] == texts


@settings(max_examples=300, deadline=None)
@given(text=LETTERS.map(plain).filter(bool), name=st.sampled_from(["a", "aa", "b", "c"]))
def test_any_text_comes_back(text: str, name: str) -> None:
    before = read(WRITTEN_BY_HAND).data
    changed = with_texts(WRITTEN_BY_HAND, {name: [text]}, str, "f.yaml")
    document = read(changed)
    assert not document.problems
    assert document.data == {**before, name: [*before.get(name, []), text]}
    rest = iter(changed.splitlines())
    assert all(line in rest for line in WRITTEN_BY_HAND.splitlines())
    number = len(document.data[name]) - 1
    assert read(without_text(changed, name, number, "f.yaml")).data == before


@pytest.mark.parametrize(
    "path", sorted([*KNOWLEDGE.glob("phrasings/*.yaml"), *KNOWLEDGE.glob("follow-ups/*.yaml")]), ids=lambda p: p.name
)
def test_the_knowledge_that_ships_can_be_added_to(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    first = next(iter(read(text).data))
    changed = with_texts(text, {first: ["נוסף"], "zz": ["חדש"]}, lambda name: name == "zz", path.name)
    more = len(changed.splitlines()) - len(text.splitlines())
    assert more in (3, 4)  # with an empty line before the new list, or without
    assert read(changed).data == {**read(text).data, first: [*read(text).data[first], "נוסף"], "zz": ["חדש"]}


def test_what_is_no_list_of_texts_is_not_written_over() -> None:
    with pytest.raises(EditError, match="line 1: anchors"):
        with_texts("red: &one\n  - a\nblue: *one\n", {"red": ["b"]}, len, "x.yaml")
