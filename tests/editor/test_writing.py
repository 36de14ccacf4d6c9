"""Changed files reach the disk all together or not at all, whatever breaks the writing off."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bot
from bot.editor import writing
from bot.editor.writing import ChangedMeanwhile, WritingError, why_not, write
from bot.knowledge import check, read_folder
from tests.knowledge.test_loader import SMALL
from tests.knowledge.test_loader import write as laid_out

CHANGES = {
    "phrasings/more.yaml": "blue:\n  - מה זה תכלת\n  - צבע הים\n",
    "phrasings/taught.yaml": "red:\n  - צבע האש\n",
    "off-domain.txt": "# comment\nמה השעה\nמה מזג האוויר\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return laid_out(tmp_path / "knowledge", SMALL)


def all_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_files_are_written_and_nothing_else_is_left(folder: Path) -> None:
    before = all_files(folder)
    write(folder, CHANGES, read_folder(folder))
    assert all_files(folder) == before | {name: text.encode() for name, text in CHANGES.items()}
    check(folder)


def test_a_file_keeps_its_mode_and_a_link_its_target(folder: Path, tmp_path: Path) -> None:
    target, mode = tmp_path / "elsewhere.txt", 0o640
    (folder / "off-domain.txt").rename(target)
    target.chmod(mode)
    (folder / "off-domain.txt").symlink_to(target)
    write(folder, CHANGES, read_folder(folder))
    assert (folder / "off-domain.txt").is_symlink()
    assert target.read_text(encoding="utf-8") == CHANGES["off-domain.txt"]
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda folder: (folder / "off-domain.txt").write_text("מה השעה\nחדש\n", encoding="utf-8"),
        lambda folder: (folder / "phrasings" / "taught.yaml").write_text("red:\n  - ארגמן\n", encoding="utf-8"),
        lambda folder: (folder / "b.yaml").write_text(SMALL["b.yaml"] + "\n", encoding="utf-8"),
        lambda folder: (folder / "phrasings" / "more.yaml").unlink(),
    ],
    ids=["a file to change", "a file to make", "another file", "a file is gone"],
)
def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(folder: Path, meanwhile: Callable[[Path], object]) -> None:
    seen = read_folder(folder)
    meanwhile(folder)
    before = all_files(folder)
    with pytest.raises(ChangedMeanwhile):
        write(folder, CHANGES, seen)
    assert all_files(folder) == before


STEPS = [(name, number) for name in ("fsync", "replace") for number in range(len(CHANGES))]
BROKEN_OFF = [(error, *step) for error in (KeyboardInterrupt(), OSError(28, "No space left on device")) for step in STEPS]
# What a folder's own fsync says is not heard, since some systems have none; Ctrl-C is.
BROKEN_OFF.append((KeyboardInterrupt(), "fsync", len(CHANGES)))


@pytest.mark.parametrize(("error", "step", "number"), BROKEN_OFF, ids=lambda value: repr(value))
def test_what_is_broken_off_leaves_all_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str, number: int
) -> None:
    before, real, calls = all_files(folder), getattr(os, step), []

    def breaks(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == number + 1:
            raise error
        return real(*arguments)

    monkeypatch.setattr(writing.os, step, breaks)
    expected = WritingError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected, match="No space left on device; nothing was changed" if expected is WritingError else None):
        write(folder, CHANGES, read_folder(folder))
    assert len(calls) > number
    assert all_files(folder) == before


def test_an_interruption_just_after_a_rename_is_taken_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, real, calls = all_files(folder), os.replace, []

    def breaks(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "replace", breaks)
    with pytest.raises(KeyboardInterrupt):
        write(folder, CHANGES, read_folder(folder))
    assert all_files(folder) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.editor.writing import write
from bot.knowledge import read_folder
from tests.editor.test_writing import CHANGES

step, number, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
real, calls = getattr(os, step), []

def kills(*arguments):
    calls.append(arguments)
    if len(calls) == number + 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)

setattr(os, step, kills)
write(folder, CHANGES, read_folder(folder))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(("step", "number", "written"), [("fsync", 1, 0), ("replace", 0, 0), ("replace", 1, 1)])
def test_a_killed_process_leaves_whole_files(folder: Path, step: str, number: int, written: int) -> None:
    before = all_files(folder)
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", KILLED, step, str(number), str(folder)], cwd=root, timeout=60)
    assert done.returncode == -signal.SIGKILL
    seen = {name: text.encode() for name, text in list(CHANGES.items())[:written]}
    assert read_folder(folder) == before | seen
    check(folder)
    assert any(name.endswith(".kpo-half") for name in all_files(folder))
    write(folder, CHANGES, read_folder(folder))  # which sweeps up
    assert all_files(folder) == before | {name: text.encode() for name, text in CHANGES.items()}


def test_the_knowledge_in_the_package_is_not_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot, "__file__", str(tmp_path / "bot" / "__init__.py"))
    shipped = laid_out(tmp_path / "bot" / "_knowledge", SMALL)
    assert f"cp -r '{shipped}'" in (why_not(shipped) or "")
    assert why_not(laid_out(tmp_path / "own", SMALL)) is None


def test_a_folder_without_the_right_to_write(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing.os, "access", lambda path, mode: path.name != "phrasings")  # the rights do not concern root
    assert f"{folder / 'phrasings'}: cannot be written to" in (why_not(folder) or "")
