"""What tests share: the shipped knowledge, and a responder that learned from it once a session."""

import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.conversation import Responder
from bot.knowledge import Examples, Knowledge, load, load_examples
from bot.matcher.index import matcher_for
from bot.matcher.matcher import Matcher
from tests.preview.browser import chromium, launched

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that tests learn or store lands in the person's folders, and nothing that is there reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        for name in [name for name in os.environ if name.startswith(("TELEGRAM_", "KPO_"))]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(KNOWLEDGE)


@pytest.fixture(scope="session")
def examples(knowledge: Knowledge) -> Examples:
    return load_examples(knowledge)


@pytest.fixture(scope="session")
def matcher(knowledge: Knowledge) -> Matcher:
    """Learned once, and kept in the tests' own cache, so that commands that tests run need not learn again."""
    return matcher_for(knowledge)


@pytest.fixture(scope="session")
def responder(knowledge: Knowledge, matcher: Matcher) -> Responder:
    return Responder(knowledge, matcher)


@pytest.fixture(scope="session")
def environment(matcher: Matcher) -> dict[str, str]:
    """A person's environment without settings, with what the tests' matcher learned."""
    return dict(os.environ) | {"LC_ALL": "C"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    """Chromium, driven by Playwright."""
    needed(find_spec("playwright") is not None, "Playwright")
    needed(chromium() is not None, "Chromium")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await launched(playwright)
        yield browser
        await browser.close()


def needed(is_there: bool, what: str) -> None:
    """Skip a test that needs something which this machine does not have; in CI, which installs it, fail."""
    if not is_there and os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must not skip what needs it")
    if not is_there:
        pytest.skip(f"needs {what}")
