"""Why a message got its answer, as editors are told."""

import pytest

from bot.matcher.acts import Act, Turn
from bot.matcher.explain import explain
from bot.matcher.matcher import Decision, Matcher, Reason

LEANING = "ושל BPO?"
WHOLE = "מה היתרונות של KPO?"


@pytest.mark.parametrize(
    ("text", "before", "reason"),
    [
        (LEANING, ("kpo-advantages",), Reason.LEANED),
        (WHOLE, ("kpo-definition",), Reason.SURE),
        (WHOLE, (), Reason.SURE),
    ],
)
def test_whether_a_message_leaned_is_told(matcher: Matcher, text: str, before: tuple[str, ...], reason: Reason) -> None:
    match = matcher.match(text, before)
    assert match.decision is Decision.ANSWER
    assert explain(text, Turn(Act.ASK, match), matcher, {}).match.reason is reason
