"""What makes matching worse is told where it is, and nothing else is."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation import Decision, Responder
from bot.editor.advice import MOST_SHOWN, Advice, Kind, report
from bot.editor.answered import Otherwise, Sort, advice, is_settled
from bot.editor.lint import lint
from bot.editor.reading import Read, read
from bot.editor.variety import too_few
from bot.knowledge import OFF_DOMAIN, Example, Examples, load_all
from bot.matcher.matcher import Match, Reason
from bot.matcher.ranker import Reading
from bot.matcher.reader import Kind as WordKind
from bot.matcher.reader import Word
from bot.matcher.training import learned
from tests.conftest import KNOWLEDGE
from tests.knowledge.test_loader import SMALL, write
from tests.rows import DATA
from tests.test_cli import kpo_bot

LINT = yaml.safe_load((DATA / "lint.yaml").read_text(encoding="utf-8"))
CLEAN: dict[str, str] = SMALL | LINT["folder"]
CASES: list[dict[str, Any]] = LINT["cases"]
assert len(CASES) > 20
LEFT_TO_RIGHT, TITLES, TOO_LITTLE = (
    "Lines that read left-to-right",
    "Titles that do not stand alone",
    "Too little to learn from",
)


def changed(files: dict[str, str], row: dict[str, Any]) -> dict[str, str]:
    text = row.get("text")
    if text is None:
        assert row["old"] in files[row["file"]], "the row no longer fits the small folder"
        text = files[row["file"]].replace(row["old"], row["new"], 1)
    files = files | {row["file"]: text}
    return changed(files, row["also"]) if "also" in row else files


def linted(folder: Path) -> list[Kind]:
    knowledge, examples = load_all(folder)
    return lint(Responder(knowledge, learned(knowledge, Examples.of(examples))), examples)


def test_a_clean_folder_has_none(tmp_path: Path) -> None:
    assert linted(write(tmp_path, CLEAN)) == []


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["name"])
def test_each_kind(tmp_path: Path, row: dict[str, Any]) -> None:
    kinds = {kind.heading: kind.advice for kind in linted(write(tmp_path, changed(CLEAN, row)))}
    lines = [str(one) for one in kinds.get(row["heading"], ())]
    if "says" not in row:
        assert lines == []
    else:
        assert [line for line in lines if line.startswith(f"{row['place']}: ") and row["says"] in line], kinds
        assert len(lines) == row.get("times", len(lines))
        assert [line for line in lines if len(line.splitlines()) != 1 or "; " not in line] == []


def test_every_heading_is_tested_both_ways() -> None:
    told = {row["heading"] for row in CASES if "says" in row}
    assert told == {row["heading"] for row in CASES if "says" not in row}
    assert told >= {LEFT_TO_RIGHT, TITLES, TOO_LITTLE, *map(str, Sort)} and len(told) == 10


@pytest.mark.parametrize(("most", "few", "wanted"), [(48, 12, None), (49, 12, 13), (49, 13, None), (60, 14, 15)])
def test_what_is_wanted_is_more_than_there_is(responder: Responder, most: int, few: int, wanted: int | None) -> None:
    entries = dict(list(responder.knowledge.entries.items())[:3])
    counts = zip(entries, (most, few, most), strict=True)
    reads = [
        Read(Example(f"{topic} {n}", topic, "a.yaml", 1), (), (Word(str(n), str(n), WordKind.NUMBER),))
        for topic, count in [*counts, (OFF_DOMAIN, most)]
        for n in range(count)
    ]
    told = [str(one) for one in too_few(reads, entries)]
    assert len(told) == bool(wanted)
    assert all(
        line.endswith(f" has {few} phrasings, where half of the topics have {most} or more; write at least {wanted}")
        for line in told
    )


@pytest.mark.parametrize(("likelihood", "is_told"), [(0.95, True), (0.9, True), (0.89, False)])
def test_close_calls_are_no_advice(responder: Responder, likelihood: float, is_told: bool) -> None:
    match = Match(Decision.ANSWER, ("red",), Reason.SURE, (Reading((), (("red", likelihood), ("blue", 1 - likelihood))),))
    lost = Otherwise(Read(Example("purple", "blue", "a.yaml", 1), (), ()), match)
    told = advice([lost], responder.matcher)
    assert {sort for sort, some in told.items() if some} == ({Sort.PHRASING} if is_told else set())


def test_what_need_not_be_asked_would_be_answered_right(responder: Responder) -> None:
    _, examples = load_all(KNOWLEDGE)
    matcher, courtesies = responder.matcher, responder.knowledge.lexicon.courtesies
    some = read(examples[::20], matcher, courtesies)
    settled = [(item, matcher.match(item.example.text)) for item in some if is_settled(item, matcher)]
    assert len(settled) > 400
    assert [item for item, match in settled if match.decision is not Decision.ANSWER] == []
    assert [item for item, match in settled if match.topics != (item.example.topic,)] == []


def test_the_projects_own_knowledge_shows_well_and_tells_enough(responder: Responder) -> None:
    _, examples = load_all(KNOWLEDGE)
    few = [Example(one.text, one.topic, one.file, one.line) for one in examples if not one.before]
    headings = {kind.heading for kind in lint(responder, few)}
    assert headings.isdisjoint({LEFT_TO_RIGHT, TITLES, TOO_LITTLE})
    assert "Examples of different topics that say the same" in headings  # what was looked for was looked for


def test_a_report_shows_a_few_of_each_kind() -> None:
    some = tuple(Advice("a.yaml", f"number {number}", number) for number in range(MOST_SHOWN + 2))
    kinds = [Kind("Many", some), Kind("One", some[:1])]
    lines = report(kinds).splitlines()
    assert lines[:2] == [f"Many ({MOST_SHOWN + 2}):", "  a.yaml: number 0"]
    assert lines[MOST_SHOWN + 1 :] == ["  and 2 more; --all shows them", "", "One (1):", "  a.yaml: number 0", ""]
    assert f"  a.yaml: line {MOST_SHOWN + 1}: number {MOST_SHOWN + 1}" in report(kinds, None) and "more" not in report(
        kinds, None
    )
    assert report([]) == ""


def test_the_command_warns(environment: dict[str, str], tmp_path: Path) -> None:
    # A cache of its own: what is learned here would push what the other tests share out of theirs.
    own = {"KPO_KNOWLEDGE": str(tmp_path / "folder"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    write(tmp_path / "folder", CLEAN)
    done = kpo_bot(environment, "check", "--strict", **own)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 1
    assert done.stdout.startswith("4 topics") and done.stdout.endswith(" No mistakes, no warnings.\n")

    paragraphs = "\n".join(f"      Blue {number}" for number in range(MOST_SHOWN + 2))
    row = {"file": "a.yaml", "old": "      צבע קר, ושמו באנגלית Blue.", "new": paragraphs}
    write(tmp_path / "folder", changed(CLEAN, row))
    for options, code, count in ((), 0, MOST_SHOWN), (("--strict",), 1, MOST_SHOWN), (("--all",), 0, MOST_SHOWN + 2):
        done = kpo_bot(environment, "check", *options, **own)
        lines = done.stdout.splitlines()
        assert (done.returncode, done.stderr) == (code, "")
        assert lines[0] == f"{LEFT_TO_RIGHT} ({MOST_SHOWN + 2}):"
        assert sum(line.startswith("  a.yaml: line 11: ") for line in lines) == count
        assert ("  and 2 more; --all shows them" in lines) is (count == MOST_SHOWN)
        assert lines[-2] == "" and lines[-1].endswith(f" No mistakes, {MOST_SHOWN + 2} warnings.")


def test_mistakes_come_alone(environment: dict[str, str], tmp_path: Path) -> None:
    row = {"file": "a.yaml", "old": "title: מה זה כחול?", "new": "titel: Blue"}
    files = changed(CLEAN, row) | {"questions/a.jsonl": '{"q": "?", "accept": ["purple"], "kind": "answer"}\n'}
    done = kpo_bot(environment, "check", "--all", KPO_KNOWLEDGE=str(write(tmp_path, files)))
    assert done.returncode == 1 and done.stdout == ""
    assert "unknown field 'titel'" in done.stderr and "questions/a.jsonl: line 1: there is no topic 'purple'" in done.stderr
    assert "left-to-right" not in done.stderr
