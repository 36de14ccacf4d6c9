"""The knowledge base: YAML text to frozen records, strictly.

Bad content stops the start. Every problem is one line that an editor understands: file, entry, line, what is wrong and
the way out; all problems come at once. Reading files is apart from judging them: `Judge` sees texts only.
"""

from bot.knowledge.entries import LONGEST_ANSWER
from bot.knowledge.fields import LONGEST_TITLE, ActWords, Source
from bot.knowledge.files import KnowledgeError
from bot.knowledge.folder import check, find_knowledge, load, load_all, load_examples, read_folder, summary
from bot.knowledge.records import OFF_DOMAIN, Entry, Example, Examples, FollowUp, Knowledge, Theme, Words

__all__ = [
    "LONGEST_ANSWER",
    "LONGEST_TITLE",
    "OFF_DOMAIN",
    "ActWords",
    "Entry",
    "Example",
    "Examples",
    "FollowUp",
    "Knowledge",
    "KnowledgeError",
    "Source",
    "Theme",
    "Words",
    "check",
    "find_knowledge",
    "load",
    "load_all",
    "load_examples",
    "read_folder",
    "summary",
]
