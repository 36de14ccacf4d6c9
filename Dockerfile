# Built in one image, run in another that has no build tools.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
RUN python -m venv /opt/kpo-bot && /opt/kpo-bot/bin/pip install --no-cache-dir .

FROM python:3.12-slim
RUN useradd --create-home --uid 1000 kpo
COPY --from=build /opt/kpo-bot /opt/kpo-bot
ENV PATH="/opt/kpo-bot/bin:$PATH" PYTHONUNBUFFERED=1
USER kpo
WORKDIR /home/kpo
# Telegram is reached by polling, so there is no port to ask: the check is that the bot can load what it knows.
HEALTHCHECK --interval=5m --timeout=20s CMD ["kpo-bot", "check"]
CMD ["kpo-bot", "run"]
