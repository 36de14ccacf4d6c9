"""Topics that are told in too few ways to be understood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median

from bot.editor.advice import Advice
from bot.editor.reading import Read
from bot.knowledge import OFF_DOMAIN, Entry

# A topic needs so many phrasings, and so large a part of what the topic in the middle has, to hold its own among the others.
LEAST_PHRASINGS = 12
LEAST_PART = 0.25
# The part of a topic's phrasings that say something which no other of them says. Greetings are much alike; who asks, varies.
LEAST_VARIETY = 0.5
# With fewer off-domain messages than this for each phrasing, what is not ours is answered too readily.
LEAST_OFF_DOMAIN = 0.1


def too_few(reads: Iterable[Read], entries: Mapping[str, Entry]) -> list[Advice]:
    """Topics with few phrasings, by themselves or beside the others, or with phrasings that are much alike; and a knowledge
    base that knows little of what is not its own."""
    said: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for read in reads:
        if not read.example.before:
            said[read.example.topic].append(tuple(word.form for word in read.words))
    counts = {topic: len(said[topic]) for topic in entries}
    middle = median(counts.values())
    found: list[Advice] = []
    for topic, entry in entries.items():
        where = f"entry '{topic}'"
        variety = len(set(said[topic])) / max(1, counts[topic])
        if counts[topic] < max(LEAST_PHRASINGS, middle * LEAST_PART):
            wanted = max(LEAST_PHRASINGS, round(middle * LEAST_PART))
            text = f"{where} has {counts[topic]} phrasings, where half of the topics have {middle:.0f} or more; "
            found.append(Advice(entry.file, f"{text}write at least {wanted}", entry.line))
        elif variety < LEAST_VARIETY:
            text = f"{where} has {counts[topic]} phrasings that say only {len(set(said[topic]))} different things; "
            found.append(Advice(entry.file, f"{text}add some in other words", entry.line))
    phrasings, off_domain = sum(counts.values()), len(said[OFF_DOMAIN])
    if off_domain < phrasings * LEAST_OFF_DOMAIN:
        text = (
            f"there are {off_domain} off-domain messages for {phrasings} phrasings, so that what is not ours is answered too "
            f"readily; write at least {round(phrasings * LEAST_OFF_DOMAIN)}"
        )
        found.append(Advice("off-domain.txt", text))
    return found
