"""What words show to the network."""

from bot.matcher.features import content, features, joint_features, says_something, word_features
from bot.matcher.reader import How, Kind, Word

ANCHORS = frozenset({"KPO"})
WHAT = Word("מה", "מה", Kind.CONCEPT, ("WHAT",))
KPO = Word("kpo", "kpo", Kind.CONCEPT, ("KPO",))
PLEASE = Word("נא", "נא", Kind.FILLER)
STRANGE = Word("גמלימ", "גמלימ", Kind.UNKNOWN)
SLIP = Word("ארגנ", "ארגונ", Kind.KNOWN, how=How.MISSPELT)


def test_a_word_shows_form_root_letters_and_ideas() -> None:
    assert set(word_features(STRANGE)) == {"wגמלימ", "rגמל", "g גמל", "gגמלי", "gמלימ", "gלימ "}
    assert set(word_features(WHAT)) == {"wמה", "cWHAT", "rמה"}


def test_an_acronym_shows_no_letters_since_one_is_all_the_difference() -> None:
    assert set(word_features(KPO)) == {"wkpo", "cKPO"}
    assert set(word_features(Word("kpi", "kpi", Kind.UNKNOWN))) == {"wkpi"}


def test_words_together_show_pairs_rows_and_what_is_missing() -> None:
    assert {"pKPO+WHAT", "sWHAT KPO", "s| WHAT KPO", "sKPO |"} <= set(joint_features([WHAT, KPO], ANCHORS))
    assert "n" in set(joint_features([WHAT], ANCHORS)) and "n" not in set(joint_features([KPO], ANCHORS))
    assert {"u", "u1", "m", "m1"} <= set(joint_features([STRANGE, SLIP], ANCHORS))
    assert {"u1a"} <= set(joint_features([STRANGE, KPO], ANCHORS))


def test_what_was_answered_before_shows() -> None:
    assert {"a", "aisrael", "xisrael+WHAT"} <= set(joint_features([WHAT], ANCHORS, ("israel",)))


def test_fillers_leave_no_trace_unless_they_are_all_there_is() -> None:
    assert features([PLEASE, WHAT, KPO], ANCHORS) == features([WHAT, KPO], ANCHORS)
    assert content([PLEASE]) == [PLEASE] and not says_something([PLEASE]) and says_something([PLEASE, KPO])
    assert "wנא" in features([PLEASE], ANCHORS)
