"""What one writes with python-telegram-bot in half an hour, to compare with: this project's answers, received and sent as the
library's examples do it.

    TELEGRAM_TOKEN=... TELEGRAM_API_URL=... python -m tests.benchmarks.telegram_stock
"""

from __future__ import annotations

import os
from typing import Any

from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, MessageHandler, filters

from bot.conversation import Context, Responder
from bot.knowledge import find_knowledge, load
from bot.telegram import rendering

responder = Responder(load(find_knowledge()))


async def answer(update: Update, context: Any) -> None:
    """Answer a question, and keep what the next one may lean on."""
    assert update.message and update.message.text
    reply, context.chat_data["context"] = responder.reply(update.message.text, context.chat_data.get("context", Context()))
    for message in rendering.reply(reply, responder.knowledge, context.bot.username):
        await update.message.reply_text(message.html, parse_mode=ParseMode.HTML, reply_markup=message.keyboard)


def main() -> None:
    """Run until it is stopped."""
    builder = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).base_url(os.environ["TELEGRAM_API_URL"] + "/bot")
    application = builder.concurrent_updates(64).build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, answer))
    application.run_polling()


if __name__ == "__main__":
    main()
