"""A person at the preview's page, in Chromium."""

import re
import shutil
from typing import Any

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def chromium() -> str | None:
    """The browser that is installed, if any."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


async def launched(playwright: Any) -> Any:
    """The browser, without a window."""
    return await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


class BrowserPlayer:
    """Plays a person at the page."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.log = page.locator("#log")
        self.composer = page.get_by_label("הודעה", exact=True)

    async def write(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")
        await self.log.locator("article[data-from=bot]:last-of-type").wait_for()

    async def edit(self, text: str) -> None:
        await self.composer.press("ArrowUp")
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def press(self, label: str) -> None:
        # The mark that makes Telegram lay a label out from the right is no part of its words.
        name = re.compile("^\u200f?" + re.escape(label) + "$")
        await self.log.get_by_role("button", name=name).last.click()

    async def search(self, query: str) -> list[str]:
        await self.page.get_by_role("button", name="חיפוש").first.click()
        await self.page.get_by_role("combobox").fill(query)
        await self.page.get_by_role("option").first.wait_for()
        return [text.replace("\u200f", "").split("\n")[0] for text in await self.page.get_by_role("option").all_inner_texts()]

    async def pick(self, title: str) -> None:
        await self.page.get_by_role("option").filter(has_text=title).first.click()

    async def see(self, text: str) -> None:
        await self.log.locator("article").last.filter(has_text=text).wait_for()

    async def see_button(self, label: str) -> None:
        await self.log.get_by_role("button", name=re.compile("^\u200f?" + re.escape(label) + "$")).last.wait_for()
