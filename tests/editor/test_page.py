"""The page: it needs nothing else, tells what the report tells, and is whole at every width."""

import os
import re
import stat
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Responder
from bot.editor.groups import Group, Upheld
from bot.editor.html import page, write
from bot.editor.period import Period
from bot.editor.report import report
from bot.store import Interaction, Vote
from bot.store.reading import Kept
from tests.editor.making import NO_EXAMPLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 1, 15, 30)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> KPO אגוזים \u202eהפוך"
LONG = "KPO " + "אגוז" * 300
WIDTHS = {"phone": 390, "desk": 1280}

CUT = """() => {
  const found = [], name = e => `${e.tagName}.${e.className.baseVal ?? e.className} ${e.textContent.trim().slice(0, 40)}`;
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  for (const e of document.querySelectorAll('body *:not(svg *)')) {
    const box = e.getBoundingClientRect();
    if (!box.width) continue;
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`outside: ${name(e)}`);
    const inline = getComputedStyle(e).display === 'inline';
    if (!inline && e.tagName !== 'svg' && e.scrollWidth > e.clientWidth + 1) found.push(`cut: ${name(e)}`);
  }
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (text.textContent && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1))
        found.push(`cut in a chart: ${text.textContent}`);
      if (text.textContent.includes('…')) found.push(`shortened in a chart: ${text.textContent}`);
      for (const bar of svg.querySelectorAll('.bar rect')) {
        const other = bar.getBoundingClientRect();
        if (other.width > 1 && other.height > 1 && box.left < other.right - 1 && other.left < box.right - 1 &&
            box.top < other.bottom - 1 && other.top < box.bottom - 1) found.push(`over a bar: ${text.textContent}`);
      }
    }
  }
  return found;
}"""


class Parsed(HTMLParser):
    """The tags of a page with their attributes, and the text outside of style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._inside:
            self.text += data


def kept(responder: Responder, days: int = 7) -> Kept:
    """Some of everything."""
    topics = [topic for topic, entry in responder.knowledge.entries.items() if entry.kind != "chat"]
    talk: list[Interaction] = []
    votes: list[Vote] = []
    for i in range(2_000):
        at = NOW.timestamp() - (i % (2 * days)) * 86_400 - i % 50_000
        person, topic = str(i % 300), topics[(i * i) % len(topics)]
        talk.append(Interaction(at, person, person, "answer", (topic,), 0.9, None))
        if i % 20 == 0:
            votes.append(Vote(at + 1, person, i, person, (topic,), i % 3 > 0, None if i % 3 else f"אגוז {i}"))
        if i % 4 == 0:
            text = [EVIL, LONG, "http://example.com/" + "x" * 300, f"KPO {i} אגוזים", "והאגוזים שלו?"][i // 4 % 5]
            talk.append(Interaction(at + 60, person, person, ("suggest", "fallback")[i % 8 // 4], (), 0.2, text))
    return Kept("/a/very/long/folder/" + "of-people/" * 8 + "kpo.db", sorted(talk, key=lambda one: one.at), votes)


def made(responder: Responder, days: int = 7) -> str:
    return page(report(kept(responder, days), Period.of_days(days, NOW), responder, NO_EXAMPLES), 50, NOW)


def empty(responder: Responder) -> str:
    return page(report(Kept("kpo.db", [], []), Period.of_days(7, NOW), responder, NO_EXAMPLES), 50, NOW)


@pytest.fixture(scope="module")
def full(responder: Responder) -> str:
    return made(responder)


# --- as text ---------------------------------------------------------------------------------------------------------


async def test_it_is_hebrew_from_right_to_left(full: str) -> None:
    html = next(attributes for tag, attributes in Parsed(full).tags if tag == "html")
    assert (html["lang"], html["dir"]) == ("he", "rtl")


async def test_it_needs_nothing_else(full: str, responder: Responder) -> None:
    for html in (full, empty(responder)):
        found = Parsed(html)
        assert {tag for tag, _ in found.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form"})
        attributes = [(name, value) for _, some in found.tags for name, value in some.items()]
        assert [
            name for name, _ in attributes if name in ("src", "href", "srcset", "xlink:href") or name.startswith("on")
        ] == []
        assert [value for _, value in attributes if value and re.search(r"//|url\(", value)] == []
        style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
        assert style and not re.search(r"@import|url\(|//", style[1])
        # Where a link is shown, somebody wrote it.
        assert set(re.findall(r"https?://[^\s<]{11}", html)) <= {"http://example.com"}
        assert dict(attributes)["content"] == "default-src 'none'; style-src 'unsafe-inline'"


async def test_what_people_wrote_is_text(full: str) -> None:
    found = Parsed(full)
    assert "<script>alert(1)</script>" in found.text and "<script" not in full
    isolated = re.findall(r'<bdi dir="(?:auto|rtl)">([^<]*)</bdi>', full)
    assert any("&lt;script&gt;" in text for text in isolated)


@pytest.mark.parametrize(
    ("text", "direction"), [("Global Sourcing Now זה מי?", "rtl"), ("who wrote it?", "auto"), ("מי כתב?", "rtl")]
)
async def test_hebrew_is_hebrew_whatever_word_comes_first(responder: Responder, text: str, direction: str) -> None:
    one = Interaction(NOW.timestamp() - 60, "c", "p", "fallback", (), 0.1, text)
    found = report(Kept("kpo.db", [one], []), Period.of_days(1, NOW), responder, NO_EXAMPLES)
    group = Group(((text, 1),), None, 1, 1, 0, ())
    assert f'<bdi dir="{direction}">{text}</bdi>' in page(replace(found, groups=[group]), 50, NOW)


@pytest.mark.parametrize(
    ("understood", "off_domain", "told"),
    [
        (0, 0, "שלא עזרה. הודעות שמבקשות"),
        (2, 0, "את 2 מהן הוא כבר מבין היום. כאן מופיעות השאר."),
        (1, 3, "את אחת מהן הוא כבר מבין היום, ו־3 כבר מסומנות בידע כלא שייכות לתחום. כאן מופיעות השאר."),
        (1, 1, "את אחת מהן הוא כבר מבין היום, ואחת כבר מסומנת בידע כלא שייכת לתחום. כאן מופיעות השאר."),
        (0, 1, "שלא עזרה. אחת מהן כבר מסומנת בידע כלא שייכת לתחום. כאן מופיעות השאר."),
        (0, 4, "שלא עזרה. 4 מהן כבר מסומנות בידע כלא שייכות לתחום. כאן מופיעות השאר."),
    ],
)
async def test_it_tells_what_is_taught_already(responder: Responder, understood: int, off_domain: int, told: str) -> None:
    one = Interaction(NOW.timestamp() - 60, "c", "p", "fallback", (), 0.1, "איך מכינים שקשוקה")
    found = report(Kept("kpo.db", [one], []), Period.of_days(1, NOW), responder, NO_EXAMPLES)
    html = page(replace(found, missed=5, understood=understood, off_domain=off_domain), 50, NOW)
    assert told in " ".join(Parsed(html).text.split())


async def test_it_tells_what_was_voted_down_though_the_knowledge_says_it_is_right(responder: Responder) -> None:
    one = Interaction(NOW.timestamp() - 60, "c", "p", "fallback", (), 0.1, "איך מכינים שקשוקה")
    found = report(Kept("kpo.db", [one], []), Period.of_days(1, NOW), responder, NO_EXAMPLES)
    assert "לפי הידע" not in page(found, 50, NOW)
    html = page(replace(found, upheld=(Upheld(EVIL, ("israel",), 2), Upheld("מה זה KPO", ("gone",), 1))), 50, NOW)
    text = " ".join(Parsed(html).text.split())
    assert "3 הודעות נענו לפי הידע, ובכל זאת התשובה לא עזרה" in text and f"התשובה: {found.title('israel')}" in text
    assert "2 פעמים" in text and "התשובה: gone" in text and "<script" not in html


async def test_it_tells_the_figures(full: str, responder: Responder) -> None:
    found = report(kept(responder), Period.of_days(7, NOW), responder, NO_EXAMPLES)
    text = " ".join(Parsed(full).text.split())
    assert f"{found.figures.messages:,}" in text and found.before and f"{found.before.messages:,}" in text
    assert "23.02.2026 עד 01.03.2026" in text and "נשאל בהמשך לתשובה על" in text
    assert all(found.title(row.topic) in text for row in found.asked)
    assert full.count('<li class="group">') == min(50, len(found.groups))


async def test_charts_are_drawn_and_say_what_they_show(full: str) -> None:
    charts = re.findall(r"<svg.*?</svg>", full, re.DOTALL)
    assert len(charts) == 2 and all('role="img"' in chart and 'aria-label="' in chart for chart in charts)
    assert re.search(r"<title>נענו, 01\.03: \d+</title>", charts[0])
    assert "<style" not in "".join(charts)


async def test_nothing_yet_says_how_to_get_there(responder: Responder) -> None:
    text = Parsed(empty(responder)).text
    for part in ("עדיין אין כאן הודעות", "kpo.db", "KPO_DATABASE_URL", "TELEGRAM_TOKEN"):
        assert part in text


async def test_one_is_not_written_as_many(responder: Responder) -> None:
    one = Interaction(NOW.timestamp() - 60, "c", "p", "fallback", (), 0.1, "איך מכינים שקשוקה")
    text = Parsed(page(report(Kept("kpo.db", [one], []), Period.of_days(1, NOW), responder, NO_EXAMPLES), 50, NOW)).text
    assert "אדם אחד" in text and "הודעה אחת" in text and not re.search(r"\b1 (הודעות|אנשים)", text)


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("days", [1, 7, 40, 400, 0])
async def test_nothing_is_cut(browser: Any, responder: Responder, tmp_path: Path, width: int, days: int) -> None:
    file = tmp_path / "report.html"
    write(file, made(responder, days) if days else empty(responder))
    context = await browser.new_context(viewport={"width": width, "height": 800})
    view = await context.new_page()
    asked: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda said: asked.append(said.text))
    await view.goto(file.as_uri())
    for details in await view.locator("details").all():
        await details.evaluate("one => { one.open = true }")
    assert await view.evaluate(CUT) == []
    assert asked == [file.as_uri()]
    await context.close()


async def test_dark_is_dark(browser: Any, full: str) -> None:
    colours = []
    for scheme in ("light", "dark"):
        context = await browser.new_context(color_scheme=scheme)
        view = await context.new_page()
        await view.set_content(full)
        script = "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"
        colours.append(await view.evaluate(script))
        await context.close()
    assert min(colours[0]) > 200 and max(colours[1]) < 80


# --- writing ---------------------------------------------------------------------------------------------------------


async def test_a_file_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")
    write(file, "אחרי")
    assert file.read_text(encoding="utf-8") == "אחרי" and list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.html"
    file.write_text("before")

    def full_disk(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        write(file, "after")
    assert file.read_text() == "before" and list(tmp_path.iterdir()) == [file]
