"""What a change does, as it is told: taught messages still missed, and phrasings of other topics that lost their answer."""

from typing import cast

import pytest

from bot.conversation import Context, Reply, Responder
from bot.editor.effects import Disturbed, Missed, effects
from bot.editor.lessons import Lesson
from bot.knowledge import OFF_DOMAIN, Examples
from bot.matcher.acts import Act, Turn
from bot.matcher.matcher import Decision, Match, Reason

A, S, F = Decision.ANSWER, Decision.SUGGEST, Decision.FALLBACK


class Says:
    """A responder that answers what it is told to; all else is not understood."""

    def __init__(self, **said: tuple[Decision, tuple[str, ...]]) -> None:
        self._said = {text.replace("_", " "): reply for text, reply in said.items()}

    def understand(self, text: str, context: Context) -> Turn:
        decision, topics = self._said.get(text, (F, ()))
        return Turn(Act.ASK, Match(decision, topics, Reason.SURE, ()))

    def reply(self, text: str, context: Context) -> tuple[Reply, Context]:
        decision, topics = self._said.get("".join((*context.said, " > " * bool(context.said), text)), (F, ()))
        return Reply(decision, topics, ()), context

    def answer(self, topics: tuple[str, ...], context: Context) -> tuple[Reply, Context]:
        return Reply(A, topics, ()), Context(topics, topics)


def found(before: Says, after: Says, *lessons: Lesson, **phrasings: tuple[str, ...]) -> tuple[list[Missed], list[Disturbed]]:
    examples = Examples(phrasings, ())
    result = effects(cast(Responder, before), cast(Responder, after), lessons, examples, [])
    assert result.comparison is None
    return list(result.missed), list(result.disturbed)


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
    assert missed == ([Missed(lesson, topics, decision)] if is_missed else [])


def test_a_follow_up_is_asked_after_its_answer() -> None:
    lesson = Lesson("blue", "x", "red")
    assert found(Says(), Says(**{"red > x": (A, ("blue",))}), lesson) == ([], [])
    assert found(Says(), Says(x=(A, ("blue",))), lesson) == ([Missed(lesson, (), F)], [])


def test_phrasings_of_other_topics_that_lost_their_answer() -> None:
    texts = {"one two three": "kept", "one two four": "lost", "one two five": "never had", "one two six": "own topic"}
    red, blue = (A, ("red",)), (A, ("blue",))
    before = Says(one_two_three=red, one_two_four=red, far_away_words=red, one_two_six=blue)
    after = Says(one_two_three=red, one_two_four=blue, one_two_six=(F, ()), one_two=blue)
    _, disturbed = found(
        before, after, Lesson("blue", "one two"), red=(*list(texts)[:3], "far away words"), blue=("one two six",)
    )
    assert disturbed == [Disturbed("one two four", "red", ("blue",))]
