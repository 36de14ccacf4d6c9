"""Settings from the environment, read once into a frozen record. Secrets show in no repr, error or log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class SettingsError(Exception):
    """A wrong value: one line that names the variable and the fix, and never the value of a secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, each from the variable that its comment names."""

    token: SecretStr | None = None
    """TELEGRAM_TOKEN, or the content of TELEGRAM_TOKEN_FILE."""
    api_url: str = TELEGRAM
    """TELEGRAM_API_URL, without a slash at the end."""
    knowledge: Path | None = None
    """KPO_KNOWLEDGE; None: the knowledge that ships with the package."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings. An empty variable is the same as none. Raises SettingsError."""
        folder = environ.get("KPO_KNOWLEDGE", "").strip()
        return cls(token=_token(environ), api_url=_api_url(environ), knowledge=Path(folder) if folder else None)


def _token(environ: Mapping[str, str]) -> SecretStr | None:
    name, value = "TELEGRAM_TOKEN", environ.get("TELEGRAM_TOKEN", "").strip()
    file = environ.get("TELEGRAM_TOKEN_FILE", "").strip()
    if file and value:
        raise SettingsError("TELEGRAM_TOKEN and TELEGRAM_TOKEN_FILE are both set: keep one of them")
    if file:
        name = "TELEGRAM_TOKEN_FILE"
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{name}: the file {file} cannot be read: name a file that holds the token") from None
        if not value:
            raise SettingsError(f"{name}: the file {file} is empty: put the token in it")
    if not value:
        return None
    if not _TOKEN.fullmatch(value):
        raise SettingsError(f"{name}: this is no bot token: copy it from @BotFather, digits, a colon, letters (123456:ABC...)")
    return SecretStr(value)


def _api_url(environ: Mapping[str, str]) -> str:
    value = environ.get("TELEGRAM_API_URL", "").strip().rstrip("/")
    if not value:
        return TELEGRAM
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or parts.username:
        raise SettingsError("TELEGRAM_API_URL: this is no address: write it as http://host:port, without the token")
    return value
