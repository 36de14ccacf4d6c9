"""The lessons of `kpo-bot teach`: from its options, or from the dialogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from bot.conversation import Responder
from bot.editor.asking import confirm, counted, is_typed
from bot.editor.dialogue import Dialogue
from bot.editor.groups import Group, groups
from bot.editor.lessons import Lesson, plain, unfit
from bot.editor.missed import missed_in
from bot.editor.period import Period
from bot.editor.teach import TeachError, again
from bot.editor.unwritten import Unwritten
from bot.editor.writing import why_not
from bot.knowledge import OFF_DOMAIN, Examples, Knowledge
from bot.nearest import nearest
from bot.store.reading import Kept

FILE = re.compile(r"(phrasings|follow-ups)/[^/.][^/]*\.yaml")
"""What --file may name."""


def require_writable(folder: Path) -> None:
    """Raises TeachError where the knowledge in a folder cannot be edited."""
    if reason := why_not(folder):
        raise TeachError(reason)


def lessons_of(
    added: Sequence[tuple[str, str]], off_domain: Sequence[str], before: str | None, knowledge: Knowledge
) -> list[Lesson]:
    """The lessons that options give. Raises TeachError for a topic that there is not."""
    pairs = [*added, *((OFF_DOMAIN, text) for text in off_domain)]
    for topic in filter(None, [before, *(topic for topic, _ in pairs)]):
        if topic not in knowledge.entries and (topic != OFF_DOMAIN or topic == before):
            near = nearest(topic, knowledge.entries)
            advice = f"is '{near}' meant?" if near else "kpo-bot teach, without --add, finds topics by their words"
            raise TeachError(f"there is no topic '{topic}'; {advice}")
    return [Lesson(topic, plain(text), before) for topic, text in pairs]


def teachable(groups: Sequence[Group]) -> list[Group]:
    """The groups of which any message can be taught."""
    return [group for group in groups if any(not unfit(plain(text)) for text, _ in group.texts)]


def choose(responder: Responder, examples: Examples, kept: Kept, period: Period, unwritten: Unwritten) -> list[Lesson]:
    """The lessons that an editor picks in the dialogue, from what was kept of a period and right before it. `examples`: those
    that the responder learned from. What is chosen is kept in `unwritten`."""
    messages = missed_in(period, kept)
    if not messages and not any(one.at >= period.seconds[0] for one in kept.interactions):
        click.echo(
            f"There is nothing to teach: {kept.where} has no messages of this period. "
            "KPO_DATABASE_URL reads another database, and --days 30 looks further back."
        )
        return []
    found = groups(messages, responder, examples)
    if found.understood:
        click.echo(f"{counted(found.understood, 'message')} of the period would be understood by today's knowledge.")
    if found.off_domain:
        click.echo(f"{counted(found.off_domain, 'message is', 'messages are')} known as off-domain.")
    if upheld := sum(one.count for one in found.upheld):
        told = counted(upheld, "message was", "messages were")
        click.echo(f"{told} voted down, and known to be answered as they should; kpo-bot report shows them.")
    walked = teachable(found.groups)
    if unfitting := sum(group.count for group in found.groups) - sum(group.count for group in walked):
        click.echo(f"{counted(unfitting, 'message')} without words, or too long to be taught, left out.")
    if not walked:
        click.echo("There is nothing to teach: nothing else was misunderstood or voted down in this period.")
        return []
    total = counted(sum(group.count for group in walked), "message")
    click.echo(f"{total} in {counted(len(walked), 'group')}, the largest first.")
    dialogue = _dialogue(walked, responder, unwritten)
    lessons: list[Lesson] = []
    try:
        lessons = dialogue.lessons()
    finally:
        if not lessons and (chosen := dialogue.chosen()):
            tell_how_to_go_on(chosen, unwritten)
    if not lessons:
        click.echo("Nothing was written." if dialogue.chosen() else "Nothing was chosen, so nothing is written.")
    return lessons


def tell_how_to_go_on(chosen: Sequence[Lesson], unwritten: Unwritten) -> None:
    """Say how what was chosen, and not written, is taught some other time."""
    if is_typed() and set(chosen) <= set(unwritten.read()):
        click.echo("\nWhat was chosen is kept for the next kpo-bot teach.")
    else:
        click.echo(f"\nWhat was chosen can be taught with:\n{again(chosen)}")


def _dialogue(walked: Sequence[Group], responder: Responder, unwritten: Unwritten) -> Dialogue:
    """The dialogue, which goes on where it was left the last time, if that is wanted."""
    if not is_typed():
        # What is piped in was written for all groups, and knows nothing of what was chosen before.
        return Dialogue(walked, responder)
    dialogue = Dialogue(walked, responder, unwritten.read(), unwritten.keep)
    told = counted(len(dialogue.chosen()), "message was", "messages were")
    if dialogue.chosen() and not confirm(f"{told} chosen the last time, and not written. Go on with that?", default=True):
        unwritten.keep([])
        return Dialogue(walked, responder, keep=unwritten.keep)
    return dialogue
