"""Settings from the environment, read once into a frozen record. Secrets show in no repr, error or log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import SecretStr

TELEGRAM = "https://api.telegram.org"
WEBHOOK_LISTEN = ("127.0.0.1", 8080)
"""Where a webhook is served unless KPO_LISTEN says otherwise: for a proxy on the same machine."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_DATABASES = ("sqlite", "sqlite+aiosqlite", "postgresql", "postgres", "postgresql+asyncpg")
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
    webhook_url: str | None = None
    """KPO_WEBHOOK_URL; None: polling."""
    webhook_secret: SecretStr | None = None
    """KPO_WEBHOOK_SECRET; there if the URL is."""
    listen: tuple[str, int] | None = None
    """KPO_LISTEN, host and port; None: nothing is served."""
    database: SecretStr = field(default_factory=lambda: SecretStr(_default_database()))
    """KPO_DATABASE_URL, which may hold a password; by default an SQLite file in the user's data folder."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings. An empty variable is the same as none. Raises SettingsError."""
        folder = environ.get("KPO_KNOWLEDGE", "").strip()
        webhook_url, webhook_secret = _webhook(environ)
        listen = _listen(environ)
        return cls(
            token=_token(environ),
            api_url=_api_url(environ),
            knowledge=Path(folder) if folder else None,
            webhook_url=webhook_url,
            webhook_secret=webhook_secret,
            listen=listen or (WEBHOOK_LISTEN if webhook_url else None),
            database=_database(environ),
        )


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


def _webhook(environ: Mapping[str, str]) -> tuple[str | None, SecretStr | None]:
    url, secret = (environ.get(name, "").strip() for name in ("KPO_WEBHOOK_URL", "KPO_WEBHOOK_SECRET"))
    if not url:
        return None, None
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        good = False
    if not good:
        raise SettingsError("KPO_WEBHOOK_URL: this is no address: write it as https://host/path, as Telegram is to call it")
    if not _SECRET.fullmatch(secret):
        raise SettingsError(
            "KPO_WEBHOOK_SECRET: a webhook needs a secret of 1 to 256 letters, digits, _ and -; "
            "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    return url, SecretStr(secret)


def _listen(environ: Mapping[str, str]) -> tuple[str, int] | None:
    value = environ.get("KPO_LISTEN", "").strip()
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise SettingsError("KPO_LISTEN: this is no place to listen: write it as host:port, such as 0.0.0.0:8080")
    return host.strip("[]") or "0.0.0.0", int(port)


def _default_database() -> str:
    return f"sqlite:///{user_data_path('kpo-bot') / 'kpo.sqlite3'}"


def _database(environ: Mapping[str, str]) -> SecretStr:
    value = environ.get("KPO_DATABASE_URL", "").strip()
    if not value:
        return SecretStr(_default_database())
    if value.partition("://")[0] not in _DATABASES or "://" not in value:
        raise SettingsError(
            "KPO_DATABASE_URL: this is no database that the bot knows: "
            "write sqlite:///path/to/file or postgresql://user:password@host/name"
        )
    return SecretStr(value)
