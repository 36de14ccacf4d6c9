"""Labelled questions stand beside the knowledge: judged with it, and no part of what is learned."""

import json
from pathlib import Path

import pytest

from bot.knowledge import KnowledgeError, check, load, read_folder
from bot.questions import QuestionsError, questions_in
from bot.questions import load as load_questions
from tests.knowledge.test_loader import SMALL, write

GOOD = '{"q": "מהו אדום", "accept": ["red"], "kind": "answer"}'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no json", "is not valid JSON: expected ident at line 1 column 2"),
        ("[" * 5000, "is not valid JSON: recursion limit exceeded"),
        ("[]", "is not a JSON object, with the fields q, accept and kind, or turns"),
        ('{"q": "x"}', "the field 'accept' is missing; add it"),
        ('{"q": 1, "accept": [], "kind": "off"}', "'q': Input should be a valid string"),
        ('{"q": "x", "accept": "red", "kind": "answer"}', "'accept': Input should be a valid tuple"),
        ('{"turns": [{"accept": []}]}', "the field 'turns.0.q' is missing; add it"),
        ('{"q": "x", "accept": ["rad"], "kind": "answer"}', "there is no topic 'rad'; is 'red' meant?"),
        ('{"q": "x", "accept": ["red"], "all": ["red", "gren"], "kind": "answer"}', "there is no topic 'gren'; is 'green'"),
        ('{"turns": [{"q": "x", "accept": []}, {"q": "y", "accept": ["bleu"]}]}', "there is no topic 'bleu'; is 'blue'"),
    ],
)
def test_check_judges_them(tmp_path: Path, line: str, says: str) -> None:
    folder = write(tmp_path, SMALL | {"questions/some.jsonl": f"{GOOD}\n\n{line}\n{GOOD}\n"})
    with pytest.raises(KnowledgeError) as caught:
        check(folder)
    (problem,) = caught.value.problems
    assert problem.startswith(f"questions/some.jsonl: line 3: {says}")
    if "no topic" in says:
        assert len(load_questions(questions_in(folder))) >= 3  # a version without the topic can be asked
    else:
        with pytest.raises(QuestionsError, match=r"some\.jsonl: line 3: "):
            load_questions(questions_in(folder))


def test_check_tells_what_cannot_be_read_at_all(tmp_path: Path) -> None:
    folder = write(tmp_path, SMALL | {"questions/some.jsonl": GOOD})
    (folder / "questions" / "other.jsonl").write_bytes(GOOD.encode("cp1255"))
    with pytest.raises(KnowledgeError, match=r"^questions/other\.jsonl: line 1: is not UTF-8[^\n]*$"):
        check(folder)
    with pytest.raises(QuestionsError, match=r"other\.jsonl: cannot be read"):
        load_questions(questions_in(folder))


@pytest.mark.parametrize("text", [GOOD, '{"q": "x", "accept": ["gone"], "kind": "answer"}', "no json"])
def test_a_running_bot_does_not_look_at_them(tmp_path: Path, text: str) -> None:
    before = load(write(tmp_path, SMALL)).digest
    write(tmp_path, {"questions/some.jsonl": text, "questions/README.md": "# Questions\n"})
    assert load(tmp_path).digest == before
    assert sorted(read_folder(tmp_path)) == sorted(SMALL)


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"there are no questions \(\*\.jsonl\)"):
        questions_in(tmp_path)
    write(tmp_path, {f"questions/{name}": GOOD for name in ("b.jsonl", "a.jsonl", "._a.jsonl", "README.md")})
    (tmp_path / "questions" / "c.jsonl").mkdir()
    assert [path.name for path in questions_in(tmp_path)] == ["a.jsonl", "b.jsonl"]


def test_what_other_programs_write_is_read(tmp_path: Path) -> None:
    """A byte order mark, Windows' ends of lines, and signs that part lines elsewhere."""
    line = json.dumps({"q": "a\u2028b\x85c", "accept": [], "kind": "off"}, ensure_ascii=False)
    (tmp_path / "some.jsonl").write_text(f"\ufeff{line}\r\n\r\n{line}", encoding="utf-8", newline="")
    assert [row.q for row in load_questions([tmp_path / "some.jsonl"])] == ["a\u2028b\x85c"] * 2
