"""The commands. Each reads its input, calls the core, and prints."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from collections import defaultdict
from collections.abc import Iterator

import click
from pydantic import BaseModel, ConfigDict, ValidationError

from bot import __version__
from bot.console import Fail, responder_or_fail, settings_or_fail
from bot.conversation import Context, Reply, Responder
from bot.editor.checking import check_command
from bot.editor.commands import report_command, teach_command
from bot.editor.measuring import evaluate_command
from bot.knowledge import load_examples
from bot.matcher.explain import explain

NO_TOKEN = """\
No TELEGRAM_TOKEN is set, so this is the preview: the same bot, in a page on this machine.
To put the bot on Telegram: write to @BotFather, send /newbot, and start again with the token that it gives:
    TELEGRAM_TOKEN=123456:ABC... kpo-bot
"""


class _Question(BaseModel):
    """A line of `ask --json`."""

    model_config = ConfigDict(strict=True, extra="ignore")

    q: str
    chat: str | None = None


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpo-bot")
@click.pass_context
def cli(context: click.Context) -> None:
    """A Telegram bot that answers, in Hebrew, questions about KPO.

    Without a command: runs the bot if TELEGRAM_TOKEN is set, else the preview.

    Example: kpo-bot ask "מה זה KPO?"
    """
    if context.invoked_subcommand is None:
        settings = settings_or_fail()
        if settings.token is None:
            click.echo(NO_TOKEN, err=True)
            context.invoke(preview)
        else:
            context.invoke(run)


@cli.command()
def run() -> None:
    """Run the bot on Telegram until it is told to stop (SIGTERM, Ctrl-C).

    Example: TELEGRAM_TOKEN=123456:ABC... kpo-bot run
    """
    settings = settings_or_fail()
    if settings.token is None:
        raise Fail("TELEGRAM_TOKEN is not set: write to @BotFather, send /newbot, and set it to the token that it gives")
    responder = responder_or_fail(settings)
    # Imported here: python-telegram-bot takes a while, and no other command needs it.
    from bot.telegram.app import run as run_bot

    sys.exit(run_bot(settings, responder))


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Use this port; 0 for any free one.")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser, where there is one.")
def preview(port: int | None, browser: bool) -> None:
    """Meet the bot in a page on this machine, without a token and without Telegram; Ctrl-C ends it.

    Example: KPO_KNOWLEDGE=./knowledge kpo-bot preview
    """
    settings = settings_or_fail()
    responder = responder_or_fail(settings)
    from bot.preview.server import serve

    try:
        serve(settings, responder, port, on_ready=_open if browser else click.echo)
    except OSError as error:
        raise Fail(
            f"the preview cannot listen on port {port}: {error.strerror}; choose another --port, or leave it out"
        ) from None


def _open(address: str) -> None:
    """Print the address, and open it in a browser with windows: one in the terminal would cover the output."""
    click.echo(address)
    if sys.stdout.isatty() and (sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()):
        webbrowser.open(address)


@cli.command()
@click.argument("question", required=False)
@click.option("--json", "as_lines", is_flag=True, help="Read one JSON object a line, write one a line.")
@click.option("--explain", "explained", is_flag=True, help="Say why.")
def ask(question: str | None, as_lines: bool, explained: bool) -> None:
    """Answer one QUESTION, or hold a conversation without one.

    Example: kpo-bot ask --explain "במה זה שונה מ-bpo"
    """
    if as_lines and (question is not None or explained):
        raise click.UsageError("--json reads its questions from standard input, and takes neither QUESTION nor --explain")
    responder = responder_or_fail(settings_or_fail())
    if as_lines:
        for line in _answers(responder):
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    elif question is None:
        _talk(responder, explained)
    else:
        _say(responder, question, Context(), explained)


def _answers(responder: Responder) -> Iterator[bytes]:
    """The lines of `ask --json`: a reply, or an error in its place, for each line of standard input."""
    contexts: dict[str, Context] = defaultdict(Context)
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer: dict[str, object]
        try:
            question = _Question.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            answer = {"error": f"{where}: {first['msg']}" if where else first["msg"]}
        else:
            # A line without a chat is a conversation of its own.
            before = contexts[question.chat] if question.chat is not None else Context()
            reply, after = responder.reply(question.q, before)
            if question.chat is not None:
                contexts[question.chat] = after
            answer = {"q": question.q, **_as_json(reply)}
        # A lone surrogate cannot be encoded; as an escape it is still the same JSON text.
        yield json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _as_json(reply: Reply) -> dict[str, object]:
    return {
        "decision": str(reply.decision),
        "topics": list(reply.topics),
        "text": reply.text,
        "buttons": [{"label": button.label, "topic": button.topic} for button in reply.buttons],
    }


def _say(responder: Responder, question: str, context: Context, explained: bool) -> tuple[Reply, Context]:
    reply, after = responder.reply(question, context)
    _print(reply)
    if explained:
        turn = responder.understand(question, context)
        phrasings = load_examples(responder.knowledge).phrasings
        titles = {entry.id: entry.title for entry in responder.knowledge.entries.values()}
        click.echo("\n".join(["", *explain(question, turn, responder.matcher, phrasings).lines(titles)]))
    return reply, after


def _print(reply: Reply) -> None:
    click.echo(reply.text.strip())
    for number, button in enumerate(reply.buttons, 1):
        click.echo(f"  {number}. {button.label}")


def _talk(responder: Responder, explained: bool = False) -> None:
    """A conversation in the terminal. The number of an offered topic picks it; Ctrl-D ends it."""
    prompt = "> " if sys.stdin.isatty() else ""
    click.echo(responder.knowledge.texts.start.strip())
    context = Context()
    offered: dict[str, str] = {}
    while True:
        try:
            line = input(prompt).strip()
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return
        if line in offered:
            reply, context = responder.show(offered[line], context)
            _print(reply)
        elif line:
            reply, context = _say(responder, line, context, explained)
        else:
            continue
        offered = {str(number): button.topic for number, button in enumerate(reply.buttons, 1)}


cli.add_command(check_command)
cli.add_command(evaluate_command)
cli.add_command(report_command)
cli.add_command(teach_command)


def main() -> None:
    """The entry point. Everything written is UTF-8, whatever the terminal's locale says."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    cli()
