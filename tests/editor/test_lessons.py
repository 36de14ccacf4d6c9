"""Which lessons can be written, where they are written, and that the loader then has them."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.editor.lessons import FOLLOW_UPS, LONGEST, PHRASINGS, Lesson, plain, ranks, sort_out, unfit, written
from bot.editor.yamledit import EditError
from bot.knowledge import OFF_DOMAIN, FollowUp, check, load, load_examples, read_folder
from tests.knowledge.test_loader import SMALL, write
from tests.rows import DATA

CASES: list[dict[str, Any]] = yaml.safe_load((DATA / "lessons.yaml").read_text(encoding="utf-8"))
assert len(CASES) > 10


def lessons(rows: list[list[str]]) -> list[Lesson]:
    return [Lesson(*row) for row in rows]


def texts(folder: Path) -> dict[str, str]:
    return {name: content.decode() for name, content in read_folder(folder).items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_where_lessons_go(tmp_path: Path, case: dict[str, Any]) -> None:
    folder = write(tmp_path, SMALL | case.get("files", {}))
    knowledge = load(folder)
    found = sort_out(lessons(case["lessons"]), load_examples(knowledge))
    assert [f"{lesson.text}: {why}" for lesson, why in found.unfit] == case.get("unfit", [])
    assert [[lesson.text, lesson.place] for lesson in found.there] == case.get("there", [])
    clashes = [[clash.lesson.text, clash.standing.place] for clash in found.clashes]
    assert clashes == case.get("clashes", [])
    moved = [clash.standing for clash in found.clashes] if case.get("move") else []
    new = [*found.new, *[clash.lesson for clash in found.clashes if moved]]
    changes = written(new, moved, texts(folder), ranks(knowledge), case.get("file"))
    assert changes == case.get("changes", {})
    assert list(changes) == list(case.get("changes", {}))
    check(write(folder, changes))


def test_what_an_entry_itself_asks_is_not_moved(tmp_path: Path) -> None:
    folder = write(tmp_path, SMALL)
    with pytest.raises(EditError, match="'מהו אדום' is a question of the entry red itself"):
        written([], [Lesson("red", "מהו אדום")], texts(folder), ranks(load(folder)))


@pytest.mark.parametrize("text", ["", "...", "😀", "?!", "\u200f"])
def test_a_message_without_a_word_is_not_taught(text: str) -> None:
    assert unfit(text) == "has no word"


def test_a_long_message_is_not_taught() -> None:
    assert unfit("א " * LONGEST) and not unfit("א" * LONGEST)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=[]), max_size=60).map(plain),
    place=st.sampled_from([("blue", None), ("green", None), (OFF_DOMAIN, None), ("red", "red"), (OFF_DOMAIN, "blue")]),
)
def test_whatever_is_taught_is_loaded(tmp_path: Path, text: str, place: tuple[str, str | None]) -> None:
    folder = write(tmp_path, SMALL)
    (folder / PHRASINGS).unlink(missing_ok=True)
    (folder / FOLLOW_UPS).unlink(missing_ok=True)
    knowledge = load(folder)
    before = load_examples(knowledge)
    topic, answered = place
    lesson = Lesson(topic, text, answered)
    assume(sort_out([lesson], before).new)
    write(folder, written([lesson], [], texts(folder), ranks(knowledge)))
    after = load_examples(load(folder))
    if answered:
        assert set(after.follow_ups) - set(before.follow_ups) == {FollowUp(answered, text, topic)}
        assert (after.phrasings, after.off_domain) == (before.phrasings, before.off_domain)
    elif topic == OFF_DOMAIN:
        assert after.off_domain[:-1] == before.off_domain
        assert after.off_domain[-1] == (text.lstrip("# ") if text.startswith("# ") else text)
        assert (after.phrasings, after.follow_ups) == (before.phrasings, before.follow_ups)
    else:
        assert after.phrasings == {**before.phrasings, topic: (*before.phrasings[topic], text)}
        assert (after.off_domain, after.follow_ups) == (before.off_domain, before.follow_ups)
