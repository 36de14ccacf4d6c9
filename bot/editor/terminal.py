"""A report for the terminal. What people wrote is untrusted: nothing in it may steer the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.editor.asking import counted, shown
from bot.editor.groups import Group
from bot.editor.period import Period, Step
from bot.editor.report import Figures, Report, near

LONGEST_TEXT = 90
_TEXTS = 3
_TOPICS = 10
_UPHELD = 5
_FORMATS = {Step.HOUR: "%Y-%m-%d %H:%M", Step.DAY: "%Y-%m-%d", Step.WEEK: "week of %Y-%m-%d"}


def lines(report: Report, most_groups: int) -> Iterator[str]:
    """The lines of a report."""
    yield f"The database {report.where}, {_stretch(report.period)}"
    yield ""
    if report.is_empty:
        yield from _nothing(report)
        return
    yield from _whole(report.figures, report.before)
    yield ""
    yield from _over_time(report)
    yield from _topics(report)
    yield from _votes(report)
    yield from _missed(report, most_groups)


def _stretch(period: Period) -> str:
    first, last = period.since.date(), period.last
    days = f"{period.days} days" if period.days > 1 else "1 day"
    return f"{first} to {last} ({days})" if first != last else f"{first}"


def _nothing(report: Report) -> Iterator[str]:
    yield "No messages yet in this period."
    if report.before:
        yield f"In the period before there were {report.before.messages:,}."
    yield "Here will stand what people asked, what was answered, and what the bot did not understand."
    yield "  kpo-bot                     runs the bot; with TELEGRAM_TOKEN set, what is asked is kept"
    yield "  KPO_DATABASE_URL=...        reads another database, such as the one on your server"
    yield "  kpo-bot report --days 90    looks further back"


def _whole(now: Figures, before: Figures | None) -> Iterator[str]:
    earlier = f"   (the period before: {before.messages:,} from {before.people:,})" if before else ""
    yield f"{'Messages':16}{now.messages:>8,}  from {counted(now.people, 'person', 'people')}{earlier}"
    for name, count, then in (
        ("Answered", now.answered, before and before.share(before.answered)),
        ("Suggested", now.suggested, before and before.share(before.suggested)),
        ("Not understood", now.not_understood, before and before.share(before.not_understood)),
    ):
        earlier = "" if then is None else f"   (the period before: {then:.1%})"
        yield f"{name:16}{count:>8,}  {now.share(count):6.1%}{earlier}"


def _over_time(report: Report) -> Iterator[str]:
    step = report.period.step
    yield f"{f'By {step}':20}{'messages':>10}{'answered':>11}{'suggested':>11}{'not understood':>16}"
    for start, one in report.parts:
        if one.messages or step is not Step.HOUR:
            shares = (f"{one.share(n):.1%}" if one.messages else "." for n in (one.answered, one.suggested, one.not_understood))
            answered, suggested, other = shares
            yield f"{start:{_FORMATS[step]}}".ljust(20) + f"{one.messages:>10,}{answered:>11}{suggested:>11}{other:>16}"
    yield ""


def _topics(report: Report) -> Iterator[str]:
    if report.asked:
        yield "Most asked"
        yield from (f"{row.count:>8,}  {row.topic:28}{row.title}" for row in report.asked[:_TOPICS])
    if report.small_talk:
        yield f"{report.small_talk:>8,}  small talk"
    if report.never_asked:
        yield f"Never asked: {', '.join(row.topic for row in report.never_asked)}"
    yield ""


def _votes(report: Report) -> Iterator[str]:
    if report.votes:
        yield f"{'Votes, worst first':20}{'helped':>8}{'did not':>10}"
        yield from (f"{'':20}{row.up:>8,}{row.down:>10,}  {row.topic}" for row in report.votes[:_TOPICS])
        yield ""


def _missed(report: Report, most: int) -> Iterator[str]:
    if report.without_words:
        yield f"{counted(report.without_words, 'message')} not answered, and the words not kept any more."
    if not report.missed:
        yield "Nothing else was missed: no message with its words kept went without a good answer."
        return
    of = counted(report.missed, "message")
    known = f", and knows {report.off_domain:,} as off-domain" if report.off_domain else ""
    yield f"Not answered well: {of}. Today's knowledge understands {report.understood:,} of them{known}."
    yield from _upheld(report)
    left = len(report.groups)
    if not left:
        yield "Nothing is left to teach."
        return
    shown = report.groups[:most]
    yield f"The others are {counted(left, 'group')}" + (f"; the largest {len(shown)}:" if left > len(shown) else ":")
    for number, group in enumerate(shown, 1):
        yield ""
        yield from _group(number, group)
    yield ""
    yield "Next: kpo-bot teach walks through these groups; kpo-bot report --html FILE writes them, with charts, as a page."


def _upheld(report: Report) -> Iterator[str]:
    if not report.upheld:
        return
    of = counted(sum(one.count for one in report.upheld), "message was", "messages were")
    yield f"{of} voted down, and stand under the topic that was answered; either it is the wrong one, or it needs better words:"
    for one in report.upheld[:_UPHELD]:
        times = f"{one.count}x " if one.count > 1 else ""
        yield f"     {times}{shown(one.text, LONGEST_TEXT)}  [{', '.join(one.topics)}]"
    if (more := len(report.upheld) - _UPHELD) > 0:
        yield f"     and {more:,} more"
    yield ""


def _group(number: int, group: Group) -> Iterator[str]:
    against = f", {group.voted_down} voted down ({', '.join(group.voted_against)})" if group.voted_down else ""
    after = f", after the answer to {group.before}" if group.before else ""
    topics = ", ".join(f"{topic} {likelihood:.0%}" for topic, likelihood in near(group.topics))
    of = f"{counted(group.count, 'message')} from {counted(group.people, 'person', 'people')}"
    yield f"{number:>3}. {of}{against}{after}; {f'near {topics}' if topics else 'no topic is near'}"
    for text, count in group.texts[:_TEXTS]:
        yield f"     {f'{count}x ' if count > 1 else ''}{shown(text, LONGEST_TEXT)}"
    if len(group.texts) > _TEXTS:
        yield f"     and {len(group.texts) - _TEXTS} more ways to say it"
