"""kpo-bot teach, as people and scripts use it: what it says, and what is in the knowledge afterwards."""

import asyncio
import json
import os
import shlex
import shutil
import stat
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.editor import choosing
from bot.editor import teach as teaching
from bot.editor.lessons import Lesson
from bot.editor.teach import Manner, TeachError, again, teach
from bot.editor.unwritten import KEPT_DAYS, Unwritten
from bot.knowledge import OFF_DOMAIN, load, load_examples
from bot.matcher.index import is_learned
from bot.store.records import Who
from bot.store.store import Store
from tests.knowledge.test_loader import SMALL, write

# Enough for the small network to tell the topics apart.
PHRASINGS = "".join(
    f"{topic}:\n" + "".join(f"  - {ask} {word}\n" for word in words.split() for ask in ("מה זה", "ספר על", "תסביר לי על"))
    for topic, words in {
        "red": "אדום ארגמן בורדו שני",
        "blue": "כחול תכלת טורקיז סגלגל",
        "green": "ירוק זית דשא עשב",
    }.items()
)
OFF = "# comment\n" + "".join(
    f"{what} {when}\n" for what in ("מה השעה", "איפה האוטובוס", "מי ניצח") for when in ("היום", "אתמול", "מחר")
)
OF_OTHERS = [f"מי ניצח {when}" for when in ("בבוקר", "בערב", "בלילה", "ביום ראשון", "בשבוע שעבר")]
"""What the labelled questions say is none of ours: as many as cannot all get worse by chance."""
QUESTIONS = [("מה זה ארגמן", ["red"], "answer"), ("ספר על תכלת", ["blue"], "answer"), *((q, [], "off") for q in OF_OTHERS)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(json.dumps({"q": q, "accept": accept, "kind": kind}) + "\n" for q, accept, kind in QUESTIONS)
    files = {"phrasings/more.yaml": PHRASINGS, "off-domain.txt": OFF, "questions/some.jsonl": rows}
    return write(tmp_path / "knowledge", SMALL | files)


def run(folder: Path, *arguments: str, typed: str | None = None) -> Result:
    environment = {"KPO_KNOWLEDGE": str(folder), "KPO_DATABASE_URL": f"sqlite:///{folder.parent / 'kept.sqlite3'}"}
    return CliRunner(env=environment).invoke(cli, ["teach", *arguments], input=typed)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def changed(folder: Path, before: dict[str, bytes]) -> set[str]:
    return {name for name, content in files(folder).items() if before.get(name) != content}


def test_phrasings_follow_ups_and_off_domain_messages_are_added(folder: Path) -> None:
    before = files(folder)
    done = run(folder, "--add", "red", "מה זה סגול", "--add", "off-domain", "מי אכל", "--off-domain", "מי שתה")
    assert done.exit_code == 0, done.output
    assert "Written: " in done.output and "commit the changed files" in done.output
    assert changed(folder, before) == {"phrasings/taught.yaml", "off-domain.txt"}
    examples = load_examples(load(folder))
    assert "מה זה סגול" in examples.phrasings["red"] and examples.off_domain[-2:] == ("מי אכל", "מי שתה")

    done = run(folder, "--add", "green", "ומה עם הדשא", "--off-domain", "חחחח", "--after", "red")
    assert done.exit_code == 0, done.output
    assert [(f.before, f.topic, f.text) for f in load_examples(load(folder)).follow_ups[-2:]] == [
        ("red", "green", "ומה עם הדשא"),
        ("red", OFF_DOMAIN, "חחחח"),
    ]


def test_without_labelled_questions_nothing_is_measured(folder: Path) -> None:
    (folder / "questions" / "some.jsonl").unlink()
    done = run(folder, "--add", "red", "מה זה סגול", "--yes")
    assert done.exit_code == 0 and "There are no labelled questions" in done.output, done.output
    assert "מה זה סגול" in load_examples(load(folder)).phrasings["red"]


def test_another_file(folder: Path) -> None:
    before = files(folder)
    assert run(folder, "--add", "red", "מה זה סגול", "--file", "phrasings/more.yaml").exit_code == 0
    assert changed(folder, before) == {"phrasings/more.yaml"}


def test_a_dry_run_shows_all_and_writes_nothing(folder: Path) -> None:
    before = files(folder)
    done = run(folder, "--add", "red", "מה זה סגול", "--dry-run")
    assert done.exit_code == 0 and "1 message to be taught, in phrasings/taught.yaml" in done.output
    assert "nothing was written" in done.output
    assert files(folder) == before


TAUGHT = """\
# More ways to ask for each topic. Taught with `kpo-bot teach`.

red:
  - מה זה סגול
"""


def test_what_is_learned_is_kept_once_it_is_written(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a bot that follows need not learn it again, and what is only looked at pushes out nothing that is in use."""
    done = tmp_path / "done"
    shutil.copytree(folder, done)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run(folder, "--add", "red", "מה זה סגול", "--dry-run").exit_code == 0
    (done / "phrasings" / "taught.yaml").write_text(TAUGHT, encoding="utf-8")
    assert not is_learned(load(done))
    assert run(folder, "--add", "red", "מה זה סגול").exit_code == 0
    assert (folder / "phrasings" / "taught.yaml").read_text(encoding="utf-8") == TAUGHT
    assert is_learned(load(done))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--add", "rde", "x"], 1, "there is no topic 'rde'; is 'red' meant?"),
        (["--add", "red", "א", "--after", "rde"], 1, "there is no topic 'rde'; is 'red' meant?"),
        (["--add", "red", "א", "--after", "off-domain"], 1, "there is no topic 'off-domain'"),
        (["--add", "red", "?!"], 1, "Left out: '?!' has no word."),
        (["--add", "red", "א" * 201], 1, "longer than 200 characters"),
        (["--add", "red", "מה זה תכלת?"], 1, "Left out: 'מה זה תכלת?' stands under blue already"),
        (["--add", "red", "א ב", "--add", "red", "א ב!", "--dry-run"], 0, "Left out: 'א ב!' says the same as another one."),
        (["--add", "blue", "מה זה תכלת?"], 0, "Left out: 'מה זה תכלת?' stands under blue already"),
        (["--add", "red", "א ב", "--add", "blue", "א ב!", "--dry-run"], 1, "Left out: 'א ב!' stands under red already"),
        (["--after", "red"], 2, "--after"),
        (["--add", "red", "א", "--file", "more.yaml"], 2, "--file"),
        (["--add", "red", "א", "--file", "phrasings/../x.yaml"], 2, "--file"),
        (["--add", "red", "א", "--days", "3"], 2, "--add"),
        (["--add", "red"], 2, "--add"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_what_cannot_be_taught(folder: Path, arguments: list[str], code: int, says: str) -> None:
    before = files(folder)
    done = run(folder, *arguments)
    assert done.exit_code == code and says in done.output, done.output
    assert files(folder) == before


WORSE = [Lesson("green", text) for text in OF_OTHERS]


def test_what_makes_it_worse_needs_a_yes(folder: Path) -> None:
    before = files(folder)
    options = [part for lesson in WORSE for part in ("--add", lesson.topic, lesson.text)]
    done = run(folder, *options)
    assert done.exit_code == 1 and "--yes writes it all the same" in done.output, done.output
    assert "5 got worse and 0 better: a drop" in done.output
    assert files(folder) == before
    done = run(folder, *options, "--yes")
    assert done.exit_code == 0 and changed(folder, before) == {"phrasings/taught.yaml"}, done.output


def test_what_may_be_chance_needs_no_yes(folder: Path) -> None:
    rows = (folder / "questions" / "some.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "questions" / "some.jsonl").write_text("".join(rows[:-1]), encoding="utf-8")
    done = run(folder, "--add", WORSE[0].topic, WORSE[0].text)
    assert "4 got worse and 0 better: within what learning anew changes by chance" in done.output
    assert done.exit_code == 0 and WORSE[0].text in load_examples(load(folder)).phrasings["green"], done.output


@pytest.mark.parametrize(
    ("lessons", "typed", "is_written"),
    [
        (WORSE, "\n", False),
        (WORSE, "n\n", False),
        (WORSE, "y\n", True),
        ([Lesson("red", "מה זה סגול")], "\n", True),
        ([Lesson("red", "מה זה סגול")], "n\n", False),
        ([Lesson("red", "מה זה תכלת")], "\n", False),
        ([Lesson("red", "מה זה דשא")], "y\n\n", True),
        ([Lesson("red", "מה השעה היום")], "y\ny\n", True),
    ],
    ids=[
        "worse, Enter",
        "worse, no",
        "worse, yes",
        "better, Enter",
        "better, no",
        "elsewhere, Enter",
        "moved",
        "moved from off-domain",
    ],
)
def test_questions_before_writing(folder: Path, lessons: list[Lesson], typed: str, is_written: bool) -> None:
    lesson = lessons[0]
    before, done = files(folder), asked(folder, lessons, typed)
    assert (files(folder) != before) is is_written, done.output
    examples = load_examples(load(folder))
    assert (lesson.text in examples.phrasings[lesson.topic]) is is_written
    everywhere = [text for texts in examples.phrasings.values() for text in texts] + list(examples.off_domain)
    assert everywhere.count(lesson.text) <= 1


def test_what_cannot_be_moved_is_left_out_and_the_rest_is_taught(folder: Path) -> None:
    done = asked(folder, [Lesson("blue", "מהו אדום"), Lesson("red", "מה זה דשא"), Lesson("red", "מה זה סגול")], "y\ny\n")
    assert "Left out: 'מהו אדום' stands under red already, and cannot be moved: " in done.output
    assert "is a question of the entry red itself; take it out there by hand" in done.output
    phrasings = load_examples(load(folder)).phrasings
    assert {"מה זה דשא", "מה זה סגול"} <= set(phrasings["red"]) and "מהו אדום" not in phrasings["blue"]


def test_a_message_is_moved_once(folder: Path) -> None:
    done = asked(folder, [Lesson("red", "מה זה דשא"), Lesson("blue", "מה זה דשא!")], "y\ny\n")
    assert "Left out: 'מה זה דשא!' stands under green already" in done.output
    phrasings = load_examples(load(folder)).phrasings
    assert "מה זה דשא" in phrasings["red"] and "מה זה דשא!" not in phrasings["blue"]


def asked(folder: Path, lessons: Sequence[Lesson], typed: str) -> Result:
    @click.command()
    def command() -> None:
        teach(folder, lessons, Manner(asks=True))

    done = CliRunner().invoke(command, input=typed)
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.parametrize(("times", "ends"), [(1, True), (99, False)])
def test_what_somebody_else_edits_meanwhile_is_looked_at_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, times: int, ends: bool
) -> None:
    calls: list[int] = []
    real: Callable[..., object] = teaching._show

    def edits_meanwhile(*arguments: object) -> None:
        real(*arguments)
        calls.append(1)
        if len(calls) <= times:
            with (folder / "off-domain.txt").open("a", encoding="utf-8") as file:
                file.write(f"מה חדש {len(calls)}\n")

    monkeypatch.setattr(teaching, "_show", edits_meanwhile)
    if ends:
        assert teach(folder, [Lesson("red", "מה זה סגול")], Manner(asks=False)) == (True, True)
        assert len(calls) == times + 1
    else:
        with pytest.raises(TeachError, match="again and again"):
            teach(folder, [Lesson("red", "מה זה סגול")], Manner(asks=False))
    assert ((folder / "phrasings" / "taught.yaml").exists()) is ends
    assert "מה חדש 1" in load_examples(load(folder)).off_domain


@pytest.mark.parametrize("step", ["responder_of", "effects", "write"])
def test_an_interruption_at_any_step_writes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = files(folder)
    monkeypatch.setattr(teaching, step, interrupted)
    done = run(folder, "--add", "red", "מה זה סגול")
    assert done.exit_code == 1 and "Nothing was written." in done.output and "Traceback" not in done.output
    assert files(folder) == before


def test_mistakes_in_the_knowledge_are_told_first(folder: Path) -> None:
    (folder / "phrasings" / "more.yaml").write_text("rde:\n  - x\n", encoding="utf-8")
    done = run(folder, "--add", "red", "מה זה סגול")
    assert done.exit_code == 1 and "phrasings/more.yaml: line 2: there is no topic 'rde'; is 'red' meant?" in done.output


MISSED = [("זמר בשקיעה", "", 3), ("האופניים שלי", "", 2), ("ומה עוד", "red", 1), ("?!", "", 1), ("מה זה תכלת", "", 2)]
"""What was not understood: the message, the topic answered before it, and how many people sent it. The last is known today."""


@pytest.fixture
def kept(folder: Path) -> Path:
    """A database beside the knowledge that holds these messages."""

    async def keep() -> None:
        store = await Store.open(f"sqlite:///{folder.parent / 'kept.sqlite3'}", b"secret")
        at, person = time.time() - 60, 0
        for text, before, people in MISSED:
            for _ in range(people):
                person += 1
                if before:
                    store.add_interaction(Who(person, 0), at, "answer", [before], 0.9, None)
                store.add_interaction(Who(person, 0), at + 1, "fallback", [], 0.1, text)
        assert await store.flush()
        await store.close()

    asyncio.run(keep())
    return folder


def test_the_dialogue_teaches_what_was_missed(kept: Path) -> None:
    before = files(kept)
    done = run(kept, typed="t\nred\n1\no\nq\ny\ny\n")
    assert done.exit_code == 0, done.output
    for part in (
        "2 messages of the period would be understood",
        "1 message without words",
        "3 × זמר בשקיעה",
        "2 × האופניים שלי",
    ):
        assert part in done.output
    assert changed(kept, before) == {"phrasings/taught.yaml", "off-domain.txt"}
    examples = load_examples(load(kept))
    assert examples.phrasings["red"][-1] == "זמר בשקיעה" and examples.off_domain[-1] == "האופניים שלי"
    again = run(kept, typed="q\n")
    assert "זמר" not in again.output and "Nothing was chosen" in again.output


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ("", 1, "Nothing was written."),
        ("t\nred\n1\n", 1, "Nothing was written."),
        ("t\nred\n1\nq\nn\n", 0, "Nothing was written."),
        ("t\nred\n1\nq\ny\nn\n", 0, "Nothing was written."),
        ("t\nred\n1\nq\ny\n", 1, "Nothing was written."),
        ("s\ns\ns\n", 0, "Nothing was chosen"),
    ],
    ids=["Ctrl-D", "Ctrl-D after a choice", "no to the choice", "no to the writing", "Ctrl-D at the writing", "all skipped"],
)
def test_the_dialogue_can_be_left(kept: Path, typed: str, code: int, says: str) -> None:
    before = files(kept)
    done = run(kept, typed=typed)
    assert done.exit_code == code and says in done.output, done.output
    assert files(kept) == before


def test_where_nothing_was_kept_there_is_nothing_to_teach(folder: Path) -> None:
    done = run(folder)
    assert done.exit_code == 0 and "There is nothing to teach" in done.output
    assert "kept.sqlite3 has no messages of this period" in done.output and "KPO_DATABASE_URL" in done.output


def test_mistakes_in_the_labelled_questions_are_told_before_anything_is_chosen(kept: Path) -> None:
    (kept / "questions" / "more.jsonl").write_text("no JSON\n", encoding="utf-8")
    done = run(kept, typed="t\nred\n1\nq\ny\ny\n")
    assert done.exit_code == 1 and "more.jsonl: line 1: is not valid JSON" in done.output and "Group" not in done.output


@pytest.mark.parametrize(
    ("typed", "options", "code"),
    [
        ("t\nred\n1\no\n", [], 1),
        ("t\nred\n1\no\nq\nn\n", [], 0),
        ("t\nred\n1\no\nq\ny\n", [], 1),
        ("t\nred\n1\no\nq\ny\nn\n", [], 0),
        ("t\nred\n1\no\nq\ny\n", ["--dry-run"], 0),
    ],
    ids=["broken off while choosing", "no to the choice", "broken off", "no to the writing", "only looked at"],
)
def test_what_was_chosen_is_not_lost(kept: Path, typed: str, options: list[str], code: int) -> None:
    done = run(kept, *options, typed=typed)
    assert done.exit_code == code, done.output
    [command] = [line for line in done.output.splitlines() if line.startswith("kpo-bot teach ")]
    assert run(kept, *shlex.split(command)[2:], "--yes").exit_code == 0
    examples = load_examples(load(kept))
    assert examples.phrasings["red"][-1] == "זמר בשקיעה" and examples.off_domain[-1] == "האופניים שלי"


GO_ON = "chosen the last time, and not written. Go on with that?"


@pytest.fixture
def in_terminal(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(choosing, "is_typed", lambda: True)
    return kept


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ("t\nred\n1\n", ["זמר בשקיעה"]),
        ("t\nred\n1\nq\nn\n", ["זמר בשקיעה"]),
        ("t\nred\n1\nq\ny\n", ["זמר בשקיעה"]),
        ("s\nt\nred\n1\nq\ny\nn\n", ["האופניים שלי"]),
        ("t\nred\n1\nt\nred\n1\nt\nred\n1\nn\n", ["זמר בשקיעה", "האופניים שלי"]),
    ],
    ids=["Ctrl-D while choosing", "no to the choice", "Ctrl-D at the writing", "no to the writing", "all chosen, no"],
)
def test_what_was_chosen_is_there_the_next_time(in_terminal: Path, left: str, expected: list[str]) -> None:
    before = files(in_terminal)
    done = run(in_terminal, typed=left)
    assert "What was chosen is kept for the next kpo-bot teach." in done.output and files(in_terminal) == before
    done = run(in_terminal, typed="y\nq\ny\ny\n")
    assert GO_ON in done.output and "Written: " in done.output, done.output
    assert load_examples(load(in_terminal)).phrasings["red"][-len(expected) :] == tuple(expected)
    assert GO_ON not in run(in_terminal, typed="q\n").output


def test_what_was_chosen_the_last_time_can_be_dropped(in_terminal: Path) -> None:
    run(in_terminal, typed="t\nred\n1\n")
    assert "Nothing was chosen" in run(in_terminal, typed="n\nq\n").output
    assert GO_ON not in run(in_terminal, typed="q\n").output


def test_what_cannot_be_edited_is_told_before_anything_is_chosen(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "why_not", lambda folder: f"{folder.name}: is not yours")
    done = run(kept, typed="q\n")
    assert done.exit_code == 1 and done.output == "knowledge: is not yours\n"
    assert run(kept, "--dry-run", typed="q\n").exit_code == 0


def test_what_is_piped_in_goes_through_all_groups(in_terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(in_terminal, typed="t\nred\n1\n")
    monkeypatch.setattr(choosing, "is_typed", lambda: False)
    done = run(in_terminal, typed="o\n")
    assert GO_ON not in done.output and "kpo-bot teach --add off-domain 'זמר בשקיעה'" in done.output
    monkeypatch.setattr(choosing, "is_typed", lambda: True)
    assert GO_ON in run(in_terminal, typed="y\n").output


def test_what_was_taught_in_another_way_is_not_asked_about(in_terminal: Path) -> None:
    run(in_terminal, typed="t\nred\n1\n")
    assert run(in_terminal, "--add", "red", "זמר בשקיעה").exit_code == 0
    assert GO_ON not in run(in_terminal, typed="q\n").output


def test_old_choices_are_forgotten_and_those_of_other_folders_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, other = Unwritten.of(tmp_path / "one"), Unwritten.of(tmp_path / "other")
    lessons = [Lesson("red", "מה זה סגול"), Lesson(OFF_DOMAIN, "חחח", "red")]
    one.keep(lessons)
    assert one.read() == lessons and other.read() == []
    assert stat.S_IMODE(one.file.stat().st_mode) == 0o600
    long_ago = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(one.file, (long_ago, long_ago))
    assert one.read() == [] and not one.file.exists()


@pytest.mark.parametrize("content", ["", "{}", "3", "[1]", '[["red"]]', "[[[]]]", "\x00"])
def test_a_file_of_choices_that_makes_no_sense_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "chosen.json"
    file.write_text(content, encoding="utf-8")
    assert Unwritten(file).read() == []


def test_the_commands_that_teach_it_again() -> None:
    lessons = [Lesson("red", "a 'b'"), Lesson("blue", "c\x1b[1m", "red"), Lesson(OFF_DOMAIN, "d"), Lesson("green", "e", "red")]
    assert again(lessons).splitlines() == [
        """kpo-bot teach --add red 'a '"'"'b'"'"'' --add off-domain d""",
        "kpo-bot teach --after red --add blue 'c [1m' --add green e",
    ]
