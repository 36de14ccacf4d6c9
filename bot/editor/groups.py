"""Which of the messages that got no good answer are still missed, and which of those are one question in many words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import NamedTuple

from bot.conversation import Context, Responder
from bot.editor.likeness import Said, clusters, vectors
from bot.editor.missed import Missed
from bot.editor.parallel import in_parallel
from bot.evaluate import SMALL_TALK
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples
from bot.matcher.acts import Act
from bot.matcher.matcher import Decision, Reason
from bot.matcher.ranker import WHOLE_FROM

MOST_TOPICS = 5
# Likelier than this that a topic is meant: less is noise.
_LIKELY_FROM = 0.01
# Likelier than this that a topic is meant: messages that share it are more alike.
_MEANT_FROM = 0.05
# What leaves nothing unsaid, and comes after so many different answers, leans on none of them.
_SCATTERED_FROM = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that ask for the same thing."""

    texts: tuple[tuple[str, int], ...]
    """Distinct texts as typed, with how often each came, the most frequent first."""
    before: str | None
    """The topic answered before, where the messages lean on that: they name nothing of ours by themselves, so they have to be
    taught as follow-ups."""
    count: int
    people: int
    voted_down: int
    topics: tuple[tuple[str, float], ...]
    """The nearest topics with likelihood 0..1, likeliest first, at most `MOST_TOPICS`; without `OFF_DOMAIN`."""
    voted_against: tuple[str, ...] = ()
    """The topics of the answers that were voted down, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Upheld:
    """A message whose answer was voted down, though the knowledge says that it is the right one."""

    text: str
    """As typed."""
    topics: tuple[str, ...]
    """The answer's."""
    count: int


class Grouped(NamedTuple):
    """Missed messages by what is to be done about them."""

    groups: list[Group]
    """Those that are still missed, the largest group first."""
    understood: int
    """How many messages need no teaching: today's knowledge answers them, or takes them as what they are, such as asking to go
    on. Those whose answer was voted down only if they were taught since: that they get another answer may be chance."""
    off_domain: int
    """How many messages stand in the knowledge as none of ours, and so get no answer on purpose."""
    upheld: tuple[Upheld, ...]
    """Those that were voted down and get the same answer still, as they stand under its topic; the most frequent first."""


@dataclass(slots=True)
class _Item:
    """Messages that say the same, after the same answer where they lean on one."""

    said: Said
    before: str | None
    messages: list[Missed]
    ranking: tuple[tuple[str, float], ...]


def groups(messages: Sequence[Missed], responder: Responder, examples: Examples) -> Grouped:
    """The messages that today's knowledge still misses, those together that ask for the same thing. `examples`: those that the
    responder learned from.

    Pure, and the same whatever the messages' order.
    """
    items, by_state = _items(messages, responder, examples)
    question_words = frozenset((*responder.knowledge.lexicon.asking, *responder.knowledge.lexicon.requesting))
    said = [item.said for item in items]
    found: list[Group] = []
    for members in clusters(said, vectors(said, question_words), [len(item.messages) for item in items]):
        found += [_group(before, some) for before, some in _by_answer_before([items[i] for i in members])]
    ordered = sorted(found, key=lambda group: (-group.count, -group.people, group.texts, group.before or ""))
    upheld = Counter((message.text, message.topics) for message in by_state[_State.UPHELD])
    return Grouped(
        ordered,
        len(by_state[_State.UNDERSTOOD]),
        len(by_state[_State.OFF_DOMAIN]),
        tuple(Upheld(*said, count) for said, count in sorted(upheld.items(), key=lambda item: (-item[1], item[0]))),
    )


def _items(
    messages: Sequence[Missed], responder: Responder, examples: Examples
) -> tuple[list[_Item], dict[_State, list[Missed]]]:
    """What is left to teach, and all messages by how they stand to today's knowledge."""
    alike: dict[tuple[str, str | None], list[Missed]] = defaultdict(list)
    for message in messages:
        alike[normalise(message.text), message.before].append(message)
    ordered = sorted(alike.items(), key=lambda item: _order(item[0]))
    heard = in_parallel(partial(_hear, responder), [(_commonest(some), before) for (_, before), some in ordered])
    taught = _taught(examples)
    items: dict[tuple[Said, str | None], _Item] = {}
    by_state: dict[_State, list[Missed]] = defaultdict(list)
    for ((text, before), some), one in zip(ordered, heard, strict=True):
        stands_under = taught.get((text, before)) or taught.get((text, None), set())
        left: list[Missed] = []
        for message in some:
            state = _state(message, one, stands_under)
            by_state[state].append(message)
            if state is _State.LEFT:
                left.append(message)
        if left:
            leans_on = before if before in responder.knowledge.entries and not one.said.ours else None
            item = items.setdefault((one.said, leans_on), _Item(one.said, leans_on, [], one.likely))
            item.messages += left
    return list(items.values()), by_state


def _taught(examples: Examples) -> dict[tuple[str, str | None], set[str]]:
    """The topics under which each text stands, after the answer beside it; OFF_DOMAIN is one of them."""
    found: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for before, topic, text in examples.rows():
        found[normalise(text), before].add(topic)
    return dict(found)


class _State(Enum):
    """How a missed message stands to today's knowledge."""

    LEFT = auto()
    UNDERSTOOD = auto()
    UPHELD = auto()
    OFF_DOMAIN = auto()


def _state(message: Missed, heard: _Heard, stands_under: Set[str]) -> _State:
    answered = set(heard.answered)
    if heard.is_no_question:
        return _State.UNDERSTOOD
    if message.voted_down and answered and answered == set(message.topics):
        return _State.UPHELD if answered <= stands_under else _State.LEFT
    if message.voted_down and answered & stands_under:
        return _State.UNDERSTOOD
    if message.voted_down and answered & set(message.topics):
        return _State.LEFT
    if OFF_DOMAIN in stands_under:
        return _State.OFF_DOMAIN
    return _State.UNDERSTOOD if answered and not message.voted_down else _State.LEFT


def _order(key: tuple[str, str | None]) -> tuple[str, str]:
    text, before = key
    return text, before or ""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What today's knowledge makes of a message."""

    is_no_question: bool
    """Whether it is understood, and there is no topic to it: it asks to go on, or rejects."""
    answered: tuple[str, ...]
    said: Said
    likely: tuple[tuple[str, float], ...]


def _hear(responder: Responder, texts: Sequence[tuple[str, str | None]]) -> list[_Heard]:
    """What is made of texts, each said after the topic beside it."""
    quick = Responder(responder.knowledge, responder.matcher.for_many(len(texts)))
    found: list[_Heard] = []
    for text, before in texts:
        known = (before,) if before and before in responder.knowledge.entries else ()
        turn = quick.understand(text, Context(topics=known, said=known))
        match = turn.match
        words = tuple(dict.fromkeys(word for reading in match.readings for word in reading.words))
        ranking = match.readings[0].ranking if match.readings else ()
        likely = tuple((topic, p) for topic, p in ranking if p >= _LIKELY_FROM and topic != OFF_DOMAIN)
        # Rounded: what says the same shall count as the same.
        ours = ((topic, round(p, 1)) for topic, p in likely if p >= _MEANT_FROM and not topic.startswith(SMALL_TALK))
        is_no_question = turn.act in (Act.MORE, Act.PUZZLED) or match.reason is Reason.REJECTED
        answered = match.topics if match.decision is Decision.ANSWER else ()
        found.append(_Heard(is_no_question, answered, Said.of(words, responder.knowledge.lexicon, tuple(sorted(ours))), likely))
    return found


def _commonest(messages: Iterable[Missed]) -> str:
    return min(Counter(message.text for message in messages).items(), key=lambda item: (-item[1], item[0]))[0]


def _by_answer_before(items: Sequence[_Item]) -> list[tuple[str | None, list[_Item]]]:
    """Items parted by the answer that they lean on; all of them together where they seem to lean on none."""
    by_answer: dict[str | None, list[_Item]] = defaultdict(list)
    for item in items:
        by_answer[item.before].append(item)
    counts = {before: _count(some) for before, some in by_answer.items()}
    half = sum(counts.values()) / 2
    is_scattered = len(counts) >= _SCATTERED_FROM and max(counts.values()) <= half
    is_whole = _count(item for item in items if len(item.said.parts) >= WHOLE_FROM) >= half
    if counts.get(None, 0) >= half or (is_scattered and is_whole):
        return [(None, list(items))]
    return list(by_answer.items())


def _count(items: Iterable[_Item]) -> int:
    return sum(len(item.messages) for item in items)


def _group(before: str | None, items: Sequence[_Item]) -> Group:
    messages = [message for item in items for message in item.messages]
    texts = Counter(message.text for message in messages)
    against = Counter(topic for message in messages if message.voted_down for topic in message.topics)
    likelihood: dict[str, float] = defaultdict(float)
    for item in items:
        for topic, p in item.ranking:
            likelihood[topic] += p * len(item.messages) / len(messages)
    topics = sorted(likelihood.items(), key=lambda item: (-item[1], item[0]))[:MOST_TOPICS]
    return Group(
        texts=tuple(sorted(texts.items(), key=lambda item: (-item[1], item[0]))),
        before=before,
        count=len(messages),
        people=len({message.person for message in messages}),
        voted_down=sum(message.voted_down for message in messages),
        topics=tuple(topics),
        voted_against=tuple(sorted(against, key=lambda topic: (-against[topic], topic))),
    )
