"""Why a message got its answer, as the preview page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.knowledge import Knowledge
from bot.matcher.acts import Act
from bot.matcher.explain import MOST_TOPICS, NOT_OURS, Explanation
from bot.matcher.matcher import Reason
from bot.matcher.ranker import Reading
from bot.matcher.reader import How, Word

Record = dict[str, Any]


def as_record(explanation: Explanation, text: str, before: Sequence[str], knowledge: Knowledge, *, draft: bool) -> Record:
    """The explanation of a text, with titles and places in the files. `before`: the topics that it could lean on; they are told
    where it does."""
    leans = explanation.match.reason is Reason.LEANED or explanation.turn.act in (Act.MORE, Act.PUZZLED)
    return {
        "draft": draft,
        "text": text,
        "normalised": explanation.normalised,
        "decision": str(explanation.match.decision),
        "decision_text": explanation.decision,
        "reason_text": explanation.reason,
        "act_text": explanation.act,
        "before": [knowledge.entries[topic].title for topic in before if leans and topic in knowledge.entries],
        "readings": [_reading(reading, knowledge) for reading in explanation.match.readings],
        "evidence": [{"word": evidence.word.text, "weight": evidence.weight} for evidence in explanation.evidence],
        "phrasing": explanation.phrasing,
        "likeness": explanation.likeness,
    }


def _reading(reading: Reading, knowledge: Knowledge) -> Record:
    topics = [_topic(topic, likelihood, knowledge) for topic, likelihood in reading.ranking[:MOST_TOPICS]]
    return {"words": [_word(word) for word in reading.words], "topics": topics}


def _topic(topic: str, likelihood: float, knowledge: Knowledge) -> Record:
    entry = knowledge.entries.get(topic)
    return {
        "topic": topic,
        "title": entry.title if entry else NOT_OURS,
        "probability": likelihood,
        "file": entry.file if entry else "",
        "line": entry.line if entry else 0,
    }


def _word(word: Word) -> Record:
    return {"text": word.text, "form": word.form, "kind": str(word.kind), "misspelt": word.how is How.MISSPELT}
