"""The figures of a period, from small hand-made conversations."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.conversation import Responder
from bot.editor.asking import shown
from bot.editor.period import Period, Step
from bot.editor.report import Figures, Report, near, report
from bot.editor.terminal import LONGEST_TEXT, lines
from bot.knowledge import Examples
from bot.store import Interaction, Vote
from bot.store.reading import Kept
from tests.editor.making import NO_EXAMPLES, said, voted

HERE = ZoneInfo("Asia/Jerusalem")
NOW = datetime(2023, 11, 15, 20, 0, tzinfo=HERE)
"""The evening after the day on whose midnight, by Jerusalem's time, the conversations are (they begin at 00:13)."""


def made(
    responder: Responder,
    talk: Sequence[Interaction],
    votes: Sequence[Vote] = (),
    period: Period | None = None,
    known: Examples = NO_EXAMPLES,
) -> Report:
    return report(Kept("kpo.db", talk, votes), period or Period.of_days(7, NOW), responder, known)


# --- periods ---------------------------------------------------------------------------------------------------------


def test_days_are_calendar_days_with_today_the_last() -> None:
    period = Period.of_days(7, NOW)
    assert (period.since, period.until) == (datetime(2023, 11, 9, tzinfo=HERE), NOW)
    assert (period.days, period.last) == (7, date(2023, 11, 15))
    assert period.before == Period(datetime(2023, 11, 2, tzinfo=HERE), NOW - timedelta(7))


@pytest.mark.parametrize(
    ("since", "until", "first", "end"),
    [
        ((11, 1), (11, 3), (11, 1, 0), (11, 4, 0)),
        ((11, 3), (11, 3), (11, 3, 0), (11, 4, 0)),
        ((11, 13), None, (11, 13, 0), (11, 15, 20)),
        ((11, 13), (12, 24), (11, 13, 0), (11, 15, 20)),
        (None, (11, 10), (11, 4, 0), (11, 11, 0)),
    ],
)
def test_dates_are_both_included(
    since: tuple[int, int] | None, until: tuple[int, int] | None, first: tuple[int, ...], end: tuple[int, ...]
) -> None:
    days = [date(2023, *day) if day else None for day in (since, until)]
    period = Period.of_dates(days[0], days[1], NOW)
    assert (period.since, period.until) == (datetime(2023, *first, tzinfo=HERE), datetime(2023, *end, tzinfo=HERE))


@pytest.mark.parametrize("since", [date(2023, 11, 16), date(2023, 11, 11)])
def test_a_period_that_ends_before_it_begins_is_none(since: date) -> None:
    with pytest.raises(ValueError, match=f"it begins on {since}"):
        Period.of_dates(since, date(2023, 11, 10) if since.day < 16 else None, NOW)


@pytest.mark.parametrize(
    ("days", "step", "parts"),
    [(1, Step.HOUR, 20), (2, Step.HOUR, 44), (3, Step.DAY, 3), (62, Step.DAY, 62), (63, Step.WEEK, 9)],
)
def test_the_step_goes_with_the_length(days: int, step: Step, parts: int) -> None:
    period = Period.of_days(days, NOW)
    assert period.step is step and len(list(period.parts())) == parts


def test_a_day_of_25_hours_is_one_day() -> None:
    period = Period.of_dates(date(2023, 10, 28), date(2023, 10, 30), NOW)
    assert [start.hour for start in period.parts()] == [0, 0, 0]
    assert period.seconds[1] - period.seconds[0] == (3 * 24 + 1) * 3600


# --- figures ---------------------------------------------------------------------------------------------------------


def test_decisions_people_and_the_period_before(responder: Responder) -> None:
    week = 7 * 24 * 60
    talk = [
        said(-week, "answer", "israel"),
        said(-week, "fallback", text="x"),
        said(0, "answer", "kpo-definition"),
        said(1, "answer", "kpo-definition", "israel"),
        said(2, "suggest", "israel", text="KPO אגוזים"),
        said(3, "fallback", text="איך מכינים שקשוקה", person="yossi"),
    ]
    found = made(responder, talk)
    assert found.figures == Figures(answered=2, suggested=1, not_understood=1, people=2)
    assert found.before == Figures(answered=1, suggested=0, not_understood=1, people=1)
    assert found.figures.share(found.figures.answered) == 0.5
    assert [(row.topic, row.count) for row in found.asked] == [("kpo-definition", 2), ("israel", 1)]
    assert (found.missed, found.understood, len(found.groups)) == (2, 0, 2)
    parts = {start.day: figures.messages for start, figures in found.parts}
    assert parts == {9: 0, 10: 0, 11: 0, 12: 0, 13: 0, 14: 0, 15: 4}


def test_the_borders_of_a_period(responder: Responder) -> None:
    period = Period.of_dates(date(2023, 11, 14), date(2023, 11, 14), NOW)
    since, until = period.seconds
    at = [since - 0.001, since, until - 0.001, until]
    talk = [Interaction(moment, "c", "p", "answer", ("israel",), 1.0, None) for moment in at]
    votes = [Vote(moment, "c", i, "p", ("israel",), True, None) for i, moment in enumerate(at)]
    found = made(responder, talk, votes, period)
    assert found.figures.answered == 2 and found.before and found.before.answered == 1
    assert [figures.answered for _, figures in found.parts] == [1, *[0] * 22, 1]
    assert found.votes[0].up == 2


def test_small_talk_is_no_topic_and_what_was_never_asked_is_told(responder: Responder) -> None:
    found = made(responder, [said(0, "answer", "chat-thanks"), said(1, "answer", "uncovered-price"), said(2, "answer", "gone")])
    assert found.small_talk == 1
    assert {row.topic: row.title for row in found.asked} == {"uncovered-price": "כמה KPO עולה?", "gone": "gone"}
    never = {row.topic for row in found.never_asked}
    assert (
        "kpo-definition" in never and "uncovered-price" not in never and not any(topic.startswith("chat-") for topic in never)
    )


def test_votes_stand_with_the_worst_first(responder: Responder) -> None:
    votes = [voted(i, up, "israel", person=str(i)) for i, up in enumerate([True] * 30 + [False] * 20)]
    votes += [voted(i, False, "kpo-definition", person=str(i)) for i in range(3)]
    votes += [voted(0, False, "india-share"), voted(0, True, "bpo-definition")]
    rows = [(row.topic, row.up, row.down) for row in made(responder, [], votes).votes]
    assert rows == [("kpo-definition", 0, 3), ("india-share", 0, 1), ("israel", 30, 20), ("bpo-definition", 1, 0)]


def test_what_was_answered_right_before_the_period_still_counts_as_before(responder: Responder) -> None:
    talk = [said(-15, "answer", "kpo-definition"), said(-10, "fallback", text="והאגוזים שלו?")]
    minute = (NOW.replace(hour=0) - timedelta(minutes=0)).timestamp()
    shifted = [
        Interaction(minute + i * 60 - 30, "c", "p", one.decision, one.topics, 1.0, one.text) for i, one in enumerate(talk)
    ]
    found = made(responder, shifted, period=Period.of_days(1, NOW))
    assert [group.before for group in found.groups] == ["kpo-definition"] and found.figures.messages == 1


@pytest.mark.parametrize(("days", "parts"), [(400, [1, 0, 0, 1]), (30, [0] * 8 + [1] + [0] * 20 + [1])])
def test_weeks_begin_with_the_first_message(responder: Responder, days: int, parts: list[int]) -> None:
    talk = [said(-21 * 24 * 60, "answer", "israel"), said(0, "answer", "israel")]
    found = made(responder, talk, period=Period.of_days(days, NOW))
    assert [figures.messages for _, figures in found.parts] == parts


def test_words_that_are_gone_are_counted(responder: Responder) -> None:
    found = made(responder, [said(0, "fallback"), said(1, "suggest", "israel"), said(2, "answer", "israel")])
    assert (found.without_words, found.missed, found.groups) == (2, 0, [])


def test_nothing_at_all(responder: Responder) -> None:
    found = made(responder, [])
    assert found.is_empty and found.before is None and found.figures.share(0) == 0


def test_what_is_near() -> None:
    assert near([("a", 0.3), ("b", 0.2), ("c", 0.15), ("d", 0.14)]) == [("a", 0.3), ("b", 0.2), ("c", 0.15)]
    assert near([("a", 0.15), ("b", 0.03)]) == [("a", 0.15)] and near([("a", 0.05)]) == [] and near([]) == []


# --- in the terminal -------------------------------------------------------------------------------------------------


def test_the_terminal_tells_the_whole(responder: Responder) -> None:
    talk = [
        said(-7 * 24 * 60, "answer", "israel"),
        said(0, "answer", "kpo-definition"),
        said(1, "fallback", text="והאגוזים שלו?"),
        said(2, "fallback", text="איך מכינים שקשוקה", person="yossi"),
        said(3, "fallback", text="\x1b[31mאיך מכינים\u202eשקשוקה", person="yossi"),
        said(4, "suggest", text="מה זה KPO?", person="yossi"),
    ]
    votes = [voted(3, False, "kpo-definition", text="מה זה KPO?")]
    text = "\n".join(lines(made(responder, talk, votes), 10))
    for part in (
        "The database kpo.db, 2023-11-09 to 2023-11-15 (7 days)",
        "5  from 2 people   (the period before: 1 from 1)",
        "20.0%   (the period before: 100.0%)",
        "kpo-definition              מה זה KPO?",
        "Not answered well: 5 messages. Today's knowledge understands 1 of them.",
        "after the answer to kpo-definition",
        "Next: kpo-bot teach",
    ):
        assert part in text
    assert "\x1b" not in text and "\u202e" not in text


def test_the_terminal_shows_what_was_voted_down_though_the_knowledge_says_it_is_right(responder: Responder) -> None:
    texts = [f"מה זה KPO{'?' * number}" for number in range(6)]
    votes = [voted(number, False, "kpo-definition", text=text, person=str(number)) for number, text in enumerate(texts)]
    known = Examples({"kpo-definition": ("מה זה KPO",)}, ())
    text = "\n".join(lines(made(responder, [said(0, "answer", "kpo-definition")], votes, known=known), 10))
    assert "6 messages were voted down, and stand under the topic that was answered" in text
    assert "     מה זה KPO  [kpo-definition]" in text and "     and 1 more" in text and "Nothing is left to teach." in text


def test_the_terminal_shows_as_many_groups_as_asked_for(responder: Responder) -> None:
    talk = [said(i, "fallback", text=text) for i, text in enumerate(["איך מכינים שקשוקה", "מה זה CRM", "כמה עולה דירה"])]
    text = "\n".join(lines(made(responder, talk), 2))
    assert "3 groups; the largest 2:" in text and "  2. " in text and "  3. " not in text


def test_nothing_yet_says_how_to_get_there(responder: Responder) -> None:
    text = "\n".join(lines(made(responder, []), 10))
    assert "No messages yet" in text and "KPO_DATABASE_URL" in text


def test_a_long_text_is_one_short_line() -> None:
    assert len(shown("מילה " * 500, LONGEST_TEXT)) <= 90 and shown("a\n\n\tb\x07", LONGEST_TEXT) == "a b"
