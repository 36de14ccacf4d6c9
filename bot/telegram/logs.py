"""Logging that never shows the token, nor what people wrote."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from typing import Any

from pydantic import SecretStr


class RedactingFormatter(logging.Formatter):
    """Formats records with every occurrence of a secret taken out, tracebacks included."""

    def __init__(self, secrets: Iterable[SecretStr]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        values = [secret.get_secret_value() for secret in secrets]
        # The part of a token after the colon alone gives access as well.
        self._secrets = [part for value in values for part in (value, value.partition(":")[2]) if part]

    def formatException(self, ei: Any) -> str:  # the name is logging's
        """One line: what failed. Where, in somebody else's library, helps no operator; at DEBUG it is there."""
        if logging.getLogger().level <= logging.DEBUG:
            return super().formatException(ei)
        return f"{type(ei[1]).__name__}: {ei[1]}"

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def set_up(*secrets: SecretStr | None, level: int = logging.INFO) -> None:
    """Log to standard error, without these secrets."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(secret for secret in secrets if secret))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def without_words(error: BaseException) -> str:
    """An error's type and where it happened, without its message, which may quote what somebody wrote."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{frames}"
