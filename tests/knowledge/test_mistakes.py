"""A mistake is told once, where it is, with nothing made up beside it; and one mistake does not hide another."""

import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import KnowledgeError, check, load, load_examples
from bot.yamlfile import MOST_BYTES
from tests.knowledge.test_loader import SMALL, write

A, B, MORE, CONCEPTS, TEXTS = "a.yaml", "b.yaml", "phrasings/more.yaml", "lexicon/concepts.yaml", "bot/texts.yaml"

# What is changed: file, text in it, text instead. Then all the lines that come of it, no others.
Change = tuple[str, str, str]
ALONE: dict[str, tuple[list[Change], list[str]]] = {
    "a wrong field makes nothing else look wrong": (
        [(A, "kind: answer\n    title: מה זה אדום?", "kind: x\n    title: מה זה אדום?"), (MORE, "blue", "red")],
        ["a.yaml: entry 'red' (line 5): 'kind' must be one of 'answer', 'uncovered' or 'chat'"],
    ),
    "nor does invalid YAML": (
        [(A, "צבע חם", "צבע: חם")],
        ["a.yaml: line 8: is not valid YAML: mapping values are not allowed in this context; put the text in double quotes"],
    ),
    "a wrong head hides no entry": (
        [(B, "theme: עוד", "thema: עוד"), (B, "title: אפור, ", "")],
        [
            "b.yaml: line 1: the field 'theme' is missing; add it",
            "b.yaml: line 1: unknown field 'thema'; is 'theme' meant?",
            "b.yaml: entry 'grey' (line 5): the field 'title' is missing; add it",
        ],
    ),
    "a missing field hides neither length nor phrasing": (
        [
            (A, "answer: צבע חם.\n    related: [blue]\n    source: intro", f"answer: {'א' * 4000}\n    related: [bleu]"),
            (A, "[מהו כחול]", "[מהו אדום]"),
        ],
        [
            "a.yaml: entry 'red' (line 4): the field 'source' is missing; add it",
            "a.yaml: entry 'red' (line 8): the answer has 4,000 characters, too long for one message; shorten it to 3,896",
            "a.yaml: entry 'blue' (line 13): the phrasing 'מהו אדום' stands also under red (a.yaml, line 7); "
            "keep it in one place",
            "a.yaml: entry 'red' (line 4): the related topic 'bleu' does not exist; is 'blue' meant?",
        ],
    ),
    "a phrasing twice on one line": (
        [(A, "[מהו אדום]", "[מהו אדום, 'מהו אדום?']")],
        ["a.yaml: entry 'red' (line 7): the phrasing 'מהו אדום?' stands also under red (a.yaml, line 7); keep it in one place"],
    ),
    "a phrasing over several lines is told in one": (
        [(MORE, "מה זה תכלת", '"מהו\\n\\nאדום"')],
        [
            "phrasings/more.yaml: entry 'blue' (line 2): the phrasing 'מהו אדום' stands also under red (a.yaml, line 7); "
            "keep it in one place"
        ],
    ),
    "a long quotation leaves room for the advice": (
        [(B, "theme: עוד", f"{'x' * 500}: 1\ntheme: עוד")],
        [f"b.yaml: line 1: unknown field '{'x' * 79}…'; take it out"],
    ),
    "a related topic twice": (
        [(A, "[blue]", "[blue, blue]")],
        ["a.yaml: entry 'red' (line 4): the related topic 'blue' stands there twice; take one out"],
    ),
    "every anchor": (
        [(A, "[blue]", "&a [blue]"), (A, "[red]", "&b [red]")],
        [f"a.yaml: line {line}: anchors (&) and aliases (*) are not used here; write the text out" for line in (9, 16)],
    ),
    "a tab": (
        [(A, "    kind: answer\n    title: מה זה אדום?", "\tkind: answer\n    title: מה זה אדום?")],
        ["a.yaml: line 5: is not valid YAML: found a tab character that violates indentation; indent with spaces, not tabs"],
    ),
    "an invisible character": (
        [(A, "חם", "ח\0ם")],
        [
            "a.yaml: line 8: is not valid YAML: unacceptable character #x0000: control characters are not allowed; "
            "take out the invisible character U+0000"
        ],
    ),
    "a number that YAML reads as another": (
        [(CONCEPTS, "2010", "010")],
        ["lexicon/concepts.yaml: line 1: '010' would be read as 8; put it in quotes"],
    ),
    "an order that is no number": (
        [(A, "order: 1", "order: yes")],
        ["a.yaml: line 2: 'order' must be a number"],
    ),
    "an empty line of the bot": (
        [(TEXTS, "start: שלום", "start: ' '")],
        ["bot/texts.yaml: line 1: 'start' is empty; fill it in"],
    ),
}


def problems(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        check(folder)
    return list(caught.value.problems)


@pytest.mark.parametrize("name", ALONE)
def test_a_mistake_has_its_lines_and_no_others(tmp_path: Path, name: str) -> None:
    changes, expected = ALONE[name]
    files = dict(SMALL)
    for file, old, new in changes:
        assert old in files[file], "the row no longer fits the small folder"
        files[file] = files[file].replace(old, new, 1)
    assert sorted(problems(write(tmp_path, files))) == sorted(expected)


def test_a_file_in_another_encoding_makes_no_link_look_wrong(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    (tmp_path / A).write_bytes(SMALL[A].encode("cp1255"))
    assert problems(tmp_path) == ["a.yaml: line 1: is not UTF-8; save the file with the encoding UTF-8"]


@pytest.mark.parametrize("name", [A, MORE, "off-domain.txt", "lexicon/everyday.txt"])
def test_no_file_is_read_far_beyond_the_limit(tmp_path: Path, name: str) -> None:
    write(tmp_path, SMALL)
    with (tmp_path / name).open("wb") as file:
        file.truncate(200 * MOST_BYTES)  # a hole: it takes no room on the disk
    start = time.process_time()
    assert f"{name}: line 1: is over 4 MiB; split it" in problems(tmp_path)
    assert time.process_time() - start < 2


def test_what_programs_leave_behind_is_passed_over(tmp_path: Path) -> None:
    before = load(write(tmp_path, SMALL)).digest
    (tmp_path / "._a.yaml").write_bytes(b"\x00\xff")
    (tmp_path / ".#b.yaml").symlink_to("nowhere")
    (tmp_path / "lexicon" / "old.yaml").mkdir()
    assert load(tmp_path).digest == before


def test_the_order_of_writing_changes_nothing(tmp_path: Path) -> None:
    one, two = (load(write(tmp_path / name, files)) for name, files in (("1", SMALL), ("2", dict(reversed(SMALL.items())))))
    assert list(one.entries.items()) == list(two.entries.items()) and one.themes == two.themes
    assert load_examples(one) == load_examples(two)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SMALL)), st.binary(max_size=80), st.integers(0, 400))
def test_any_bytes_anywhere_in_a_file_give_problems_of_one_line(name: str, junk: bytes, at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), SMALL)
        whole = SMALL[name].encode()
        (Path(folder) / name).write_bytes(whole[:at] + junk + whole[at:])
        try:
            check(Path(folder))
        except KnowledgeError as error:
            assert error.problems
            assert [problem for problem in error.problems if len(problem.splitlines()) != 1] == []
