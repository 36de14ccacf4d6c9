"""What makes matching worse, though it is no mistake: advice to an editor, since wording may well be meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import Responder
from bot.editor.advice import Kind
from bot.editor.alike import same
from bot.editor.answered import advice, otherwise
from bot.editor.appearance import left_to_right, titles
from bot.editor.misplaced import misplaced
from bot.editor.reading import read
from bot.editor.typos import typos
from bot.editor.variety import too_few
from bot.knowledge import Example


def lint(responder: Responder, examples: Sequence[Example]) -> list[Kind]:
    """The advice on a knowledge base, by kind, the most telling kind first. `examples` are those that the responder's matcher
    learned from."""
    knowledge, matcher = responder.knowledge, responder.matcher
    reads = list(read(examples, matcher, knowledge.lexicon.courtesies))
    lost = list(otherwise(reads, responder))
    alike, explained = same(reads, lost, matcher)
    sorts = advice((one for one in lost if one.read.example not in explained), matcher)
    found = [
        ("Lines that read left-to-right", left_to_right(knowledge)),
        ("Titles that do not stand alone", titles(knowledge, matcher)),
        ("Too little to learn from", too_few(reads, knowledge.entries)),
        ("Examples of different topics that say the same", alike),
        ("Phrasings that look out of place", misplaced(reads, matcher, knowledge.lexicon.broader)),
        *((str(sort), some) for sort, some in sorts.items()),
        ("Words that look mistyped", typos(reads, matcher.reader)),
    ]
    return [Kind(heading, tuple(some)) for heading, some in found if some]
