"""Other versions of the knowledge, and what `evaluate --against` tells of them: in repositories of the tests' own."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.editor.versions import VersionError, version
from tests.conftest import needed
from tests.knowledge.test_loader import SMALL, write

QUESTIONS = """\
{"q": "מהו אדום", "accept": ["red"], "kind": "answer"}
{"q": "ירוק", "accept": ["green"], "kind": "answer"}
{"q": "מה השעה", "accept": [], "kind": "off"}
"""
FILES = SMALL | {"questions/some.jsonl": QUESTIONS}
WITHOUT_GREEN = FILES | {
    "b.yaml": "\n".join(line for line in FILES["b.yaml"].splitlines() if "id: green" not in line),
    "bot/texts.yaml": FILES["bot/texts.yaml"].replace("green, grey", "grey, red"),
    "lexicon/words.yaml": FILES["lexicon/words.yaml"].replace("{green: [red, blue]}", "{}"),
}


def git(place: Path, *arguments: str) -> None:
    who = ["-c", "user.name=editor", "-c", "user.email=editor@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(place), *who, *arguments], check=True, capture_output=True)


def commit(place: Path, tag: str) -> None:
    git(place, "add", "-A", ".")
    git(place, "commit", "-qm", tag)
    git(place, "tag", tag)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose `knowledge` folder has, in turn, the tags `without-green`, `broken` and `now`. `before` has none."""
    needed(shutil.which("git") is not None, "git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    place = tmp_path / "checkout"
    place.mkdir()
    monkeypatch.chdir(place)
    git(place, "init", "-q")
    (place / "README").write_text("x", encoding="utf-8")
    commit(place, "before")
    for tag, files in (("without-green", WITHOUT_GREEN), ("broken", FILES | {"b.yaml": "theme: x\n"}), ("now", FILES)):
        write(place / "knowledge", files)
        commit(place, tag)
    return place


def texts(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


@pytest.mark.parametrize("name", ["without-green", "without-green^{commit}", "HEAD~2", "now~2"])
def test_a_revision(place: Path, name: str) -> None:
    with version(name, place / "knowledge") as other:
        assert texts(other) == WITHOUT_GREEN
    assert not other.exists()


def test_a_folder_comes_before_a_revision_and_stays(place: Path) -> None:
    write(place / "now", {"a.yaml": "x"})
    with version("now", place / "knowledge") as other:
        assert texts(other) == {"a.yaml": "x"}
    assert other.exists()


def test_a_folder_that_is_the_top_of_its_repository(place: Path) -> None:
    top = write(place.parent / "top", FILES)
    git(top, "init", "-q")
    commit(top, "first")
    (top / "a.yaml").write_text("changed", encoding="utf-8")
    with version("first", top) as other:
        assert texts(other) == FILES


def test_within_a_hook(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, the environment names the repository, which must not become that of another folder."""
    monkeypatch.setenv("GIT_DIR", str(place / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    monkeypatch.setenv("GIT_PREFIX", "")
    with version("now", place / "knowledge") as other:
        assert texts(other) == FILES


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no-such", "no-such: is neither a folder nor a git revision here"),
        ("HEAD:knowledge", "HEAD:knowledge: is neither a folder nor a git revision here"),
        ("before..now", "is neither a folder nor a git revision here"),
        ("x\ny", "is neither a folder nor a git revision here"),
        ("a" * 5000, "a…: is neither a folder nor a git revision here"),
        ("x\0y", "is neither a folder nor a git revision"),
        ("--output=stolen", "is neither a folder nor a git revision"),
        ("-h", "is neither a folder nor a git revision"),
        ("", "has an empty name"),
        (" ", "has an empty name"),
        ("before", "before: has nothing in knowledge/"),
    ],
)
def test_what_is_no_version(place: Path, name: str, says: str) -> None:
    with pytest.raises(VersionError) as caught, version(name, place / "knowledge"):
        pass
    assert says in str(caught.value) and len(str(caught.value).splitlines()) == 1
    assert [path.name for path in place.rglob("stolen")] == []


def test_no_repository(place: Path) -> None:
    write(place.parent / "away", FILES)
    with (
        pytest.raises(VersionError, match=r"nor a git repository around .*away.*KPO_KNOWLEDGE"),
        version("now", place.parent / "away"),
    ):
        pass


def test_no_git(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(VersionError, match=r"^now: there is no such folder, and git.*is not installed$"), version("now", place):
        pass


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "../README"])
def test_a_link_out_of_the_folder_is_not_followed(place: Path, target: str) -> None:
    (place / "knowledge" / "c.yaml").symlink_to(target)
    commit(place, "linked")
    with pytest.raises(VersionError) as caught, version("linked", place / "knowledge"):
        pass
    (line,) = str(caught.value).splitlines()
    assert line.startswith("linked: cannot be unpacked: ") and "c.yaml" in line


@pytest.mark.parametrize("name", ["שאלות.yaml", "with space.yaml", "-rf.yaml", "a\tb.yaml", "x" * 150 + ".yaml", "..yaml"])
def test_odd_names(place: Path, name: str) -> None:
    write(place / "knowledge", {f"phrasings/{name}": "red: [אדמדם]\n"})
    commit(place, "odd")
    with version("odd", place / "knowledge") as other:
        assert texts(other) == FILES | {f"phrasings/{name}": "red: [אדמדם]\n"}


def test_a_link_within_the_folder(place: Path) -> None:
    (place / "knowledge" / "c.yaml").symlink_to("a.yaml")
    commit(place, "linked")
    with version("linked", place / "knowledge") as other:
        assert texts(other) == FILES | {"c.yaml": FILES["a.yaml"]}


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def evaluated(place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `kpo-bot evaluate` over the folder in the repository."""
    monkeypatch.setenv("KPO_KNOWLEDGE", str(place / "knowledge"))
    return lambda *arguments: CliRunner().invoke(cli, ["evaluate", *arguments])


def test_what_got_better_is_shown(evaluated: Callable[..., Result]) -> None:
    done = evaluated("--against", "without-green")
    assert done.exit_code == 0, done.output
    assert "  right            66.7%   100.0%   +33.3" in done.output
    assert "better: 1" in done.output and "wanted green\n    ירוק" in done.output and "worse:" not in done.output


def test_json_and_the_limits_are_of_the_new_version(place: Path, evaluated: Callable[..., Result]) -> None:
    arguments = ("--against", "now", "--json", "--min-right", "90", "--max-wrong", "50")
    assert evaluated(*arguments).exit_code == 0
    write(place / "knowledge", WITHOUT_GREEN)
    done = evaluated(*arguments)
    assert done.exit_code == 1
    line, limit = done.output.splitlines()
    assert limit == "66.67 % are right, 23 points too few: at least 90 % have to be (--min-right)"
    told = json.loads(line)
    assert (told["before"]["right"], told["after"]["right"]) == (100.0, 66.67)
    assert [row["q"] for row in told["worse"]] == ["ירוק"] and told["better"] == []
    assert told["answer"]["n"] == 2 and told["off"]["n"] == 1


def test_limits_need_no_other_version(evaluated: Callable[..., Result]) -> None:
    assert evaluated("--min-right", "100", "--max-wrong", "0").exit_code == 0


def test_the_same_again_is_not_learned_again(evaluated: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    first = evaluated("--against", "without-green")

    def never(*_: object) -> None:
        raise AssertionError("learned again")

    monkeypatch.setattr("bot.matcher.index.learned", never)
    assert evaluated("--against", "without-green").output == first.output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--against", "broken"], 1, "broken, the version to compare with, has mistakes:\nb.yaml: line 1: "),
        (["--against", "no-such"], 1, "no-such: is neither"),
        (["--against=--help"], 1, "is neither a folder nor a git revision"),
        (["--against", ""], 1, "has an empty name"),
        (["--against", "."], 1, "., the version to compare with, has mistakes:\n"),
        (["--json", "--show", "wrong"], 2, "--json is for programs, and goes not with --show"),
        (["--min-right", "101"], 2, "Invalid value for '--min-right'"),
        (["--max-wrong", "nan"], 2, "Invalid value for '--max-wrong'"),
        ([os.devnull], 1, f"{os.devnull}: there are no questions in there"),
    ],
)
def test_what_goes_wrong(evaluated: Callable[..., Result], arguments: list[str], code: int, says: str) -> None:
    done = evaluated(*arguments)
    assert done.exit_code == code and says in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_no_questions(place: Path, evaluated: Callable[..., Result]) -> None:
    shutil.rmtree(place / "knowledge" / "questions")
    done = evaluated()
    assert done.exit_code == 1 and "there are no questions (*.jsonl); name some files" in done.output


def test_mistakes_in_the_version_in_use(place: Path, evaluated: Callable[..., Result]) -> None:
    write(place / "knowledge", {"b.yaml": "theme: x\n"})
    done = evaluated("--against", "now")
    assert done.exit_code == 1 and done.output.startswith("b.yaml: line 1: ")
