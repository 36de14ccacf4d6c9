"""The dialogue of teach: what is typed, and the lessons that come of it."""

from collections.abc import Iterator, Sequence

import click
import pytest
from click.testing import CliRunner, Result

from bot.conversation import Responder
from bot.editor.dialogue import Dialogue
from bot.editor.groups import Group
from bot.editor.lessons import Lesson
from bot.knowledge import OFF_DOMAIN, load
from tests.knowledge.test_loader import SMALL, write

UNCOVERED = (
    SMALL["b.yaml"]
    + "  - {id: ultra, kind: uncovered, title: אולטרה, questions: [אולטרה], answer: אין, related: [], source: none}\n"
)
NEAR = (("red", 0.31), ("blue", 0.3), ("green", 0.004))
GROUPS = [
    Group(
        (("צבע הים", 3), ("צבע השמיים", 1), ("?!", 1)),
        None,
        5,
        4,
        1,
        NEAR,
        ("grey", "gone"),
    ),
    Group((("והגל", 2),), "red", 2, 1, 0, (("blue", 0.5),)),
    Group(tuple((f"אורך גל {number}", 1) for number in range(10)), None, 10, 9, 0, (("ultra", 0.1), ("red", 0.05))),
]
SEA, SKY = Lesson("blue", "צבע הים"), Lesson("blue", "צבע השמיים")
WAVE = Lesson("blue", "והגל", "red")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Responder]:
    yield Responder(load(write(tmp_path_factory.mktemp("small"), SMALL | {"b.yaml": UNCOVERED})))


def typed(
    responder: Responder, *lines: str, groups: list[Group] = GROUPS, kept: Sequence[Lesson] = ()
) -> tuple[list[Lesson], Result]:
    lessons: list[Lesson] = []

    @click.command()
    def command() -> None:
        lessons.extend(Dialogue(groups, responder, kept).lessons())

    result = CliRunner().invoke(command, input="".join(f"{line}\n" for line in lines))
    assert result.exception is None or result.exit_code == 1, result.exception
    return lessons, result


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["2", "s", "s"], [SEA, SKY]),
        (["s", "1", "s"], [WAVE]),
        (["e", "2, 3", "2", "s", "s"], [SEA]),
        (["e", "2", "e", "", "2", "s", "s"], [SEA, SKY]),
        (["e", "2 3 9", "2", "s", "s"], [SEA, SKY]),
        (["e", "1 2 3", "2", "s", "s", "s"], []),
        (["s", "o", "s"], [Lesson(OFF_DOMAIN, "והגל", "red")]),
        (["e", "2 3", "o", "s", "s"], [Lesson(OFF_DOMAIN, "צבע הים")]),
        (["s", "n", "1", "s"], [Lesson("ultra", "והגל", "red")]),
        (["s", "t", "gree", "1", "s"], [Lesson("green", "והגל", "red")]),
        (["s", "t", "ירוק", "1", "s"], [Lesson("green", "והגל", "red")]),
        (["s", "t", "אפו", "1", "s"], [Lesson("grey", "והגל", "red")]),
        (["s", "t", "...", "t", "", "1", "s"], [WAVE]),
        (["s", "1", "b", "o", "s"], [Lesson(OFF_DOMAIN, "והגל", "red")]),
        (["s", "1", "b", "s", "s"], []),
        (["s", "1", "b", "", "s"], [WAVE]),
        (["2", "b", "e", "2", "", "s", "s"], [SEA]),
        (["2", "b", "e", "1 2", "", "s", "s", "s"], []),
        (["b", "s", "1", "s"], [WAVE]),
        (["", "x", "7", "0", "-1", "s", "1", "s"], [WAVE]),
        (["s", "1", "q", "y"], [WAVE]),
        (["s", "1", "q", "n"], []),
        (["s", "1", "q", "x", ""], [WAVE]),
        (["s", "1", "/", "ט"], [WAVE]),
        (["s", "1", "/", "כן"], [WAVE]),
        (["s", "1", "/", "מ"], []),
        (["s", "1", "/", "לא"], []),
        (["e", "2 3", "r", "s", "s"], [Lesson("grey", "צבע הים")]),
        (["e", "2 3", "ר", "r", "s", "s"], [Lesson("grey", "צבע הים")]),
        (["q"], []),
        (["ד", "א", "ירוק", "1", "ד"], [Lesson("green", "והגל", "red")]),
        (["ק", "2 3", "ם", "/", "y"], [Lesson(OFF_DOMAIN, "צבע הים")]),
    ],
    ids=lambda value: " ".join(line or "Enter" for line in value) if value and isinstance(value[0], str) else None,
)
def test_what_is_typed(small: Responder, lines: list[str], expected: list[Lesson]) -> None:
    lessons, result = typed(small, *lines)
    assert result.exit_code == 0, result.output
    assert lessons == expected


@pytest.mark.parametrize(
    ("kept", "lines", "expected"),
    [
        ([SEA], ["s", "s"], [SEA]),
        ([SEA], ["b", "e", "", "", "s", "s"], [SEA, SKY]),
        ([SEA], ["b", "s", "s", "s"], []),
        ([WAVE], ["s", "s"], [WAVE]),
        ([SEA, WAVE], ["q", "y"], [SEA, WAVE]),
        ([SEA, WAVE, Lesson("ultra", "אורך גל 3")], ["", "", "s"], [SEA, WAVE]),
        ([SEA, Lesson("red", "צבע השמיים")], ["s", "s", "s"], []),
        ([Lesson("gone", "צבע הים"), Lesson("blue", "והגל"), Lesson("blue", "x")], ["s", "s", "s"], []),
    ],
    ids=[
        "passed over",
        "gone back to, and more of it taken",
        "gone back to, and skipped",
        "in the middle",
        "quit at once",
        "all of them, so that none is passed over",
        "of two topics, as the groups are others now",
        "of a topic that is gone, after another answer, of no group",
    ],
)
def test_what_was_chosen_the_last_time(small: Responder, kept: list[Lesson], lines: list[str], expected: list[Lesson]) -> None:
    lessons, result = typed(small, *lines, kept=kept)
    assert result.exit_code == 0, result.output
    assert lessons == expected


def test_what_is_chosen_is_kept_after_each_group_beside_what_is_of_no_group(small: Responder) -> None:
    other = Lesson("red", "של שבוע אחר")
    seen: list[list[Lesson]] = []

    @click.command()
    def command() -> None:
        Dialogue(GROUPS, small, [SEA, other], seen.append).lessons()

    assert CliRunner().invoke(command, input="1\nb\ns\n").exit_code == 1
    assert seen == [[SEA, WAVE, other], [SEA, WAVE, other], [SEA, other]]


def test_that_none_is_left_is_told(small: Responder) -> None:
    _, result = typed(small, "e", "1 2 3", "q")
    assert "None of its messages would be taught" in result.output and "0 messages" not in result.output


def test_a_search_without_result_is_told(small: Responder) -> None:
    _, result = typed(small, "t", "...", "q")
    assert "No topic is found for that." in result.output and "No topic is near." not in result.output


def test_which_of_two_answers_was_right_is_asked(small: Responder) -> None:
    group = Group((("צבע הים", 1),), None, 1, 1, 1, NEAR, ("grey", "red"))
    lessons, _ = typed(small, "r", "2", groups=[group])
    assert lessons == [Lesson("red", "צבע הים")]


def test_the_end_of_the_input_aborts(small: Responder) -> None:
    lessons, result = typed(small, "2")
    assert result.exit_code == 1 and "Aborted" in result.output and not lessons


def test_a_group_is_shown_with_all_that_helps(small: Responder) -> None:
    _, result = typed(small, "s", "s", "e", "", "q")
    one, two, three = result.output.split("Group ")[1:]
    assert "1 of 3: 5 messages, 4 people, 1 voted down" in one
    assert "3 × צבע הים" in one and "• צבע השמיים" in one and "?!   (not taught: has no word)" in one
    assert "1. מה זה אדום?  [red]  31%" in one and "2. מה זה כחול?  [blue]  30%" in one and "[green]\n" in one
    assert "The answer voted down: " in one and "[grey] + gone" in one and "voted down" not in two
    assert "2 messages, 1 person" in two and "After the answer to: מה זה אדום?  [red]" in two
    assert "אורך גל 7" in three and "… and 2 more; e shows them all" in three
    assert " 10. אורך גל 9" in three
