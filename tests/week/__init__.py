"""A simulated week: people write to the bot, an editor teaches it, and it gets better. `python -m tests.week --help`."""
