"""The preview in a real browser: the scenes played through, and the page looked over."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.conftest import KNOWLEDGE
from tests.playthrough import SCENES, Player, vote
from tests.preview.browser import BrowserPlayer
from tests.preview.conftest import kpo_bot_preview

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

# What is wrong with the page as it is laid out: a list of complaints, each naming the element.
LOOKED_OVER = """() => {
  const found = [], shown = e => e.checkVisibility() && e.getClientRects().length;
  const name = e => `${e.tagName} ${(e.textContent || '').trim().slice(0, 40)}`;
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  for (const e of [...document.querySelectorAll('button, a, article')].filter(shown)) {
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline') found.push(`cut: ${name(e)}`);
    const box = e.getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`outside: ${name(e)}`);
  }
  const buttons = [...document.querySelectorAll('article button')].filter(shown);
  for (const [i, one] of buttons.entries()) for (const other of buttons.slice(i + 1)) {
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      found.push(`overlap: ${name(one)} / ${name(other)}`);
  }
  const strong = /[A-Za-z\\u05d0-\\u05ea\\u200f]/;
  const said = e => document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
  for (const bubble of document.querySelectorAll('article[data-from=bot]'))
  for (const walk = said(bubble); walk.nextNode(); ) for (const line of walk.currentNode.textContent.split('\\n')) {
    const first = line.match(strong);
    if (first && /[A-Za-z]/.test(first[0]) && /[\\u05d0-\\u05ea]/.test(line)) found.push(`left to right: ${line.slice(0, 40)}`);
  }
  return found;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(environment: dict[str, str]) -> AsyncIterator[str]:
    async with kpo_bot_preview(environment, "preview", "--no-browser", "--port", "0") as address:
        yield address


OpenPage = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Any, address: str) -> AsyncIterator[OpenPage]:
    """Opens the preview in a window of its own; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    async def open_page(**options: Any) -> Any:
        context = await browser.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith(address) else None)
        await page.goto(address)
        await page.get_by_role("button", name="התחלה").wait_for()
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.mark.parametrize("look", ["desk", "phone", "dark"])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_scene(open_page: OpenPage, scene: Callable[[Player], Awaitable[None]], look: str, tmp_path: Path) -> None:
    options = {"desk": {}, "phone": {"viewport": PHONE, "has_touch": True}, "dark": {"color_scheme": "dark"}}[look]
    page = await open_page(**options)
    await scene(BrowserPlayer(page))
    await page.screenshot(path=tmp_path / f"{scene.__name__}-{look}.png")
    assert await page.evaluate(LOOKED_OVER) == []


async def test_dark_is_dark(open_page: OpenPage) -> None:
    colour = "getComputedStyle(document.querySelector('aside')).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"
    [light, dark] = [await (await open_page(color_scheme=scheme)).evaluate(colour) for scheme in ("light", "dark")]
    assert min(light) > 200 and max(dark) < 80


async def test_windows_are_chats_of_their_own_and_a_reload_keeps_one(open_page: OpenPage) -> None:
    one, other = await open_page(), await open_page()
    await BrowserPlayer(one).write("מה זה KPO?")
    await BrowserPlayer(one).see("ניסיון")
    assert await other.locator("#log article").count() == 0
    await one.reload()
    await BrowserPlayer(one).see("ניסיון")
    await BrowserPlayer(one).write("ומה היתרונות שלו?")
    await BrowserPlayer(one).see("היתרון המרכזי")


async def test_why_is_told_and_follows_what_is_typed(open_page: OpenPage) -> None:
    page = await open_page()
    why, player = page.locator("#why"), BrowserPlayer(page)
    await player.write("מה זה KPO?")
    await why.get_by_text("basics.yaml:").first.wait_for()
    await player.composer.press_sequentially("מה היתרונות")
    await why.get_by_text("advantages.yaml:").first.wait_for()
    await player.composer.fill("")
    await why.get_by_text("basics.yaml:").first.wait_for()
    await player.write("לא, התכוונתי ל-BPO")
    await why.get_by_text("ההודעה מתקנת").wait_for()


async def test_a_link_opens_a_topic_and_commands_have_a_menu(open_page: OpenPage, address: str) -> None:
    page = await open_page()
    player = BrowserPlayer(page)
    await page.goto(f"{address}?start=israel")
    await player.see("רוסיה")
    await player.composer.fill("/")
    assert await page.get_by_role("option").count() >= 4
    await page.get_by_role("option").filter(has_text="/about").click()
    await player.see("נורית לין")


async def test_an_answer_can_be_passed_on(open_page: OpenPage) -> None:
    page = await open_page()
    player = BrowserPlayer(page)
    await player.write("מה זה BPO?")
    await player.press("שיתוף")
    await page.get_by_role("dialog").get_by_text("start=bpo-definition").wait_for()
    await page.get_by_role("button", name="פתיחה כאן").click()
    await player.see("Business Processing")


async def test_the_keyboard_alone_does(open_page: OpenPage) -> None:
    page = await open_page()
    await page.get_by_role("button", name="התחלה").focus()
    await page.keyboard.press("Enter")
    await page.locator("#log article[data-from=bot] button").first.wait_for()
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.closest('article[data-from=bot] button') !== null"):
            break
    await page.keyboard.press("Enter")
    await BrowserPlayer(page).see("ניסיון")


async def test_it_is_spoken(open_page: OpenPage) -> None:
    page = await open_page()
    await vote(BrowserPlayer(page))
    log = page.get_by_role("log")
    assert await log.get_attribute("aria-live") == "polite"
    unnamed = """[...document.querySelectorAll('button, textarea, input')].filter(e => e.checkVisibility()
      && !e.ariaLabel && !e.textContent.trim() && !e.labels?.length).map(e => e.outerHTML)"""
    assert await page.evaluate(unnamed) == []


async def test_changed_knowledge_answers_next_and_mistakes_are_shown(
    browser: Any, environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    file = folder / "basics.yaml"
    good = re.sub(r"(answer: \|\n\s+)", r"\1נוסח חדש. ", file.read_text(encoding="utf-8"), count=1)
    async with kpo_bot_preview(
        environment | {"KPO_KNOWLEDGE": str(folder)}, "preview", "--no-browser", "--port", "0"
    ) as address:
        page = await browser.new_page()
        page.set_default_timeout(15_000)
        await page.goto(address)
        player = BrowserPlayer(page)
        await player.write("מה זה KPO?")
        file.write_text(good, encoding="utf-8")
        await player.write("/start kpo-definition")
        await player.see("נוסח חדש")
        file.write_text(good.replace("kind: answer", "kind: nonsense", 1), encoding="utf-8")
        await page.locator("#problems").get_by_text("basics.yaml").wait_for()
        await player.write("מה זה BPO?")
        await player.see("Business Processing")
        file.write_text(good, encoding="utf-8")
        await page.locator("#problems").get_by_text("basics.yaml").wait_for(state="hidden")
        await page.close()
