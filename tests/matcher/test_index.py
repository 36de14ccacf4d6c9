"""What was learned is kept on the machine, and makes room when it is used no more."""

import os
from pathlib import Path

import pytest

from bot.knowledge import Knowledge, load
from bot.matcher import index
from bot.matcher.index import MOST_KEPT, file_name, is_learned, keep, matcher_for
from tests.knowledge.test_loader import SMALL, write


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kpo-bot"


def changed(tmp_path: Path, number: int) -> Knowledge:
    """Knowledge with another off-domain message each."""
    return load(write(tmp_path / str(number), SMALL | {"off-domain.txt": f"מה השעה {number}\n"}))


def kept(cache: Path) -> set[str]:
    return {path.name for path in cache.glob("*")}


def aged(cache: Path) -> None:
    """What is kept was used an hour earlier."""
    for path in cache.glob("*"):
        hour_ago = path.stat().st_mtime - 3600
        os.utime(path, (hour_ago, hour_ago))


def test_what_is_used_stays_and_the_oldest_goes(tmp_path: Path, cache: Path) -> None:
    used, *others = (changed(tmp_path, number) for number in range(MOST_KEPT + 2))
    matcher_for(used)
    for other in others:
        aged(cache)
        matcher_for(used)
        matcher_for(other)
    assert kept(cache) == {file_name(knowledge) for knowledge in (used, *others[-(MOST_KEPT - 1) :])}


def test_what_is_only_looked_at_is_not_kept(tmp_path: Path, cache: Path) -> None:
    knowledge = changed(tmp_path, 1)
    matcher = matcher_for(knowledge, keeps=False)
    assert not is_learned(knowledge) and not kept(cache)
    keep(matcher, knowledge)
    assert is_learned(knowledge) and kept(cache) == {file_name(knowledge)}


def test_what_came_with_the_knowledge_is_used_and_left_as_it_is(tmp_path: Path, cache: Path) -> None:
    knowledge = changed(tmp_path, 1)
    shipped = knowledge.folder / ".learned" / file_name(knowledge)
    index.store(matcher_for(knowledge, keeps=False), shipped)
    os.utime(shipped, (1, 1))
    matcher_for(knowledge)
    assert shipped.stat().st_mtime == 1 and not kept(cache)


def test_what_cannot_be_read_is_learned_again(tmp_path: Path, cache: Path) -> None:
    knowledge = changed(tmp_path, 1)
    matcher_for(knowledge)
    path = cache / file_name(knowledge)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    matcher_for(knowledge)
    assert path.stat().st_size == len(whole)


def test_where_nothing_can_be_kept_it_is_learned_all_the_same(tmp_path: Path, cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder would be")
    assert matcher_for(changed(tmp_path, 1)).ranker.network.classes
