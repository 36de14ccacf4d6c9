# Built in one image, run in another that has no build tools. Runs as well with a read-only root file system and no capabilities:
#   docker run --read-only --cap-drop ALL -v kpo:/data -e TELEGRAM_TOKEN=123456:ABC... kpo-bot
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
RUN python -m venv /opt/kpo-bot && /opt/kpo-bot/bin/pip install --no-cache-dir '.[postgres]'

FROM python:3.12-slim
# What the bot writes by default, its SQLite database and what it learns from another knowledge, lies in /data.
RUN useradd --create-home --uid 1000 kpo && install --directory --owner=kpo --group=kpo --mode=0700 /data
COPY --from=build /opt/kpo-bot /opt/kpo-bot
ENV PATH="/opt/kpo-bot/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 XDG_DATA_HOME=/data XDG_CACHE_HOME=/data/cache
VOLUME /data
# A number, so that what runs it can tell that it is not root.
USER 1000:1000
WORKDIR /data
# With KPO_LISTEN the bot is asked. Without it there is no port to ask: the check is that the bot can load what it knows.
HEALTHCHECK --interval=1m --timeout=20s --start-period=1m CMD if [ -z "$KPO_LISTEN" ]; then exec kpo-bot check; fi; \
    exec python -c 'import os, urllib.request as r; host, _, port = os.environ["KPO_LISTEN"].strip().rpartition(":"); \
r.build_opener(r.ProxyHandler({})).open(f"http://{host}:{port}/healthz".replace("//:", "//127.0.0.1:"), timeout=5)'
CMD ["kpo-bot", "run"]
