"""Bad content stops the start, with a line for each problem that an editor understands."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge import LONGEST_ANSWER, OFF_DOMAIN, FollowUp, KnowledgeError, check, find_knowledge, load, load_examples
from bot.texts import Texts
from tests.rows import DATA

SMALL = {
    "a.yaml": """\
theme: צבעים
order: 1
entries:
  - id: red
    kind: answer
    title: מה זה אדום?
    questions: [מהו אדום]
    answer: צבע חם.
    related: [blue]
    source: intro
  - id: blue
    kind: answer
    title: מה זה כחול?
    questions: [מהו כחול]
    answer: צבע קר.
    related: [red]
    source: intro
""",
    "b.yaml": """\
theme: עוד
order: 2
entries:
  - {id: green, kind: answer, title: ירוק, questions: [ירוק], answer: צבע, related: [], source: none}
  - {id: grey, kind: chat, title: אפור, questions: [אפור], answer: צבע, related: [], source: none}
""",
    "phrasings/more.yaml": "blue:\n  - מה זה תכלת\n",
    "follow-ups/more.yaml": "red > blue:\n  - והקר\nblue > off-domain:\n  - חחח\n",
    "off-domain.txt": "# comment\nמה השעה\n",
    "lexicon/concepts.yaml": "RED: [אדום, 'אדמ*', 2010]\nWHAT: [מה]\n",
    "lexicon/words.yaml": """\
fillers: [נא]
context: []
anchors: [RED]
asking: [WHAT]
requesting: []
courtesies: []
asides: [grey]
broader: {red: [blue]}
contrasts: {green: [red, blue]}
""",
    "bot/source.yaml": "title: x\nauthor: y\nupdated: 2023-02-01\n",
    "bot/texts.yaml": "start: שלום\nstart_topics: [red, blue, green, grey]\n"
    + "".join(f"{name}: שורה\n" for name in Texts.model_fields if name not in ("start", "start_topics")),
}

PROBLEMS = yaml.safe_load((DATA / "problems.yaml").read_text(encoding="utf-8"))
assert len(PROBLEMS) > 20


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_good_folder_is_loaded(tmp_path: Path) -> None:
    knowledge = load(write(tmp_path, SMALL))
    assert list(knowledge.entries) == ["red", "blue", "green", "grey"]
    assert [theme.title for theme in knowledge.themes] == ["צבעים", "עוד"]
    assert knowledge.lexicon.concepts["RED"] == ("אדום", "אדמ*", "2010")
    assert (knowledge.entries["blue"].file, knowledge.entries["blue"].line) == ("a.yaml", 11)
    examples = load_examples(knowledge)
    assert examples.phrasings["blue"] == ("מהו כחול", "מה זה תכלת")
    assert examples.off_domain == ("מה השעה",)
    assert examples.follow_ups == (FollowUp("red", "והקר", "blue"), FollowUp("blue", "חחח", OFF_DOMAIN))
    assert check(tmp_path).startswith("4 topics (3 answered, 0 not covered, 1 small talk) in 2 themes, 5 phrasings")


@pytest.mark.parametrize("row", PROBLEMS, ids=lambda row: row["name"])
def test_each_problem_is_a_line_with_a_way_out(tmp_path: Path, row: dict[str, Any]) -> None:
    text = row.get("text")
    if text is None:
        assert row["old"] in SMALL[row["file"]], "the row no longer fits the small folder"
        text = SMALL[row["file"]].replace(row["old"], row["new"], 1)
    write(tmp_path, SMALL | {row["file"]: text})
    with pytest.raises(KnowledgeError) as caught:
        check(tmp_path)
    found = caught.value.problems
    assert [problem for problem in row.get("problems", ()) if problem not in found] == []
    assert "problems" in row or any(problem.endswith(row["ends"]) for problem in found), found
    assert all("\n" not in problem for problem in caught.value.problems)


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    broken = {name: text + "extra: 1\n" for name, text in SMALL.items() if name in ("a.yaml", "b.yaml", "bot/source.yaml")}
    with pytest.raises(KnowledgeError) as caught:
        check(write(tmp_path, SMALL | broken))
    assert {problem.split(":")[0] for problem in caught.value.problems} >= set(broken)


def test_an_answer_too_long_for_one_message(tmp_path: Path) -> None:
    text = SMALL["a.yaml"].replace("צבע חם.", "😂" * (LONGEST_ANSWER // 2 + 1))
    with pytest.raises(KnowledgeError, match=r"entry 'red' \(line 8\): the answer has 3,898 characters, too long"):
        load(write(tmp_path, SMALL | {"a.yaml": text}))


@pytest.mark.parametrize("missing", [name for name in SMALL if name.split("/")[0] in ("bot", "lexicon", "off-domain.txt")])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    files = {name: text for name, text in SMALL.items() if name != missing}
    with pytest.raises(KnowledgeError, match=f"^{re.escape(missing)}: is missing"):
        check(write(tmp_path, files))


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no such folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(KnowledgeError, match="no file with entries"):
        load(tmp_path)


def test_not_utf8(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    (tmp_path / "a.yaml").write_bytes(SMALL["a.yaml"].encode("cp1255"))
    with pytest.raises(KnowledgeError, match=r"a\.yaml: line 1: is not UTF-8"):
        load(tmp_path)


def test_too_large(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"a\.yaml: line 1: is over 4 MiB"):
        load(write(tmp_path, SMALL | {"a.yaml": "# " + "x" * 5_000_000}))


def test_the_digest_follows_the_content_alone(tmp_path: Path) -> None:
    first = load(write(tmp_path / "1", SMALL)).digest
    assert load(write(tmp_path / "2", dict(reversed(SMALL.items())))).digest == first
    assert load(write(tmp_path / "3", SMALL | {"off-domain.txt": "מה נשמע\n"})).digest != first


def test_a_changed_answer_needs_no_learning_and_a_changed_question_does(tmp_path: Path) -> None:
    name = next(name for name in SMALL if name.endswith(".yaml") and "/" not in name)
    first = load(write(tmp_path / "1", SMALL))
    entry = next(entry for entry in first.entries.values() if entry.file == name)
    answer, question = entry.answer.strip().split("\n")[0], entry.questions[0]
    for old, new, same in [(answer, "תשובה אחרת", True), (question, "שאלה אחרת לגמרי", False)]:
        changed = SMALL | {name: SMALL[name].replace(old, new)}
        assert (load(write(tmp_path / old[:9], changed)).digest == first.digest) is same


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(SMALL)), st.text(max_size=80))
def test_any_text_in_any_file_raises_nothing_else(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, SMALL | {name: text.encode("utf-8", "replace").decode()})
    try:
        check(tmp_path)
    except KnowledgeError as error:
        assert error.problems


def test_the_folder_asked_for_comes_first(tmp_path: Path) -> None:
    assert find_knowledge(tmp_path) == tmp_path
    assert find_knowledge(None).name in ("knowledge", "_knowledge")
