"""The shipped content is honest: nothing in an answer that the article does not have, and none of its sentences."""

import hashlib
import re
from typing import Any

import pytest
import yaml

from bot.hebrew.normalise import normalise
from bot.knowledge import Entry, Examples, Knowledge
from tests.rows import DATA, tsv

RUN = 6


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "article-facts.yaml").read_text(encoding="utf-8"))
    return loaded


def own_texts(knowledge: Knowledge) -> dict[str, str]:
    """Everything that the bot says in Hebrew."""
    texts = {entry.id: f"{entry.title}\n{entry.answer}" for entry in knowledge.entries.values()}
    lines = {name: text for name, text in knowledge.texts.model_dump().items() if isinstance(text, str)}
    del lines["english_note"]
    assert len(texts) == 38 and len(lines) > 15
    return texts | lines


def test_the_topics_are_those_agreed_on(knowledge: Knowledge) -> None:
    assert {entry.id: entry.kind for entry in knowledge.entries.values()} == {topic: kind for topic, kind in tsv("topics.tsv")}


def test_each_topic_has_a_dozen_phrasings_and_many_more(knowledge: Knowledge, examples: Examples) -> None:
    assert {entry.id for entry in knowledge.entries.values() if len(entry.questions) < 12} == set()
    assert min(map(len, examples.phrasings.values())) >= 50


def test_numbers_are_the_articles(knowledge: Knowledge, facts: dict[str, Any]) -> None:
    for name, text in own_texts(knowledge).items():
        allowed = set(facts["numbers"]) | ({"30", "90"} if name == "privacy" else set())  # days
        assert set(re.findall(r"\d+", text)) <= allowed, name


def test_latin_names_are_the_articles(knowledge: Knowledge, facts: dict[str, Any]) -> None:
    for name, text in own_texts(knowledge).items():
        allowed = set(facts["latin"])
        if name == "uncovered-other-terms":
            allowed |= set(facts["named_as_missing"])
        without_frames = re.sub(r"\{\w+\}|/\w+", "", text)
        assert set(re.findall(r"[A-Za-z]+", without_frames)) <= allowed, name


def test_countries_are_the_articles(knowledge: Knowledge, facts: dict[str, Any]) -> None:
    others = {normalise(country) for country in facts["all_countries"] if country not in facts["countries"]}
    assert len(others) > 60
    for name, text in own_texts(knowledge).items():
        assert named(others, text) == [], name


def named(names: set[str], text: str) -> list[str]:
    """Those names that a text names, prefix letters or none, however their quotation marks are typed."""
    return sorted(name for name in names if re.search(rf"\b[ובכלמהש]*{re.escape(name)}\b", normalise(text)))


def test_names_are_found_behind_prefixes_and_any_quotation_mark() -> None:
    names = {normalise(name) for name in ('ארה"ב', "דרום אפריקה", "יפן")}
    assert named(names, "גם בארה״ב, וכשביפן") == sorted({normalise('ארה"ב'), normalise("יפן")})
    assert named(names, "מדרום אפריקה") == [normalise("דרום אפריקה")]
    assert named(names, "יפני, ארהבה") == []


def test_no_sentence_is_the_articles(knowledge: Knowledge) -> None:
    hashes = {row[0] for row in tsv("article-runs.txt")}
    assert len(hashes) > 200
    for name, text in own_texts(knowledge).items():
        words = normalise(text).split()
        for i in range(len(words) - RUN + 1):
            run = " ".join(words[i : i + RUN])
            assert hashlib.sha256(run.encode()).hexdigest()[:16] not in hashes, f"{name}: {run}"


def test_every_paragraph_and_item_begins_in_hebrew(knowledge: Knowledge) -> None:
    for name, text in own_texts(knowledge).items():
        for line in filter(None, text.split("\n")):
            assert re.match(r"(• )?[א-ת]", line), f"{name}: {line}"


def test_answers_are_short(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        assert 1 <= len(re.split(r"\n\s*\n", entry.answer.strip())) <= 4, entry.id
        assert len(entry.answer) < 1000, entry.id


def test_forecasts_are_told_as_forecasts_gone_by(knowledge: Knowledge) -> None:
    entries = [entry for entry in knowledge.entries.values() if "2010" in entry.answer]
    assert len(entries) >= 4
    for entry in entries:
        assert re.search(r"תחזית|התחזית|נחזו|צפו", entry.answer), entry.id


def test_every_topic_can_be_reached(knowledge: Knowledge) -> None:
    in_menu = {topic for theme in knowledge.themes for topic in theme.topics}
    assert in_menu == {entry.id for entry in knowledge.entries.values() if entry.kind != "chat"}
    reached, new = set[str](), set(knowledge.texts.start_topics)
    while new:
        reached |= new
        new = {topic for known in reached for topic in knowledge.entries[known].related} - reached
    answered = {entry.id for entry in knowledge.entries.values() if entry.kind == "answer"}
    assert answered <= reached


def nearest_is_covered(entry: Entry, knowledge: Knowledge) -> bool:
    return all(knowledge.entries[topic].kind == "answer" for topic in entry.related)


def test_what_is_not_covered_leads_to_what_is(knowledge: Knowledge) -> None:
    uncovered = [entry for entry in knowledge.entries.values() if entry.kind == "uncovered"]
    assert len(uncovered) == 6
    for entry in uncovered:
        assert "במאמר" in entry.answer.split("\n")[0] and entry.related and nearest_is_covered(entry, knowledge), entry.id
