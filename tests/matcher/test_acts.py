"""What a message does to a conversation: asks, asks to go on, or corrects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Responder
from bot.knowledge import ActWords
from bot.matcher.acts import Act, Acts, Move
from tests.rows import tsv


@pytest.fixture(scope="module")
def acts(responder: Responder) -> Acts:
    words = responder.knowledge.lexicon
    return Acts(responder.matcher.reader, words.acts, words.asking, words.courtesies)


@pytest.mark.parametrize(("message", "act", "meant"), tsv("acts.tsv"))
def test_acts(acts: Acts, message: str, act: str, meant: str) -> None:
    move = acts.move(message)
    assert (move.act, move.meant[:1]) == (act, (meant,) if meant else ())


@given(st.text(max_size=200))
def test_any_text_is_some_act(acts: Acts, text: str) -> None:
    move = acts.move(text)
    assert move.act is Act.CORRECT or not move.meant


def test_who_tells_a_story_corrects_nothing(acts: Acts) -> None:
    assert acts.move("לא, " + "מילה " * 40) == Move(Act.ASK)


def test_without_word_lists_everything_asks(responder: Responder) -> None:
    bare = Acts(responder.matcher.reader, ActWords(), (), ())
    assert {bare.move(text).act for text in ("עוד", "לא, התכוונתי ל-BPO")} == {Act.ASK}
