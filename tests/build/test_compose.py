"""docker-compose.yml is true: its services run here, by their own command lines and settings."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from offhook.app import config
from tests.build import compose
from tests.build.compose import ENV, ROOT, Here, Missing, Service, ours, postgres_of, redis_of

pytestmark = pytest.mark.integration

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
PROMETHEUS = ROOT / "deploy" / "prometheus" / "prometheus.yml"


@pytest.fixture
def services() -> dict[str, Service]:
    return compose.services(ENV)


@pytest.mark.parametrize("name", ["media", "messaging"])
async def test_a_role_becomes_healthy_and_stops_cleanly(
    name: str, services: dict[str, Service], tmp_path: Path
) -> None:
    here = Here()
    async with (
        redis_of(services["redis"], here, tmp_path),
        ours(services[name], here, tmp_path) as process,
    ):
        assert await process.stop() == 0, "\n".join(process.output)


async def test_signalling_keeps_what_it_is_told_in_the_database(
    services: dict[str, Service], tmp_path: Path
) -> None:
    here = Here()
    async with (
        redis_of(services["redis"], here, tmp_path),
        postgres_of(services["postgres"], here),
        ours(services["signalling"], here, tmp_path) as process,
    ):
        assert os.listdir(tmp_path / "signalling") == ["master.key"]
        said = "\n".join(process.output)
        assert await process.stop() == 0, said
    assert ENV["POSTGRES_PASSWORD"] not in said


async def test_redis_keeps_nothing_on_disk(services: dict[str, Service], tmp_path: Path) -> None:
    async with redis_of(services["redis"], Here(), tmp_path) as redis:
        await redis.stop()
    assert os.listdir(tmp_path) == []


def test_the_roles_of_the_file_are_all_that_there_are(services: dict[str, Service]) -> None:
    commands = [service.command for service in services.values() if service.is_ours]
    started = {command[command.index("--role") + 1] for command in commands}
    assert started | {"all"} == set(get_args(config.Role))


def test_every_setting_of_our_services_is_declared(services: dict[str, Service]) -> None:
    declared = {f"OFFHOOK_{name.upper()}" for name in config.Config.__struct_fields__}
    for service in services.values():
        if service.is_ours:
            assert set(service.environment) <= declared, service.name


def test_the_proxy_that_is_trusted_is_the_way_in_from_the_host(
    services: dict[str, Service],
) -> None:
    document = yaml.safe_load(compose.COMPOSE.read_text(encoding="utf-8"))
    (network,) = document["networks"]["default"]["ipam"]["config"]
    trusted = services["signalling"].environment["OFFHOOK_TRUSTED_PROXIES"]
    media = ipaddress.ip_address(services["media"].environment["OFFHOOK_MEDIA_HOST"])
    assert trusted == network["gateway"]
    assert media in ipaddress.ip_network(network["subnet"])


def test_a_missing_variable_is_named() -> None:
    without_url = {name: text for name, text in ENV.items() if name != "OFFHOOK_PUBLIC_URL"}
    with pytest.raises(Missing, match=r"OFFHOOK_PUBLIC_URL: say in \.env"):
        compose.services(without_url)


def test_the_example_env_lists_every_variable() -> None:
    example = (ROOT / "deploy" / "example.env").read_text(encoding="utf-8")
    listed = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert listed == compose.variables(compose.COMPOSE.read_text(encoding="utf-8"))


def test_every_image_has_a_full_version(services: dict[str, Service]) -> None:
    bases = [rest.split()[0] for word, rest in compose.instructions(DOCKERFILE) if word == "FROM"]
    for image in [*(service.image for service in services.values()), *bases]:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$", image), image


def test_our_services_can_do_no_more_than_they_must(services: dict[str, Service]) -> None:
    for service in services.values():
        if service.is_ours:
            assert service.declared["read_only"], service.name
            assert service.declared["cap_drop"] == ["ALL"], service.name
            assert service.declared["security_opt"] == ["no-new-privileges:true"], service.name
    steps = list(compose.instructions(DOCKERFILE))
    last_stage = steps[max(at for at, (word, _) in enumerate(steps) if word == "FROM") :]
    assert ("USER", "offhook") in last_stage


def test_what_the_file_mounts_from_here_is_here(services: dict[str, Service]) -> None:
    volumes = [
        line for service in services.values() for line in service.declared.get("volumes", [])
    ]
    mounted = [line.partition(":")[0] for line in volumes if line.startswith("./")]
    assert mounted
    assert all((ROOT / path).is_file() for path in mounted)


def test_the_image_is_made_of_what_is_here_and_not_ignored() -> None:
    ignore = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    kept = {line[1:] for line in ignore.splitlines() if line.startswith("!")}
    for word, rest in compose.instructions(DOCKERFILE):
        if word != "COPY" or "--from=" in rest:
            continue
        for source in [part for part in rest.split()[:-1] if not part.startswith("--")]:
            assert (ROOT / source).exists(), source
            assert any(source == path or source.startswith(f"{path}/") for path in kept), source


def test_the_image_runs_our_command(services: dict[str, Service]) -> None:
    entrypoint = dict(compose.instructions(DOCKERFILE))["ENTRYPOINT"]
    scripts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert json.loads(entrypoint) == ["offhook"]
    assert 'offhook = "offhook.app.cli:main"' in scripts
    assert services["signalling"].command[0] == "serve"


def test_prometheus_asks_services_that_are_there(services: dict[str, Service]) -> None:
    read = yaml.safe_load(PROMETHEUS.read_text(encoding="utf-8"))
    targets = [one for job in read["scrape_configs"] for one in job["static_configs"]]
    for target in targets:
        name, _, port = target["targets"][0].partition(":")
        assert target["labels"]["role"] in services[name].command
        assert port in services[name].environment.values()
