"""Files are written whole or not at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.files import sweep, write_whole


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    ("there", "private", "expected"), [(None, False, 0o644), (None, True, 0o600), (0o640, False, 0o640), (0o644, True, 0o600)]
)
def test_who_may_read_it(tmp_path: Path, there: int | None, private: bool, expected: int) -> None:
    file = tmp_path / "file"
    if there is not None:
        file.write_bytes(b"before")
        file.chmod(there)
    write_whole(file, b"after", private)
    assert file.read_bytes() == b"after" and mode(file) == expected and list(tmp_path.iterdir()) == [file]


def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    target.write_bytes(b"before")
    link.symlink_to(target)
    write_whole(link, b"after")
    assert link.is_symlink() and target.read_bytes() == b"after"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=repr)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_what_is_broken_off_leaves_it_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str
) -> None:
    def breaks(*_: object) -> None:
        raise error

    file = tmp_path / "file"
    file.write_bytes(b"before")
    monkeypatch.setattr(os, step, breaks)
    with pytest.raises(type(error)):
        write_whole(file, b"after")
    assert file.read_bytes() == b"before" and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("place", ["folder", "no/such/folder"])
def test_where_no_file_can_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / place, b"x")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


def test_what_was_left_behind_is_swept_up(tmp_path: Path) -> None:
    names = [".a.yaml.0123abcd.kpo-half", ".a.yaml.swp", "a.yaml"]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    sweep([tmp_path], older_s=60)
    assert len(list(tmp_path.iterdir())) == 3
    sweep([tmp_path, tmp_path])
    assert sorted(path.name for path in tmp_path.iterdir()) == names[1:]
