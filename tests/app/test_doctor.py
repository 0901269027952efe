"""`offhook doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from offhook.app.config import Config, load
from offhook.app.doctor import doors, machine, services
from offhook.app.doctor.findings import Finding, fail, ok, shown, warn
from offhook.app.doctor.store import store
from offhook.app.tls import own_certificate
from offhook.core.clock import ManualClock, SystemClock
from offhook.core.store.migrate import head, upgrade
from tests.support.command import run
from tests.support.coturn import coturn
from tests.support.mailbox import mailbox
from tests.support.ports import free_port
from tests.support.redis import run_redis
from tests.support.server import offhook_server

pytestmark = pytest.mark.integration


def given(**settings: object) -> Config:
    """These settings and the defaults."""
    return load(settings, environment={})


def only(findings: Sequence[Finding], level: str) -> list[str]:
    """What was said at this level."""
    return [found.text for found in findings if found.level == level]


def test_the_sum_tells_the_worst() -> None:
    assert "All 1 checks are well." in shown([ok("clock", "right")])
    assert "1 of 2 checks ask for a look" in shown([ok("a", "b"), warn("c", "d", "do e")])
    text = shown([fail("ports", "8080 is taken", "stop it"), warn("c", "d", "do e")])
    assert "→ stop it" in text
    assert "1 of 2 checks failed" in text


async def test_a_fresh_machine_is_well_enough(tmp_path: Path) -> None:
    code, out, complaint = await run(
        "doctor",
        *("--json", "--data-dir", str(tmp_path / "data")),
        OFFHOOK_PORT=str(free_port()),
        OFFHOOK_MEDIA_PORT=str(free_port()),
    )
    assert code == 0, out + complaint
    findings = msgspec.json.decode(out, type=list[Finding])
    about = {found.about for found in findings}
    assert {"clock", "disk", "limits", "codecs", "store", "ports", "address", "turn"} <= about


async def test_a_port_of_another_program_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, _ = await run("doctor", OFFHOOK_PORT=str(port))
    assert code == 1
    assert f"http {port} on 127.0.0.1 is taken by another program" in out
    assert f"`ss -ltnp 'sport = :{port}'`" in out


async def test_ports_of_the_server_that_runs_are_no_problem(tmp_path: Path) -> None:
    port, media = free_port(), free_port()
    env = {"OFFHOOK_PORT": str(port), "OFFHOOK_MEDIA_PORT": str(media)}
    async with offhook_server(tmp_path / "data", env=env):
        found = await doors.ports(given(port=port, media_port=media))
    assert only(found, "fail") == []
    assert all("is in use by the Offhook" in text for text in only(found, "ok"))


async def test_plain_http_for_others_fails() -> None:
    found = await doors.address(given(host="192.0.2.7"))
    assert found[0].level == "fail"
    assert "no microphone" in found[0].text


def test_media_on_loopback_behind_a_public_address_fail() -> None:
    found = doors.media_address(given(public_url="https://calls.example", media_host="127.0.0.1"))
    assert "no other machine reaches" in only(found, "fail")[0]


def test_a_private_address_behind_a_public_name_is_doubtful() -> None:
    (found,) = doors.media_address(given(public_url="https://calls.example", host="10.0.0.1"))
    assert (found.level, "advertise_ip" in found.advice) == ("warn", True)
    (found,) = doors.media_address(
        given(public_url="https://calls.example", host="10.0.0.1", advertise_ip="1.1.1.1")
    )
    assert found.level == "ok"


async def test_a_certificate_that_ended_or_names_another_host_fails(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path, ["other.example"], SystemClock().now())
    settings = {"tls_cert": str(certificate), "tls_key": str(key)}
    found = await doors.certificate(given(public_url="https://calls.example", **settings))
    assert only(found, "fail") == ["it does not name calls.example"]
    own_certificate(tmp_path, ["calls.example"], ManualClock(1_600_000_000_000_000).now())
    (ended,) = await doors.certificate(given(public_url="https://calls.example", **settings))
    assert (ended.level, ended.advice) == ("fail", "renew it")


async def test_a_store_without_its_key_fails(tmp_path: Path) -> None:
    upgrade(tmp_path / "offhook.db")
    (found,) = await store(given(data_dir=str(tmp_path)))
    assert "master.key is missing" in found.text
    (tmp_path / "master.key").write_bytes(bytes(32))
    (found,) = await store(given(data_dir=str(tmp_path)))
    assert found.level == "ok"


async def test_a_database_is_asked(database: str, tmp_path: Path) -> None:
    settings = given(data_dir=str(tmp_path), database_url=database)
    (found,) = await store(settings)
    assert "master.key is missing" in found.text
    (tmp_path / "master.key").write_bytes(bytes(32))
    (found,) = await store(settings)
    assert (found.level, head() in found.text) == ("ok", True)
    nowhere = "postgresql://offhook:s3cret@127.0.0.1:9/offhook"
    (gone,) = await store(given(data_dir=str(tmp_path), database_url=nowhere))
    assert (gone.level, "s3cret" in gone.text) == ("fail", False)
    assert "database_url" in gone.advice


async def test_redis_is_asked(tmp_path: Path) -> None:
    async with run_redis(tmp_path) as server:
        (found,) = await services.redis(given(redis_url=server.url))
    assert found.level == "ok"
    (gone,) = await services.redis(given(redis_url=server.url))
    assert gone.level == "fail"


async def test_the_relay_is_tried_with_the_credentials_of_browsers(tmp_path: Path) -> None:
    async with coturn(tmp_path, "127.0.0.1") as relay:
        urls = [relay.urls("udp"), relay.urls("tcp")]
        good = await services.turn(given(turn_urls=urls, turn_secret=relay.secret))
        (bad,) = await services.turn(given(turn_urls=urls[:1], turn_secret="another"))
    assert [found.level for found in good] == ["ok", "ok"]
    assert "gives a relay on 127.0.0.1" in good[0].text
    assert bad.level == "fail"
    assert "static-auth-secret" in bad.advice


async def test_a_folder_that_cannot_be_written_fails() -> None:
    found = await machine.disk(given(data_dir="/proc/offhook"))
    assert found[0].level == "fail"


async def test_where_files_are_kept_is_looked_at_too(tmp_path: Path) -> None:
    (bad,) = await machine.files(given(files_dir="/proc/offhook"))
    (good,) = await machine.files(given(data_dir=str(tmp_path)))
    (none,) = await machine.files(given(max_file_size=0))
    shared = {"database_url": "postgresql://x/y", "redis_url": "redis://x"}
    (told,) = await machine.files(given(files_dir=str(tmp_path / "shared"), **shared))
    assert [bad.level, good.level, none.level, told.level] == ["fail", "ok", "note", "ok"]
    assert str(tmp_path / "files") in good.text
    assert "every signalling process" in told.text


async def test_the_mail_server_is_asked_as_a_letter_would_ask_it() -> None:
    assert await services.mail(given()) == []
    settings: dict[str, object] = {
        "smtp_host": "localhost",
        "smtp_from": "calls@example.com",
        "smtp_tls": "none",
        "public_url": "https://calls.example",
    }
    async with mailbox(login=("calls", "s3cret")) as box:
        asked = {**settings, "smtp_port": box.port, "smtp_user": "calls"}
        (good,) = await services.mail(given(**asked, smtp_password="s3cret"))
        (bad,) = await services.mail(given(**asked, smtp_password="another"))
        (plain,) = await services.mail(
            given(**{**settings, "smtp_port": box.port, "smtp_tls": "starttls"})
        )
    assert (good.level, "lets us sign in" in good.text) == ("ok", True)
    assert (bad.level, "smtp_password" in bad.advice) == ("fail", True)
    assert (plain.level, "offers no TLS" in plain.text) == ("fail", True)
    (gone,) = await services.mail(given(**settings, smtp_port=box.port))
    assert (gone.level, "does not answer" in gone.text) == ("fail", True)


async def test_links_that_lead_nowhere_for_others_are_doubtful() -> None:
    async with mailbox() as box:
        asked = {"smtp_port": box.port, "smtp_from": "calls@example.com", "smtp_tls": "none"}
        found = await services.mail(given(smtp_host="localhost", **asked))
    assert [each.level for each in found] == ["ok", "warn"]
    assert "public_url" in found[1].advice
