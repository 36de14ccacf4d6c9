"""The knowledge folder, read and judged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.knowledge.files import KnowledgeError
from bot.knowledge.judge import Judge
from bot.knowledge.records import OFF_DOMAIN, Example, Examples, Knowledge
from bot.questions import FOLDER as QUESTIONS
from bot.yamlfile import MOST_BYTES


def find_knowledge(override: Path | None = None) -> Path:
    """The folder to load: the one asked for, else the one shipped inside the package, else that of the checkout."""
    package = Path(__file__).parent.parent
    shipped = package / "_knowledge"
    return override or (shipped if shipped.is_dir() else package.parent / "knowledge")


def load(folder: Path) -> Knowledge:
    """Everything but the phrasings, which only learning needs. Raises KnowledgeError."""
    judge = Judge(read_folder(folder))
    knowledge = judge.knowledge(folder)
    if judge.problems or knowledge is None:
        raise KnowledgeError(judge.problems)
    return knowledge


def load_examples(knowledge: Knowledge) -> Examples:
    """The phrasings and the off-domain messages. Raises KnowledgeError."""
    judge = Judge(read_folder(knowledge.folder))
    examples = Examples.of(judge.examples(knowledge.entries))
    if judge.problems:
        raise KnowledgeError(judge.problems)
    return examples


def load_all(folder: Path) -> tuple[Knowledge, tuple[Example, ...]]:
    """The knowledge, and what the matcher learns from with its places. Raises KnowledgeError with all the problems of all the
    files, the labelled questions among them, which do not concern a running bot."""
    judge = Judge({**read_folder(folder), **_read_all(folder, f"{QUESTIONS}/*.jsonl")})
    knowledge = judge.knowledge(folder)
    examples = tuple(judge.examples(judge.entries))
    judge.questions()
    if judge.problems or knowledge is None:
        raise KnowledgeError(judge.problems)
    return knowledge, examples


def check(folder: Path) -> str:
    """A summary of the folder's content. Raises KnowledgeError as `load_all` does."""
    return summary(*load_all(folder))


def summary(knowledge: Knowledge, examples: Iterable[Example]) -> str:
    """How much there is of everything, in a sentence."""
    follow_ups, off_domain, phrasings = 0, 0, 0
    for example in examples:
        follow_ups += bool(example.before)
        off_domain += not example.before and example.topic == OFF_DOMAIN
        phrasings += not example.before and example.topic != OFF_DOMAIN
    kinds = [entry.kind for entry in knowledge.entries.values()]
    return (
        f"{len(kinds)} topics ({kinds.count('answer')} answered, {kinds.count('uncovered')} not covered, "
        f"{kinds.count('chat')} small talk) in {len(knowledge.themes)} themes, "
        f"{phrasings} phrasings, {off_domain} off-domain messages, {follow_ups} follow-ups, "
        f"{len(knowledge.lexicon.concepts)} concepts with {sum(map(len, knowledge.lexicon.concepts.values()))} forms."
    )


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files that matter to a running bot, by their path in the folder."""
    if not folder.is_dir():
        raise KnowledgeError([f"{folder}: there is no such folder; KPO_KNOWLEDGE must name a folder with the knowledge"])
    folders = ("phrasings", "follow-ups", "bot")
    return _read_all(folder, "*.yaml", *(f"{name}/*.yaml" for name in folders), "lexicon/*", "off-domain.txt")


def _read_all(folder: Path, *patterns: str) -> dict[str, bytes]:
    try:
        paths = sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())
        # Hidden files are those that text editors and file managers leave behind.
        named = {path.relative_to(folder).as_posix(): path for path in paths if not path.name.startswith(".")}
        return {name: _read_some(path) for name, path in named.items()}
    except OSError as error:
        raise KnowledgeError([f"{folder}: cannot be read: {error}"]) from error


def _read_some(path: Path) -> bytes:
    """A file's content, cut just beyond the limit: enough to tell that it is too large."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
