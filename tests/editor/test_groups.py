"""Messages that got no good answer: which they are, and which of them belong together."""

from datetime import datetime
from itertools import combinations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Responder
from bot.editor import parallel
from bot.editor.groups import Group, Grouped, groups
from bot.editor.missed import Missed, missed, missed_in
from bot.editor.period import Period
from bot.knowledge import OFF_DOMAIN, Examples, FollowUp
from bot.store.reading import Kept
from tests.editor.making import MINUTE, NO_EXAMPLES, NOON, lost, said, voted
from tests.rows import DATA

CASES = yaml.safe_load((DATA / "groups.yaml").read_text(encoding="utf-8"))
ALL = sorted({text for some in (*CASES["together"], *CASES["apart"]) for text in some})


def before_and_text(messages: list[Missed]) -> list[tuple[str | None, str]]:
    return [(one.before, one.text) for one in messages]


# --- what was missed -------------------------------------------------------------------------------------------------


def test_missed_is_what_was_not_answered_and_what_was_voted_down() -> None:
    talk = [said(0, "answer", "kpo-definition"), said(1, "suggest", "israel", text="x"), said(2, "fallback", text="y")]
    votes = [voted(3, True, "israel", text="w"), voted(4, False, "kpo-definition", text="z"), voted(5, False, "kpo-definition")]
    found = missed(talk, votes)
    assert [(one.text, one.decision, one.topics, one.voted_down) for one in found] == [
        ("x", "suggest", ("israel",), False),
        ("y", "fallback", (), False),
        ("z", "answer", ("kpo-definition",), True),
    ]


def test_words_that_are_not_kept_any_more_are_not_there() -> None:
    assert missed([said(0, "fallback", text=None)], []) == []


@pytest.mark.parametrize(
    ("talk", "before"),
    [
        ([said(0, "answer", "kpo-definition")], "kpo-definition"),
        ([said(0, "answer", "kpo-definition"), said(1, "answer", "israel")], "israel"),
        ([said(0, "answer", "kpo-definition"), said(1, "answer", "chat-thanks")], "kpo-definition"),
        ([said(0, "answer", "kpo-definition"), said(1, "fallback", text="x")], "kpo-definition"),
        ([said(-29, "answer", "kpo-definition")], "kpo-definition"),
        ([said(-31, "answer", "kpo-definition")], None),
        ([said(0, "answer", "kpo-definition", person="yossi")], None),
        ([said(0, "answer", "kpo-definition", chat="group")], None),
        ([said(3, "answer", "kpo-definition")], None),
    ],
)
def test_what_was_answered_before(talk: list, before: str | None) -> None:
    found = missed([*talk, said(2 if talk[0].at > said(-20, "answer").at else 0, "fallback", text="?")], [])
    assert before_and_text(found)[-1] == (before, "?")


def test_what_was_answered_before_a_question_whose_answer_was_voted_down() -> None:
    talk = [said(0, "answer", "kpo-definition"), said(1, "answer", "israel"), said(3, "answer", "india-share")]
    found = missed(talk, [voted(4, False, "israel", text="x"), voted(5, False, "kpo-definition", text="y")])
    assert before_and_text(found) == [("kpo-definition", "x"), (None, "y")]


def test_a_period_begins_and_ends_on_time_and_its_first_messages_lean_on_what_was_before() -> None:
    period = Period(datetime.fromtimestamp(NOON), datetime.fromtimestamp(NOON + 60 * MINUTE))
    talk = [said(-5, "answer", "israel"), *(said(at, "fallback", text=str(at)) for at in (-1, 0, 59, 60))]
    votes = [voted(at, False, "israel", text=f"vote {at}") for at in (-2, 1, 60)]
    found = missed_in(period, Kept("kpo.db", talk, votes))
    assert before_and_text(found) == [("israel", "0"), (None, "vote 1"), (None, "59")]


# --- which belong together -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def group_of(responder: Responder) -> dict[str, int]:
    """The group of each text, where all are there at once."""
    found, understood, *_ = groups([lost(text) for text in ALL], responder, NO_EXAMPLES)
    assert understood == 0, "the texts must be ones that the knowledge does not answer"
    return {text: number for number, group in enumerate(found) for text, _ in group.texts}


@pytest.mark.parametrize("texts", CASES["together"], ids=lambda texts: texts[0])
def test_together(group_of: dict[str, int], texts: list[str]) -> None:
    assert {text for text in texts if group_of[text] != group_of[texts[0]]} == set()


@pytest.mark.parametrize("texts", CASES["apart"], ids=lambda texts: texts[0])
def test_apart(group_of: dict[str, int], texts: list[str]) -> None:
    assert [pair for pair in combinations(texts, 2) if group_of[pair[0]] == group_of[pair[1]]] == []


@given(st.permutations([lost(text, person=str(i % 7)) for i, text in enumerate(ALL + ALL[::3])]))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_messages_does_not_matter(responder: Responder, messages: list[Missed]) -> None:
    as_written = groups([lost(text, person=str(i % 7)) for i, text in enumerate(ALL + ALL[::3])], responder, NO_EXAMPLES)
    assert groups(messages, responder, NO_EXAMPLES) == as_written


def test_several_processes_find_the_same(responder: Responder, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = groups([lost(text) for text in ALL], responder, NO_EXAMPLES)
    used: list[int] = []
    do = parallel.multiprocessing.get_context("fork").Pool

    class Watched:
        def Pool(self, processes: int) -> object:
            used.append(processes)
            return do(processes)

    monkeypatch.setattr(parallel, "LEAST_EACH", 3)
    monkeypatch.setattr(parallel, "_processors", lambda: 2)
    monkeypatch.setattr(parallel.threading, "active_count", lambda: 1)
    monkeypatch.setattr(parallel.multiprocessing, "get_context", lambda method: Watched())
    assert groups([lost(text) for text in ALL], responder, NO_EXAMPLES) == alone and used == [2]


# --- what a group tells ----------------------------------------------------------------------------------------------


def only(found: Grouped) -> Group:
    [group] = found.groups
    return group


def test_a_group_counts_messages_people_and_votes(responder: Responder) -> None:
    texts = [("KPO אגוזים", "dana", ()), ("KPO אגוזים", "dana", ()), ("סליחה, KPO אגוזים?", "yossi", ("israel",))]
    messages = [lost(text, person=person, against=against) for text, person, against in texts]
    group = only(groups(messages, responder, NO_EXAMPLES))
    assert group.texts == (("KPO אגוזים", 2), ("סליחה, KPO אגוזים?", 1))
    assert (group.count, group.people, group.voted_down, group.before) == (3, 2, 1, None)
    assert group.voted_against == ("israel",)
    assert 1 <= len(group.topics) <= 5 and OFF_DOMAIN not in dict(group.topics)
    likelihoods = [likelihood for _, likelihood in group.topics]
    assert likelihoods == sorted(likelihoods, reverse=True) and all(0 <= likelihood <= 1 for likelihood in likelihoods)


def test_the_largest_group_comes_first(responder: Responder) -> None:
    found, *_ = groups([lost("איך מכינים שקשוקה"), lost("מה זה CRM"), lost("מה זה CRM")], responder, NO_EXAMPLES)
    assert [group.count for group in found] == [2, 1]


def test_what_is_answered_by_now_is_left_out(responder: Responder) -> None:
    messages = [lost("מה זה KPO?"), lost("מה היתרונות של KPO?")]
    assert groups(messages, responder, NO_EXAMPLES) == ([], 2, 0, ())


KNOWN = Examples(
    {"kpo-definition": ("מה זה KPO", "מה זה KPO? ומה החסרונות?"), "israel": ("KPO אגוזים",)},
    ("KPO שקדים", "מה זה BPO"),
    (FollowUp("israel", "והאגוזים שלו", OFF_DOMAIN), FollowUp("israel", "KPO שקדים", "israel")),
)
"""What stands in the knowledge, beside what the responder learned from."""


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (lost("מה זה KPO?"), "understood"),
        (lost("מה זה KPO?", against=("israel",)), "understood"),
        (lost("מה זה KPO?", against=("israel", "kpo-definition")), "understood"),
        (lost("מה זה KPO?", against=("kpo-definition",)), "upheld"),
        (lost("מה זה KPO? ומה החסרונות?", against=("kpo-definition", "uncovered-risks")), "left"),
        (lost("מה היתרונות של KPO?", against=("kpo-advantages",)), "left"),
        (lost("מה היתרונות של KPO?", against=("israel",)), "left"),
        (lost("KPO אגוזים"), "left"),
        (lost("KPO שקדים!"), "off-domain"),
        (lost("KPO שקדים", before="bpo-definition"), "off-domain"),
        (lost("KPO שקדים", before="israel"), "understood"),
        (lost("KPO שקדים", against=("israel",)), "off-domain"),
        (lost("מה זה BPO"), "off-domain"),
        (lost("מה זה BPO", against=("bpo-definition",)), "left"),
        (lost("והאגוזים שלו?", before="israel"), "off-domain"),
        (lost("והאגוזים שלו?", before="kpo-definition"), "left"),
        (lost("והאגוזים שלו?"), "left"),
    ],
    ids=[
        "understood since",
        "voted down, and taught another topic since",
        "voted down for one topic too many, and taught the other since",
        "voted down, and answered as it stands in the knowledge",
        "voted down, and still answered with one topic more than it stands under",
        "voted down, and still the same answer",
        "voted down, and another answer by chance",
        "stands there, and is not understood all the same",
        "off-domain",
        "off-domain, after any answer",
        "off-domain, but understood after this answer, where it is a follow-up",
        "voted down, and off-domain since",
        "off-domain, though it is answered",
        "off-domain, and voted down for still being answered",
        "off-domain after this answer",
        "off-domain after another answer",
        "off-domain after an answer",
    ],
)
def test_what_is_left_to_teach(responder: Responder, message: Missed, state: str) -> None:
    found = groups([message], responder, KNOWN)
    counts = {
        "left": sum(group.count for group in found.groups),
        "understood": found.understood,
        "off-domain": found.off_domain,
        "upheld": sum(one.count for one in found.upheld),
    }
    assert counts == {name: int(name == state) for name in counts}


def test_what_is_upheld_is_told_with_its_answer_the_most_frequent_first(responder: Responder) -> None:
    texts = ["מה זה KPO!", "מה זה KPO?", "מה זה KPO?"]
    found = groups([lost(text, against=("kpo-definition",)) for text in texts], responder, KNOWN)
    assert [(one.text, one.topics, one.count) for one in found.upheld] == [
        ("מה זה KPO?", ("kpo-definition",), 2),
        ("מה זה KPO!", ("kpo-definition",), 1),
    ]


@pytest.mark.parametrize("text", ["עוד", "תרחיב", "לא הבנתי", "לא"])
def test_what_asks_nothing_of_its_own_is_not_for_teaching(responder: Responder, text: str) -> None:
    assert groups([lost(text, before="kpo-definition")], responder, NO_EXAMPLES) == ([], 1, 0, ())


# --- what leans on the answer before ---------------------------------------------------------------------------------


def test_what_names_nothing_of_ours_leans_on_the_answer_before(responder: Responder) -> None:
    leaning = "והאגוזים שלו?"
    messages = [lost(leaning, before="kpo-definition"), lost(leaning, before="kpo-definition"), lost(leaning, before="israel")]
    found, *_ = groups(messages, responder, NO_EXAMPLES)
    assert [(group.before, group.count) for group in found] == [("kpo-definition", 2), ("israel", 1)]


def test_what_names_something_of_ours_leans_on_nothing(responder: Responder) -> None:
    group = only(groups([lost("KPO אגוזים", before="kpo-definition"), lost("KPO אגוזים")], responder, NO_EXAMPLES))
    assert (group.before, group.count) == (None, 2)


def test_what_is_said_as_often_without_an_answer_before_leans_on_nothing(responder: Responder) -> None:
    group = only(groups([lost("איך מכינים שקשוקה", before="israel"), lost("איך מכינים שקשוקה")], responder, NO_EXAMPLES))
    assert (group.before, group.count) == (None, 2)


@pytest.mark.parametrize(("text", "leans"), [("איך מכינים שקשוקה", False), ("והאגוזים שלו?", True)])
def test_what_says_all_by_itself_after_any_answer_leans_on_none(responder: Responder, text: str, leans: bool) -> None:
    answers = ["israel", "kpo-definition", "india-share"]
    found, *_ = groups([lost(text, before=before) for before in answers], responder, NO_EXAMPLES)
    assert {group.before for group in found} == (set(answers) if leans else {None})


def test_a_topic_that_is_gone_from_the_knowledge_is_leant_on_no_more(responder: Responder) -> None:
    assert only(groups([lost("והאגוזים שלו?", before="long-gone")], responder, NO_EXAMPLES)).before is None


@pytest.mark.parametrize("text", ["", "?!", "😂", "\u202e", "א" * 5_000, "KPO " * 1_000])
def test_no_text_is_too_strange(responder: Responder, text: str) -> None:
    found, understood, *_ = groups([lost(text)], responder, NO_EXAMPLES)
    assert sum(group.count for group in found) + understood == 1


def test_nothing_is_no_group(responder: Responder) -> None:
    assert groups([], responder, NO_EXAMPLES) == ([], 0, 0, ())
