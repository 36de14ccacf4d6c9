"""`python -m bot` is `kpo-bot`."""

from bot.cli import main

main()
