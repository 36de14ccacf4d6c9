"""compose.yaml, the Dockerfile and nginx.conf, as far as one can tell without Docker."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.preview.botapi import BotAPI
from bot.settings import Settings
from tests.cluster.cluster import PATH, ROOT, command, configuration, nginx
from tests.telegram.conftest import TOKEN, free_port, served
from tests.telegram.test_run import kpo_bot_run

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_these_are_its_services() -> None:
    assert set(SERVICES) == {"bot", "nginx", "database"}
    assert SERVICES["bot"]["deploy"]["replicas"] == 2
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"], (
        "nobody else is reached from outside"
    )
    assert COMPOSE["networks"]["back"]["internal"] and SERVICES["database"]["networks"] == ["back"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), "not root"
    forbidden = {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc", "userns_mode"}
    assert not forbidden & set(service)
    assert service["restart"] == "unless-stopped"
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert all("condition" in on and on["condition"] == "service_healthy" for on in service.get("depends_on", {}).values())


def test_each_image_has_a_version() -> None:
    images = [service["image"] for service in SERVICES.values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 4
    for image in images:
        assert re.search(r":\d+\.?\d*", image), image


def test_no_secret_is_in_the_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if "SECRET" in variable or "PASSWORD" in variable:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?.+\}", value), f"{name}: {variable}"
    environment = SERVICES["bot"]["environment"]
    assert "TELEGRAM_TOKEN" not in environment and "telegram_token" in SERVICES["bot"]["secrets"]
    assert re.search(r"kpo:\$\{KPO_DATABASE_PASSWORD:\?[^@]+\}@", environment["KPO_DATABASE_URL"])
    # A read-only service can have no other (docker/compose#12531).
    assert all(set(one) == {"file"} for kind in ("secrets", "configs") for one in COMPOSE[kind].values())
    assert COMPOSE["secrets"]["telegram_token"]["file"].startswith("${TELEGRAM_TOKEN_FILE:?")


def test_the_bot_takes_its_settings_as_they_are_there(tmp_path: Path) -> None:
    environment = {
        name: re.sub(r"\$\{([A-Z_]+):\?.*?\}(?=[/@]|$)", lambda found: f"the-{found[1].lower()}", value)
        for name, value in SERVICES["bot"]["environment"].items()
    }
    token = tmp_path / "token"
    token.write_text(TOKEN.get_secret_value())
    settings = Settings.from_environ(environment | {"TELEGRAM_TOKEN_FILE": str(token)})
    assert settings.webhook_url == "https://the-kpo_host" + PATH and settings.listen == ("0.0.0.0", 8080)
    assert settings.database.get_secret_value() == "postgresql://kpo:the-kpo_database_password@database/kpo"
    assert settings.token == TOKEN


def test_nginx_accepts_its_configuration_and_has_the_webhooks_path(tmp_path: Path) -> None:
    nginx()
    assert COMPOSE["configs"]["nginx"]["file"] == ".docker/nginx.conf"
    file = configuration(tmp_path, free_port(), [free_port(), free_port()])
    done = subprocess.run(command(tmp_path, file, "-t"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "[warn]" not in done.stderr, done.stderr
    text = file.read_text()
    assert re.findall(r"proxy_pass .*", text) == ["proxy_pass http://bots;"]
    assert re.search(rf"location = {PATH} \{{[^}}]+\}}\s+proxy_pass", text), "the only path that is passed on"


@pytest.mark.usefixtures("matcher")
async def test_the_health_checks_say_how_it_is(tmp_path: Path) -> None:
    """That of compose.yaml and that of the image, run as Docker runs them, against a bot that is there and one that is not."""
    found = re.search(r"^HEALTHCHECK .*? CMD (.*?)(?<!\\)\n", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert found
    of_image = found[1].replace("\\\n", "")
    (_, *of_compose), port = SERVICES["bot"]["healthcheck"]["test"], free_port()

    async def says(listen: str) -> list[int]:
        environment = {"PATH": str(Path(sys.executable).parent) + ":/usr/bin:/bin", "KPO_LISTEN": listen}
        commands = [["/bin/sh", "-c", of_image], [part.replace(":8080", f":{port}") for part in of_compose]]
        processes = [
            await asyncio.create_subprocess_exec(*one, env=environment, stderr=asyncio.subprocess.DEVNULL) for one in commands
        ]
        return [await asyncio.wait_for(process.wait(), 60) for process in processes]

    api = BotAPI(TOKEN)
    runner, address = await served(api)
    assert await says(f"0.0.0.0:{port}") == [1, 1]
    async with kpo_bot_run(address, TOKEN, tmp_path / "log", KPO_LISTEN=f"0.0.0.0:{port}"):
        api.chat(1).write("מה זה KPO?")
        await api.until(lambda: bool(api.chat(1).from_bot), timeout=60)
        for listen in (f"0.0.0.0:{port}", f":{port}", f"127.0.0.1:{port}"):
            assert await says(listen) == [0, 0], listen
    await runner.cleanup()


def test_the_image_needs_to_write_nowhere_but_in_its_volume() -> None:
    _, _, final = DOCKERFILE.partition("\nFROM ")[2].partition("\nFROM ")
    assert "\nVOLUME /data\n" in final and "\nUSER 1000:1000\n" in final
    assert "XDG_DATA_HOME=/data" in final and "XDG_CACHE_HOME=/data/" in final
    assert ".[postgres]" in DOCKERFILE
