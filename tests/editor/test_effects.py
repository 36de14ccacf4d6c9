"""What a change does, as it is told: taught messages still missed, and phrasings of other topics that lost their answer."""

from typing import cast

import pytest

from bot.conversation import Context, Reply, Responder
from bot.editor import effects as effects_module
from bot.editor.effects import Disturbed, Doubtful, NotLearned, effects
from bot.editor.lessons import Lesson
from bot.evaluate import Row
from bot.knowledge import OFF_DOMAIN, Examples, FollowUp
from bot.matcher.acts import Act, Turn
from bot.matcher.matcher import Decision, Match, Reason

Said = tuple[Decision, tuple[str, ...]]
A, S, F = Decision.ANSWER, Decision.SUGGEST, Decision.FALLBACK


class Says:
    """A responder that answers what it is told to; all else is not understood."""

    def __init__(self, **said: Said) -> None:
        self._said = {text.replace("_", " "): reply for text, reply in said.items()}

    def understand(self, text: str, context: Context) -> Turn:
        decision, topics = self._said.get(text, (F, ()))
        return Turn(Act.ASK, Match(decision, topics, Reason.SURE, ()))

    def reply(self, text: str, context: Context) -> tuple[Reply, Context]:
        decision, topics = self._said.get("".join((*context.said, " > " * bool(context.said), text)), (F, ()))
        return Reply(decision, topics, ()), context

    def answer(self, topics: tuple[str, ...], context: Context) -> tuple[Reply, Context]:
        return Reply(A, topics, ()), Context(topics, topics)


def found(
    before: Says, after: Says, *lessons: Lesson, examples: Examples | None = None
) -> tuple[list[NotLearned], list[Disturbed]]:
    known = examples or Examples({}, ())
    result = effects(cast(Responder, before), cast(Responder, after), lessons, known, [])
    assert result.comparison is None
    return list(result.not_learned), list(result.disturbed)


@pytest.mark.parametrize(
    ("lesson", "decision", "topics", "is_missed"),
    [
        (Lesson("red", "x"), A, ("red",), False),
        (Lesson("red", "x"), A, ("blue", "red"), False),
        (Lesson("red", "x"), A, ("blue",), True),
        (Lesson("red", "x"), S, ("red", "blue"), True),
        (Lesson("red", "x"), F, (), True),
        (Lesson(OFF_DOMAIN, "x"), F, (), False),
        (Lesson(OFF_DOMAIN, "x"), S, ("red",), True),
        (Lesson(OFF_DOMAIN, "x"), A, ("red",), True),
    ],
)
def test_what_is_taught_and_still_missed(lesson: Lesson, decision: Decision, topics: tuple[str, ...], is_missed: bool) -> None:
    missed, _ = found(Says(), Says(x=(decision, topics)), lesson)
    assert missed == ([NotLearned(lesson, topics, decision)] if is_missed else [])


def test_a_follow_up_is_asked_after_its_answer() -> None:
    lesson = Lesson("blue", "x", "red")
    assert found(Says(), Says(**{"red > x": (A, ("blue",))}), lesson) == ([], [])
    assert found(Says(), Says(x=(A, ("blue",))), lesson) == ([NotLearned(lesson, (), F)], [])


@pytest.fixture(autouse=True)
def _knows_nothing_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects_module, "_by_likeness", lambda responder: responder)


RED, BLUE, NONE = (A, ("red",)), (A, ("blue",)), (F, ())


@pytest.mark.parametrize(
    ("was", "now", "is_disturbed"),
    [(RED, RED, False), (RED, BLUE, True), (RED, NONE, True), (NONE, BLUE, True), (NONE, NONE, False), (BLUE, BLUE, False)],
)
def test_a_phrasing_of_another_topic(was: Said, now: Said, is_disturbed: bool) -> None:
    examples = Examples({"red": ("one two four",), "blue": ("one two five",)}, ())
    lessons = [Lesson("blue", "one two"), Lesson("blue", "two one")]
    _, disturbed = found(Says(one_two_four=was), Says(one_two_four=now), *lessons, examples=examples)
    assert disturbed == ([Disturbed("one two four", "red", now[1])] if is_disturbed else [])


@pytest.mark.parametrize(("got", "is_doubtful"), [(BLUE, False), (RED, True), ((S, ("red",)), False), (NONE, False)])
def test_a_message_unlike_the_others_of_its_topic(monkeypatch: pytest.MonkeyPatch, got: Said, is_doubtful: bool) -> None:
    monkeypatch.setattr(effects_module, "_by_likeness", lambda responder: Says(one_two=got))
    lesson, examples = (
        Lesson("blue", "one two"),
        Examples({"red": ("three four", "one two five"), "blue": ("one two six",)}, ()),
    )
    says = cast(Responder, Says(one_two=BLUE))
    result = effects(says, says, [lesson], examples, [])
    assert result.doubtful == ((Doubtful(lesson, "red", "one two five"),) if is_doubtful else ())


@pytest.mark.parametrize(
    ("taught", "was", "now", "wanted", "worse"),
    [
        ("blue", RED, BLUE, "red", True),
        ("blue", RED, (S, ("red", "blue")), "red", True),
        ("green", RED, BLUE, "red", False),
        ("blue", BLUE, (S, ("red", "blue")), "blue", False),
        (OFF_DOMAIN, RED, NONE, "red", True),
        ("blue", RED, NONE, "red", False),
        (OFF_DOMAIN, NONE, BLUE, "red", False),
    ],
)
def test_harm_in_what_gets_the_taught_topic_is_not_lost_in_the_rest(
    taught: str, was: Said, now: Said, wanted: str, worse: bool
) -> None:
    rows = [Row(str(i), f"one {i}", frozenset([wanted]), "answer", "") for i in range(5)]
    rows += [Row(f"r{i}", f"noise {i}", frozenset(["grey"]), "answer", "") for i in range(20)]
    noise = {f"noise_{i}": ((A, ("grey",)) if i % 2 else (A, ("gold",))) for i in range(20)}
    turned = {f"noise_{i}": ((A, ("gold",)) if i % 2 else (A, ("grey",))) for i in range(20)}
    before, after = ({f"one_{i}": said for i in range(5)} for said in (was, now))
    lessons = [Lesson(taught, "x")]
    says = (cast(Responder, Says(**before, **noise)), cast(Responder, Says(**after, **turned)))
    found = effects(*says, lessons, Examples({}, ()), rows)
    assert found.comparison and found.reached and not found.comparison.is_drop
    assert len(found.reached.pairs) == (5 if worse else 0)
    assert (found.drop or "") == (
        "of the labelled questions that now get what was taught 5 got worse and 0 better: "
        "a drop, more than learning anew changes by chance"
        if worse
        else ""
    )


def test_what_is_moved_is_not_in_its_own_way() -> None:
    examples = Examples({"red": ("one two!", "one two three")}, ())
    says = Says(one_two=BLUE, **{"one two!": BLUE}, one_two_three=BLUE)
    _, disturbed = found(Says(**{"one two!": RED}, one_two_three=RED), says, Lesson("blue", "one two"), examples=examples)
    assert disturbed == [Disturbed("one two three", "red", ("blue",))]


def test_only_what_is_alike_is_asked_again() -> None:
    examples = Examples({"red": ("far away words",)}, ())
    _, disturbed = found(Says(far_away_words=RED), Says(far_away_words=BLUE), Lesson("blue", "one two"), examples=examples)
    assert not disturbed


def test_off_domain_messages_and_follow_ups_of_the_same_answer() -> None:
    follow_ups = (FollowUp("green", "one two four", "red"), FollowUp("red", "one two five", "red"))
    examples = Examples({}, ("one two six",), follow_ups)
    after = Says(one_two_four=BLUE, one_two_five=BLUE, one_two_six=BLUE)
    before = Says(one_two_four=RED, one_two_five=RED)
    _, disturbed = found(before, after, Lesson("blue", "one two"), Lesson("blue", "one two", "green"), examples=examples)
    assert disturbed == [Disturbed("one two six", OFF_DOMAIN, ("blue",)), Disturbed("one two four", "red", ("blue",))]
