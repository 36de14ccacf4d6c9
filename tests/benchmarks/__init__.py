import bot.matcher  # noqa: F401  before numpy, which then uses one core
