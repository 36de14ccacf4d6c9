"""The dialogue of `kpo-bot teach`: an editor picks a topic for each group of messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import click

from bot.conversation import Responder
from bot.editor.asking import confirm, counted, prompt, shown
from bot.editor.groups import Group
from bot.editor.lessons import Lesson, plain, unfit
from bot.hebrew.keyboard import in_latin_layout
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN
from bot.matcher.search import search

MOST_SHOWN = 8
MOST_FOUND = 9
# A share that is not rounded to nothing.
_SHOWN_FROM = 0.005
KEYS = "a number, t search, n not covered, o off-domain, e which messages, s skip, b back, q quit"

_NONE_NEAR = "No topic is near."
_NONE_LEFT = "None of its messages would be taught: e to choose again, s to skip it."


@dataclass
class _Choice:
    """What is on the screen for a group, and what was chosen."""

    topics: list[str] = field(default_factory=list)
    """Those with a number now."""
    left_out: set[int] = field(default_factory=set)
    """Numbers of messages, counted from 0, that are not to be taught."""
    topic: str | None = None
    """What was picked; None: skipped, or not yet."""
    is_kept: bool = False
    """Whether it was picked the last time, so that the walk passes it over."""


class Dialogue:
    """Walks through the groups, and gives the lessons that were chosen.

    `kept`: what was chosen the last time, and not written. `keep` is told all that is chosen, after each group.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        responder: Responder,
        kept: Sequence[Lesson] = (),
        keep: Callable[[list[Lesson]], None] = lambda _: None,
    ) -> None:
        self.groups = groups
        self.responder = responder
        self.entries = responder.knowledge.entries
        self._choices = [self._kept(group, kept) for group in groups]
        self._keep = keep
        chosen = set(self.chosen())
        # Such as of another period.
        self._others = [lesson for lesson in kept if lesson not in chosen]

    def lessons(self) -> list[Lesson]:
        """Ask about each group. Empty where nothing was chosen, or it is to wait. Raises click.Abort at the end of the
        input."""
        number = self._not_passed(0)
        while number < len(self.groups):
            self._show(number)
            step = self._ask(number)
            self._keep([*self.chosen(), *self._others])
            if step is None:
                chosen = self.chosen()
                if not chosen or confirm(f"Go on with the {counted(len(chosen), 'message')} chosen so far?", default=True):
                    return chosen
                return []
            number = self._not_passed(number + 1) if step > 0 else number + step
        return self.chosen()

    def _kept(self, group: Group, kept: Sequence[Lesson]) -> _Choice:
        texts = [plain(text) for text, _ in group.texts]
        some = [lesson for lesson in kept if lesson.before == group.before and lesson.text in texts]
        topics = {lesson.topic for lesson in some}
        if len(topics) != 1 or not topics <= {*self.entries, OFF_DOMAIN}:
            return _Choice()
        said = {lesson.text for lesson in some}
        return _Choice(left_out={i for i, text in enumerate(texts) if text not in said}, topic=topics.pop(), is_kept=True)

    def _not_passed(self, number: int) -> int:
        """The first group from this one on that is not passed over; where all would be, none is."""
        if all(choice.is_kept for choice in self._choices):
            return number
        return next((i for i in range(number, len(self.groups)) if not self._choices[i].is_kept), len(self.groups))

    def chosen(self) -> list[Lesson]:
        """The lessons chosen so far."""
        found: dict[Lesson, None] = {}
        for group, choice in zip(self.groups, self._choices, strict=True):
            if choice.topic:
                found |= {Lesson(choice.topic, text, group.before): None for text in _taught(group, choice)}
        return list(found)

    # --- one group -----------------------------------------------------------------------------------------------

    def _show(self, number: int) -> None:
        group, choice = self.groups[number], self._choices[number]
        choice.topics = self._nearest(number)
        facts = [counted(group.count, "message"), counted(group.people, "person", "people")]
        if group.voted_down:
            facts.append(f"{group.voted_down} voted down")
        click.echo(f"\n{click.style(f'Group {number + 1} of {len(self.groups)}', bold=True)}: {', '.join(facts)}")
        if group.voted_against:
            click.echo(f"The answer voted down: {' + '.join(map(self._title, group.voted_against))} (r if it is right)")
        if group.before:
            click.echo(f"After the answer to: {self._title(group.before)}")
        click.echo()
        self._show_texts(number, MOST_SHOWN)
        click.echo()
        self._show_topics(number)
        if choice.topic:
            click.echo(f"  Chosen: {self._title(choice.topic)} (Enter keeps it)")

    def _show_texts(self, number: int, most: int, numbered: bool = False) -> None:
        group, choice = self.groups[number], self._choices[number]
        for i, (text, count) in enumerate(group.texts[:most]):
            times = f"{count} × " if count > 1 else ""
            notes = ["left out"] if i in choice.left_out else []
            if reason := unfit(plain(text)):
                notes.append(f"not taught: {reason}")
            note = f"   ({'; '.join(notes)})" if notes else ""
            mark = f"{i + 1:>3}." if numbered else "  •"
            click.echo(f"{mark} {times}{shown(text)}{note}")
        if len(group.texts) > most:
            click.echo(f"  … and {len(group.texts) - most} more; e shows them all")

    def _show_topics(self, number: int, none: str = _NONE_NEAR) -> None:
        if not self._choices[number].topics:
            click.echo(f"  {none}")
        likely = dict(self.groups[number].topics)
        for i, topic in enumerate(self._choices[number].topics, 1):
            share = f"  {likely[topic]:.0%}" if likely.get(topic, 0) >= _SHOWN_FROM else ""
            click.echo(f"{i:>3}. {self._title(topic)}{share}")

    def _title(self, topic: str) -> str:
        entry = self.entries.get(topic)
        return f"{entry.title}  [{topic}]" if entry else {OFF_DOMAIN: "off-domain: not ours to answer"}.get(topic, topic)

    def _ask(self, number: int) -> int | None:
        """How many groups to go on; None to quit."""
        choice = self._choices[number]
        while True:
            answer = prompt(KEYS, " > ")
            # Who has just typed Hebrew may still be in its layout.
            match in_latin_layout(answer.lower()):
                case "s":
                    choice.topic = None
                    return 1
                case "" if choice.topic:
                    if self._pick(number, choice.topic):
                        return 1
                case "b":
                    if number:
                        return -1
                    click.echo("This is the first group.")
                case "q":
                    return None
                case "o":
                    if self._pick(number, OFF_DOMAIN):
                        return 1
                case "t":
                    words = prompt("Words of a topic, or its id (Enter: the nearest)")
                    found = self._found(words) if words else self._nearest(number)
                    self._offer(number, found, none="No topic is found for that." if words else _NONE_NEAR)
                case "n":
                    self._offer(number, self._uncovered(number))
                case "r" if right := self._voted_against(number):
                    if len(right) > 1:
                        self._offer(number, right)
                    elif self._pick(number, right[0]):
                        return 1
                case "e":
                    self._leave_out(number)
                case _ if answer.isdecimal() and 1 <= int(answer) <= len(choice.topics):
                    if self._pick(number, choice.topics[int(answer) - 1]):
                        return 1
                case _:
                    click.echo(f"'{answer}' is none of these." if answer else "Please choose one of these.")

    def _pick(self, number: int, topic: str) -> bool:
        if not _taught(self.groups[number], self._choices[number]):
            click.echo(_NONE_LEFT)
            return False
        self._choices[number].topic = topic
        return True

    def _offer(self, number: int, topics: list[str], none: str = _NONE_NEAR) -> None:
        self._choices[number].topics = topics
        self._show_topics(number, none)

    def _nearest(self, number: int) -> list[str]:
        return [topic for topic, _ in self.groups[number].topics if topic in self.entries]

    def _voted_against(self, number: int) -> list[str]:
        return [topic for topic in self.groups[number].voted_against if topic in self.entries]

    def _found(self, words: str) -> list[str]:
        typed = normalise(words).split()
        by_id = [topic for topic in self.entries if words.lower() in topic]
        by_title = [entry.id for entry in self.entries.values() if all(word in normalise(entry.title) for word in typed)]
        found = search(words, self.responder.knowledge, self.responder.matcher, MOST_FOUND)
        return list(dict.fromkeys([*by_id, *(by_title if typed else ()), *found]))[:MOST_FOUND]

    def _uncovered(self, number: int) -> list[str]:
        likely = dict(self.groups[number].topics)
        topics = [entry.id for entry in self.entries.values() if entry.kind == "uncovered"]
        return sorted(topics, key=lambda topic: -likely.get(topic, 0.0))

    def _leave_out(self, number: int) -> None:
        choice, texts = self._choices[number], self.groups[number].texts
        choice.left_out = set()
        self._show_texts(number, len(texts), numbered=True)
        answer = prompt("Leave out which numbers (Enter: none)")
        words = answer.replace(",", " ").split()
        wrong = [word for word in words if not (word.isdecimal() and 1 <= int(word) <= len(texts))]
        if wrong:
            click.echo(f"There is no message {', '.join(wrong)}; nothing is left out.")
            return
        choice.left_out = {int(word) - 1 for word in words}
        left = len(_taught(self.groups[number], choice))
        click.echo(f"{counted(left, 'message')} to teach. Now the topic:" if left else _NONE_LEFT)
        self._show_topics(number)


def _taught(group: Group, choice: _Choice) -> list[str]:
    """The messages of a group that a topic is picked for."""
    texts = (plain(text) for i, (text, _) in enumerate(group.texts) if i not in choice.left_out)
    return [text for text in texts if not unfit(text)]
