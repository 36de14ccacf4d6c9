import os

# python-telegram-bot is to tell times as it will from its next major version on, without a warning at each.
os.environ.setdefault("PTB_TIMEDELTA", "1")
