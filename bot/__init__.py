"""A Telegram bot that answers, in Hebrew, questions about KPO (Knowledge Process Outsourcing)."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("kpo-bot")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "0"
