"""Topics for somebody who is still typing."""

import pytest

from bot.conversation import Responder
from bot.matcher.search import search


def found(responder: Responder, query: str, most: int = 8) -> tuple[str, ...]:
    return search(query, responder.knowledge, responder.matcher, most)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("היתרונות", "kpo-advantages"),
        ("הבדל", "kpo-vs-bpo"),
        ("מה זה bpo", "bpo-definition"),
        ("הודו", "india-share"),
        ("מחיר", "uncovered-price"),
    ],
)
def test_the_best_topic_comes_first(responder: Responder, query: str, first: str) -> None:
    topics = found(responder, query)
    assert not first or topics[0] == first


@pytest.mark.parametrize("query", ["מה היתר", "היתרונ", "ישר", "bp"])
def test_half_a_word_finds_titles_that_have_it(responder: Responder, query: str) -> None:
    last = query.split()[-1]
    titles = [responder.knowledge.entries[topic].title.lower() for topic in found(responder, query)]
    assert titles and any(last in title for title in titles)


def test_every_title_finds_its_topic(responder: Responder) -> None:
    for entry in responder.knowledge.entries.values():
        assert entry.kind == "chat" or found(responder, entry.title)[0] == entry.id


def test_small_talk_is_no_result(responder: Responder) -> None:
    assert all(not topic.startswith("chat-") for topic in found(responder, "תודה"))


def test_no_more_than_asked_for_and_none_twice(responder: Responder) -> None:
    for query in ("", "KPO", "מה"):
        topics = found(responder, query, 3)
        assert len(topics) == len(set(topics)) <= 3
    assert found(responder, "🙂") == () and found(responder, "?") == ()
