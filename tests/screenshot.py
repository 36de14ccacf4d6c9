"""Takes the README's picture of the preview, in Chromium: `python -m tests.screenshot`."""

import asyncio
import os
from pathlib import Path

from playwright.async_api import async_playwright

from tests.preview.browser import BrowserPlayer, launched
from tests.preview.conftest import kpo_bot_preview

PICTURE = Path(__file__).parent.parent / ".docs" / "preview.png"


async def take() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "KPO_"))}
    async with (
        kpo_bot_preview(environment, "preview", "--no-browser", "--port", "0") as address,
        async_playwright() as playwright,
    ):
        browser = await launched(playwright)
        page = await browser.new_page(viewport={"width": 1150, "height": 790})
        await page.goto(address)
        player = BrowserPlayer(page)
        await player.write("היי, אשמח להבין nv zv kpo")
        await player.see("ניסיון")
        await player.press("עזר 👍")
        await player.see_button("עזר 👍 ✓")
        await player.write("ומה היתרונות שלו?")
        await player.see("היתרון המרכזי")
        await page.wait_for_timeout(4000)  # until the word of thanks for the vote is gone
        PICTURE.parent.mkdir(exist_ok=True)
        await page.screenshot(path=PICTURE)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
    print(PICTURE)
