"""Topics that are told in too few ways to be understood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from statistics import median

from bot.editor.advice import Advice
from bot.editor.asking import counted
from bot.editor.reading import Read
from bot.knowledge import OFF_DOMAIN, Entry

# A topic needs so many phrasings, and so large a part of what the topic in the middle has, to hold its own among the others.
LEAST_PHRASINGS = 12
LEAST_PART = 0.25
# The part of a topic's phrasings that say something which no other of them says. Greetings are much alike; who asks, varies.
LEAST_VARIETY = 0.5
# With fewer off-domain messages than one for so many phrasings, what is not ours is answered too readily.
PHRASINGS_FOR_AN_OFF_DOMAIN = 10


def too_few(reads: Iterable[Read], entries: Mapping[str, Entry]) -> list[Advice]:
    """Topics with few phrasings, by themselves or beside the others, or with phrasings that are much alike; and a knowledge
    base that knows little of what is not its own."""
    said: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for read in reads:
        if not read.example.before:
            said[read.example.topic].append(tuple(word.form for word in read.words))
    counts = {topic: len(said[topic]) for topic in entries}
    middle = median(counts.values())
    wanted = max(LEAST_PHRASINGS, ceil(middle * LEAST_PART))
    found: list[Advice] = []
    for topic, entry in entries.items():
        has = f"entry '{topic}' has {counted(counts[topic], 'phrasing')}"
        different = len(set(said[topic]))
        if counts[topic] < wanted:
            beside = (
                f"where half of the topics have {middle:.0f} or more" if counts[topic] < middle else "too few to be understood"
            )
            found.append(Advice(entry.file, f"{has}, {beside}; write at least {wanted}", entry.line))
        elif different < counts[topic] * LEAST_VARIETY:
            text = f"{has} that say only {counted(different, 'different thing')}; add some in other words"
            found.append(Advice(entry.file, text, entry.line))
    phrasings, off_domain = sum(counts.values()), len(said[OFF_DOMAIN])
    wanted = ceil(phrasings / PHRASINGS_FOR_AN_OFF_DOMAIN)
    if off_domain < wanted:
        text = (
            f"there {'is' if off_domain == 1 else 'are'} {counted(off_domain, 'off-domain message')} for {phrasings:,} "
            f"phrasings, so that what is not ours is answered too readily; write at least {wanted:,}"
        )
        found.append(Advice("off-domain.txt", text))
    return found
