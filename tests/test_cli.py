"""The commands as people and programs use them."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot import console
from bot.knowledge import Knowledge
from bot.matcher.matcher import Matcher
from bot.store import Store, Who
from tests.conftest import KNOWLEDGE

NONSENSE = "בלורגית קמפוטרה שניצפון"
"""Words that nobody knows."""


def kpo_bot(
    environment: dict[str, str], *arguments: str, said: str | bytes = "", **more: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=said.encode() if isinstance(said, str) else said,
        capture_output=True,
        env=environment | more,
        timeout=60,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def lines(*questions: dict[str, str]) -> str:
    return "".join(json.dumps(question) + "\n" for question in questions)


def test_ask(environment: dict[str, str]) -> None:
    done = kpo_bot(environment, "ask", "מה זה KPO?")
    assert done.returncode == 0 and "ניסיון" in done.stdout and "1. " in done.stdout


def test_ask_explains(environment: dict[str, str]) -> None:
    done = kpo_bot(environment, "ask", "--explain", "nv zv KPO גמלים")
    assert done.returncode == 0
    for part in ("מה זה kpo גמלימ", "החלטה", "kpo-definition", "מילים לא מוכרות: גמלימ", "הניסוח הקרוב ביותר"):
        assert part in done.stdout


def test_a_conversation_in_the_terminal(environment: dict[str, str]) -> None:
    done = kpo_bot(environment, "ask", said="מה זה KPO?\nומה היתרונות שלו?\n1\n")
    assert done.returncode == 0
    assert "ניסיון" in done.stdout and "היתרון המרכזי" in done.stdout and "החלטות מושכלות" in done.stdout


def test_ask_json_follows_the_contract(environment: dict[str, str]) -> None:
    asked = lines(
        {"q": "מה זה KPO?", "chat": "a"},
        {"q": "מה מזג האוויר מחר", "chat": "b"},
        {"q": "ומה היתרונות שלו?", "chat": "a"},
        {"q": "KPO גמלים"},
    )
    done = kpo_bot(environment, "ask", "--json", said=asked)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [set(answer) for answer in answers] == [{"q", "decision", "topics", "text", "buttons"}] * 4
    assert [answer["decision"] for answer in answers] == ["answer", "fallback", "answer", "suggest"]
    assert answers[0]["topics"] == ["kpo-definition"] and answers[1]["topics"] == []
    assert answers[2]["topics"] == ["kpo-advantages"] and 1 <= len(answers[3]["topics"]) <= 3
    assert all(set(button) == {"label", "topic"} for answer in answers for button in answer["buttons"])


def test_ask_json_survives_bad_lines(environment: dict[str, str]) -> None:
    bad = [b"no json", b"[1]", b'{"chat": "x"}', b'{"q": 1}', b'{"q": "x", "chat": 2}', b"\xff\xfe", b'{"q": "\\ud800"}']
    done = kpo_bot(environment, "ask", "--json", said=b"\n".join([*bad, b'{"q": "KPO"}']))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(answers) == len(bad) + 1
    assert all(isinstance(answer["error"], str) for answer in answers[:-2])
    assert answers[-1]["decision"] == "answer"


def test_check_prints_a_summary(environment: dict[str, str]) -> None:
    done = kpo_bot(environment, "check", KPO_KNOWLEDGE=str(KNOWLEDGE))
    assert done.returncode == 0 and done.stdout.splitlines()[-1].startswith("38 topics")


def test_check_prints_problems(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("theme: x\n", encoding="utf-8")
    done = kpo_bot(environment, "check", KPO_KNOWLEDGE=str(tmp_path))
    assert done.returncode == 1 and "a.yaml: line 1: the field 'order' is missing; add it" in done.stderr


def test_evaluate(environment: dict[str, str]) -> None:
    done = kpo_bot(environment, "evaluate", str(KNOWLEDGE / "questions" / "w6b.jsonl"), "--show", "half,wrong,offered")
    assert done.returncode == 0 and "double" in done.stdout
    done = kpo_bot(environment, "evaluate", str(KNOWLEDGE / "questions" / "w6b.jsonl"), "--json")
    assert json.loads(done.stdout)["double"]["n"] == 14


def test_report_on_a_database_that_is_not_there_yet(environment: dict[str, str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nowhere/kpo.db"
    done = kpo_bot(environment, "report", KPO_DATABASE_URL=url)
    assert done.returncode == 0 and "No messages yet" in done.stdout and f"{tmp_path}/nowhere/kpo.db" in done.stdout
    done = kpo_bot(environment, "report", "--html", str(tmp_path / "report.html"), KPO_DATABASE_URL=url)
    assert done.returncode == 0 and done.stdout == f"{tmp_path}/report.html\n"
    assert "עדיין אין כאן הודעות" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [tmp_path / "report.html"]


async def test_report_tells_what_a_running_bot_kept(environment: dict[str, str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kpo.db"
    store = await Store.open(url, b"a-token")
    store.add_interaction(Who(1, 1), time.time() - 60, "answer", ["kpo-definition"], 0.9, None)
    store.add_interaction(Who(1, 1), time.time() - 30, "fallback", [], 0.1, "והאגוזים שלו?")
    for number in (2, 3):
        store.add_interaction(
            Who(number, number), time.time() - 20, "fallback", [], 0.1, f"{NONSENSE} <script>alert(1)</script>"
        )
    store.set_vote(Who(1, 1), 1, ["kpo-definition"], False, time.time() - 10, "לא על זה שאלתי")
    assert await store.flush()
    done = await asyncio.to_thread(kpo_bot, environment, "report", "--days", "2", KPO_DATABASE_URL=url)
    page = tmp_path / "page.html"
    written = await asyncio.to_thread(kpo_bot, environment, "report", "--html", str(page), KPO_DATABASE_URL=url)
    await store.close()
    assert done.returncode == 0, done.stderr
    for part in (
        r"Messages +4 +from 3 people",
        r"Not understood +3 +75\.0%",
        rf"2 messages from 2 people; .*\n +2x {NONSENSE}",
        r"after the answer to kpo-definition; .*\n +והאגוזים שלו\?",
        r"1 voted down \(kpo-definition\); .*\n +לא על זה שאלתי",
    ):
        assert re.search(part, done.stdout), part
    assert written.returncode == 0, written.stderr
    text = page.read_text(encoding="utf-8")
    assert f"{NONSENSE} &lt;script&gt;" in text and "<script" not in text and "לא על זה שאלתי" in text and "<svg" in text


@pytest.mark.parametrize(
    ("arguments", "more", "code", "says"),
    [
        (["run"], {}, 1, "@BotFather"),
        (["run"], {"TELEGRAM_TOKEN": "secret-without-colon"}, 1, "TELEGRAM_TOKEN: this is no bot token"),
        (["run"], {"TELEGRAM_TOKEN_FILE": "/nowhere"}, 1, "TELEGRAM_TOKEN_FILE: the file /nowhere cannot be read"),
        (["ask", "x"], {"TELEGRAM_API_URL": "ftp://x"}, 1, "TELEGRAM_API_URL: this is no address"),
        (["ask", "x"], {"KPO_KNOWLEDGE": "/nowhere"}, 1, "/nowhere: there is no such folder"),
        (["evaluate", "/nowhere.jsonl"], {}, 1, "/nowhere.jsonl: cannot be read"),
        (["evaluate", "x", "--show", "rihgt"], {}, 2, "no verdict is called rihgt"),
        (["ask", "--json", "x"], {}, 2, "standard input"),
        (["report", "--since", "yesterday"], {}, 2, "'yesterday' does not match the format '%Y-%m-%d'"),
        (["report", "--since", "2026-02-02", "--until", "2026-02-01"], {}, 2, "it begins on 2026-02-02, after its end"),
        (["report", "--since", "2999-01-01"], {}, 2, "it begins on 2999-01-01, after its end"),
        (["report", "--days", "3", "--until", "2026-02-01"], {}, 2, "neither with --since nor with --until"),
        (["report", "--days", "0"], {}, 2, "0 is not in the range"),
        (["report", "--html", "/nowhere/report.html"], {}, 1, "/nowhere/report.html: cannot be written (No such file"),
        (["report", "--html", "/"], {}, 1, "/: cannot be written"),
        (
            ["report"],
            {"KPO_DATABASE_URL": f"sqlite:///{__file__}"},
            1,
            "test_cli.py: cannot be read (DatabaseError: file",
        ),
        (["report"], {"KPO_DATABASE_URL": "mysql://x"}, 1, "KPO_DATABASE_URL: this is no database"),
        (["report"], {"KPO_DATABASE_URL": "postgresql://kpo:secret-without-colon@127.0.0.1:1/kpo"}, 1, "cannot be read ("),
        (["fly"], {}, 2, "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_goes_wrong_is_one_helpful_line(
    environment: dict[str, str], arguments: list[str], more: dict[str, str], code: int, says: str
) -> None:
    done = kpo_bot(environment, *arguments, **more)
    assert done.returncode == code and says in done.stderr and "Traceback" not in done.stderr
    assert "secret-without-colon" not in done.stderr


@pytest.mark.parametrize("command", ["run", "ask", "check", "evaluate", "report", "teach", ""])
def test_help_has_an_example(environment: dict[str, str], command: str) -> None:
    done = kpo_bot(environment, *filter(None, [command]), "--help")
    assert done.returncode == 0 and "Example: " in done.stdout


def test_other_commands_start_without_what_a_report_needs(environment: dict[str, str]) -> None:
    script = "import sys, bot.cli; print(*sys.modules.keys() & {'pygal', 'jinja2', 'sqlalchemy', 'telegram', 'aiohttp'})"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.strip() == ""


def test_two_versions_are_compared(environment: dict[str, str], tmp_path: Path) -> None:
    """With a copy in a repository of its own, where an answerable topic was asked otherwise before."""
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=editor", "-c", "user.email=editor@example.org"]
    for step in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *step], check=True)
    asked = str(KNOWLEDGE / "questions" / "w6b.jsonl")
    theirs = environment | {"KPO_KNOWLEDGE": str(folder)}
    done = kpo_bot(theirs, "evaluate", asked, "--against", "HEAD", "--min-right", "50", "--max-wrong", "50")
    assert done.returncode == 0, done.stderr
    assert "before    after" in done.stdout and "none got worse or better" in done.stdout
    for name, told in (("no-such", "neither a folder nor a git revision"), ("--help", "neither")):
        done = kpo_bot(theirs, "evaluate", asked, f"--against={name}")
        assert done.returncode == 1 and told in done.stderr


@pytest.mark.parametrize("limit", [["--min-right", "100"], ["--max-wrong", "0"]])
def test_a_limit_that_is_missed_is_an_error(environment: dict[str, str], limit: list[str]) -> None:
    done = kpo_bot(environment, "evaluate", *limit)
    assert done.returncode == 1 and limit[0] in done.stderr


@pytest.mark.parametrize(
    ("is_terminal", "is_learned", "told"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_who_waits_for_the_learning_is_told(
    knowledge: Knowledge,
    matcher: Matcher,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_terminal: bool,
    is_learned: bool,
    told: bool,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    monkeypatch.setattr(console, "is_learned", lambda _: is_learned)
    assert console.learned(knowledge).knowledge is knowledge
    assert ("Learning the knowledge first" in capsys.readouterr().err) is told
