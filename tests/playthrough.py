"""Conversations that are played through twice: in a browser against the preview, and without one against `kpo-bot run`."""

from collections.abc import Awaitable, Callable
from typing import Protocol


class Player(Protocol):
    """Somebody at a chat with the bot."""

    async def write(self, text: str) -> None:
        """Send a message."""

    async def edit(self, text: str) -> None:
        """Change one's last message."""

    async def press(self, label: str) -> None:
        """Press the button with this label in the newest message that has it."""

    async def search(self, query: str) -> list[str]:
        """Use inline mode: the titles that are found."""

    async def pick(self, title: str) -> None:
        """Send the result with this title."""

    async def see(self, text: str) -> None:
        """Wait until the last message of the chat has this text."""

    async def see_button(self, label: str) -> None:
        """Wait until the last message with buttons has one with this label."""


async def ask(player: Player) -> None:
    await player.write("היי, אשמח להבין nv zv kpo")
    await player.see("ניסיון")
    await player.write("ומה היתרונות שלו?")
    await player.see("היתרון המרכזי")


async def press_a_related_topic(player: Player) -> None:
    await player.write("מה זה KPO?")
    await player.press("מה ההבדל בין KPO ל-BPO?")
    await player.see("שני הבדלים")


async def walk_the_menu(player: Player) -> None:
    await player.write("/topics")
    for theme, topic in [("הבסיס", "מה זה BPO?"), ("תחזיות ומדינות", "אילו מדינות מובילות ב-KPO?")]:
        await player.press(theme)
        await player.see_button(topic)
        await player.press("חזרה לרשימת הנושאים")
        await player.see_button(theme)
    await player.press("תחזיות ומדינות")
    await player.press("אילו מדינות מובילות ב-KPO?")
    await player.see("הודו")


async def vote(player: Player) -> None:
    await player.write("מה היתרונות של KPO?")
    await player.press("עזר 👍")
    await player.see_button("עזר 👍 ✓")
    await player.press("לא עזר 👎")
    await player.see("אולי הכוונה לאחד מאלה?")
    await player.press("אף אחד מאלה")
    await player.see_button("הבסיס")


async def pick_a_suggestion(player: Player) -> None:
    await player.write("KPO גמלים")
    await player.see("אולי הכוונה")
    await player.press("מה זה KPO?")
    await player.see("ניסיון")
    await player.write("לא, התכוונתי ליתרונות")
    await player.see("היתרון המרכזי")


async def edit_a_question(player: Player) -> None:
    await player.write("מה זה KPO?")
    await player.see("ניסיון")
    await player.edit("מה זה BPO?")
    await player.see("Business Processing")


async def search_in_line(player: Player) -> None:
    titles = await player.search("היתרונות")
    assert titles[0] == "מה היתרונות של KPO?"
    await player.pick(titles[0])
    await player.see("נורית לין")


async def go_on(player: Player) -> None:
    await player.write("מה זה KPO?")
    await player.see("ניסיון")
    await player.write("תסביר שוב מה זה KPO")
    await player.see("על זה כבר עניתי")
    await player.write("תרחיב")
    await player.see("אפשר להמשיך מכאן אל")
    await player.press("מה ההבדל בין KPO ל-BPO?")
    await player.see("שני הבדלים")


async def ask_two_things_and_in_english(player: Player) -> None:
    await player.write("מי כתב את המאמר ואיזה מדינות מובילות?")
    await player.see("נורית לין")
    await player.see("70%")
    await player.write("what is outsourcing?")
    await player.see("Answers are in Hebrew only")


SCENES: list[Callable[[Player], Awaitable[None]]] = [
    ask,
    press_a_related_topic,
    walk_the_menu,
    vote,
    pick_a_suggestion,
    edit_a_question,
    search_in_line,
    go_on,
    ask_two_things_and_in_english,
]
