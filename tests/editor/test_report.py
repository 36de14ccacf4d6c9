"""What the editor is shown of what people asked."""

import random
import re
import time
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.conversation import Responder
from bot.editor.groups import Missed, groups, missed
from bot.store import Store
from bot.store.records import Interaction, Vote, Who
from tests.editor.making import NO_EXAMPLES
from tests.test_cli import kpo_bot

NONSENSE = "בלורגית קמפוטרה שניצפון"
"""Words that nobody knows."""


def lost(text: str, number: int = 0, before: str | None = None) -> Missed:
    return Missed(float(number), f"person {number}", text, "fallback", (), before, False)


@pytest.mark.parametrize(
    ("one", "other", "are_together"),
    [
        ("קפוצון של בלורגית", "היי מה זה קפוצון של בלורגית תודה", True),
        ("קפוצון של בלורגית", "קפוצון בלורגית!!", True),
        ("קפוצון של בלורגית", "שניצפון עם קמפוטרה", False),
        ("בלורגית של KPO", "בלורגית של BPO", False),
    ],
)
def test_what_belongs_together(responder: Responder, one: str, other: str, are_together: bool) -> None:
    found, understood, _ = groups([lost(one, 1), lost(other, 2)], responder, NO_EXAMPLES)
    assert understood == 0
    assert (len(found) == 1) is are_together, [group.texts for group in found]
    assert sum(group.count for group in found) == 2


def test_groups_do_not_hang_on_the_order_of_messages(responder: Responder) -> None:
    texts = ["קפוצון", "קפוצון בלורגית", "בלורגית", "הקפוצון", "שניצפון?", "שניצפון", "קמפוטרה של קפוצון"]
    messages = [lost(text, number) for number, text in enumerate(texts)]
    expected = groups(messages, responder, NO_EXAMPLES)
    for seed in range(5):
        random.Random(seed).shuffle(messages)
        assert groups(messages, responder, NO_EXAMPLES) == expected


def test_what_is_understood_by_now_is_left_out(responder: Responder) -> None:
    found, understood, _ = groups([lost("מה זה KPO?", 1), lost(NONSENSE, 2)], responder, NO_EXAMPLES)
    assert understood == 1
    assert [group.texts for group in found] == [((NONSENSE, 1),)]


def said(at: float, decision: str, topics: Sequence[str] = (), text: str | None = None) -> Interaction:
    return Interaction(at, "chat", "person", decision, tuple(topics), 0.5, text)


def test_what_was_answered_before_is_known_for_half_an_hour() -> None:
    asked = [
        said(0, "answer", ["kpo-definition"]),
        said(60, "fallback", text="ומה איתו"),
        said(7200, "fallback", text="ומה איתה"),
    ]
    assert [(message.text, message.before) for message in missed(asked, [])] == [
        ("ומה איתו", "kpo-definition"),
        ("ומה איתה", None),
    ]


def test_a_vote_against_an_answer_counts_as_missed() -> None:
    votes = [Vote(5, "chat", 1, "person", ("kpo-tasks",), up, text) for up, text in ((True, None), (False, "מה הסיכון"))]
    found = missed([said(1, "answer", ["kpo-tasks"])], votes)
    assert [(message.text, message.topics, message.voted_down) for message in found] == [("מה הסיכון", ("kpo-tasks",), True)]


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def database(tmp_path: Path) -> str:
    """One in which somebody asked, now."""
    url = f"sqlite:///{tmp_path / 'kpo.sqlite3'}"
    store = await Store.open(url, b"secret")
    now = time.time()
    for number in range(3):
        store.add_interaction(Who(number + 1, 0), now - 5, "fallback", [], 0.1, f"{NONSENSE} <script>alert(1)</script>")
    store.add_interaction(Who(9, 0), now - 4, "answer", ["kpo-definition"], 0.9, None)
    store.set_vote(Who(9, 0), 1, ["kpo-definition"], False, now - 3, "לא על זה שאלתי")
    assert await store.flush()
    await store.close()
    return url


def test_the_terminal_shows_the_figures_and_the_groups(environment: dict[str, str], database: str) -> None:
    done = kpo_bot(environment | {"KPO_DATABASE_URL": database}, "report")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Messages +4 +from 4 people", done.stdout)
    assert re.search(r"Not understood +3 +75\.0%", done.stdout)
    assert "3 messages from 3 people" in done.stdout and NONSENSE in done.stdout


class Links(HTMLParser):
    """What a page would load, and what it runs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "link", "iframe", "img") else []
        self.found += [f"{name}={value}" for name, value in attrs if name in ("src", "href", "onload") and value]


def test_the_page_is_hebrew_whole_and_runs_nothing(environment: dict[str, str], database: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = kpo_bot(environment | {"KPO_DATABASE_URL": database}, "report", "--html", str(page))
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    assert re.search(r"<html[^>]*dir=\"?rtl", text) and "<svg" in text
    assert NONSENSE in text and "&lt;script&gt;" in text
    assert [link for link in Links(text).found if not link.startswith("href=#")] == []
    assert "url(" not in text and "@import" not in text


def test_no_messages_is_no_error(environment: dict[str, str], tmp_path: Path) -> None:
    file, page = tmp_path / "none.sqlite3", tmp_path / "page.html"
    nothing = environment | {"KPO_DATABASE_URL": f"sqlite:///{file}"}
    done = kpo_bot(nothing, "report")
    assert done.returncode == 0 and "No messages yet" in done.stdout
    assert kpo_bot(nothing, "report", "--html", str(page)).returncode == 0
    assert "KPO_DATABASE_URL" in page.read_text(encoding="utf-8")
    assert not file.exists(), "a report makes no database"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--since", "yesterday"], 2),
        (["--days", "0"], 2),
        (["--html", "/no/such/folder/page.html"], 1),
    ],
)
def test_what_cannot_be_is_said_in_a_line(environment: dict[str, str], database: str, arguments: list[str], code: int) -> None:
    done = kpo_bot(environment | {"KPO_DATABASE_URL": database}, "report", *arguments)
    assert done.returncode == code
    assert done.stderr.strip() and "Traceback" not in done.stderr
