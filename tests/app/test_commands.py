"""The command line as operators use it, in processes of its own."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path

import jwt
import pytest

import offhook as package
from offhook.app.commands import seconds
from offhook.core.errors import InvalidInput
from tests.support.command import offhook, run
from tests.support.ports import free_port
from tests.support.server import offhook_server, start_server

pytestmark = pytest.mark.integration


async def test_version_and_help_read_well() -> None:
    assert await offhook("version") == f"offhook {package.__version__}\n"
    told = await offhook("--help")
    for command in ("serve", "token", "migrate", "demo", "version"):
        assert f"\n    {command} " in told


async def test_a_server_starts_on_an_empty_folder_says_where_and_stops_well(tmp_path: Path) -> None:
    server = await start_server(tmp_path / "data")
    told = server.tail()
    assert f"{server.url}/r/demo" in told
    assert "shown this once" in told
    assert await server.stop(signal.SIGTERM) == 0

    again = await start_server(tmp_path / "data")
    assert "shown this once" not in again.tail()
    assert await again.stop(signal.SIGINT) == 0


async def test_hold_music_that_is_not_there_is_named_at_the_start(tmp_path: Path) -> None:
    ports = {f"OFFHOOK_{name}": str(free_port()) for name in ("PORT", "MEDIA_PORT", "HEALTH_PORT")}
    settings = {"OFFHOOK_HOLD_MUSIC": str(tmp_path / "hold.mp3"), **ports}
    code, _, complaint = await run("serve", "--data-dir", str(tmp_path / "data"), **settings)
    assert code != 0
    assert "hold.mp3, and there is no such file" in complaint


async def test_a_busy_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, _, complaint = await run(
            "serve",
            "--port",
            str(port),
            "--media-port",
            str(free_port()),
            "--data-dir",
            str(tmp_path),
        )
    assert code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in complaint
    assert "OFFHOOK_PORT" in complaint
    assert "Traceback" not in complaint


async def test_a_busy_media_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        code, _, complaint = await run(
            "serve",
            "--port",
            str(free_port()),
            "--media-port",
            str(port),
            "--data-dir",
            str(tmp_path),
        )
    assert code == 1
    assert str(port) in complaint
    assert "set media_port to another port" in complaint
    assert "Traceback" not in complaint


async def test_an_unknown_setting_stops_the_start_with_the_nearest_known_one() -> None:
    code, _, complaint = await run("serve", OFFHOOK_MEDIA_PROT="1")
    assert code == 1
    assert "Did you mean OFFHOOK_MEDIA_PORT?" in complaint


async def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with offhook_server(tmp_path / "data"):
        code, _, complaint = await run(
            "serve",
            "--port",
            str(free_port()),
            "--media-port",
            str(free_port()),
            "--data-dir",
            str(tmp_path / "data"),
        )
    assert code == 1
    assert "Another Offhook server" in complaint


async def test_migrate_makes_a_store_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "data"))
    assert "0001" in await offhook("migrate", *where)
    assert await offhook("migrate", *where) == "Nothing to do.\n"


async def test_the_first_start_prints_the_first_admins_password_once(tmp_path: Path) -> None:
    server = await start_server(tmp_path / "data", "--no-demo")
    told = server.tail()
    assert f"{server.url}/admin" in told
    assert re.search(r"Login +admin\n +Password +\S+", told)
    assert "Secret" not in told
    await server.stop()
    again = await start_server(tmp_path / "data", "--no-demo")
    assert "Password" not in again.tail()
    await again.stop()


async def test_a_lost_password_is_replaced(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "data"))
    made = [await offhook("password", *where) for _ in range(2)]
    assert made[0] != made[1]
    code, _, complaint = await run("password", "bob", *where)
    assert code == 1
    assert "Nobody has the login `bob`" in complaint


async def test_demo_makes_a_key_once(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "data"))
    told = await offhook("demo", *where)
    assert "shown this once" in told
    for line in (
        "Login +admin",
        r"Agent +emma +\S+",
        r"Agent +chloe +\S+",
        r"Supervisor +sam +\S+",
    ):
        assert re.search(line, told), told
    again = await offhook("demo", *where)
    assert "nothing was made" in again
    assert "emma" not in again


async def test_a_token_is_signed_with_the_key_that_is_given() -> None:
    key = f"AK{1:032x}"
    token = await offhook(
        *("token", "--room", "board", "--identity", "ada", "--no-publish", "--ttl", "15m"),
        OFFHOOK_API_KEY=key,
        OFFHOOK_API_SECRET="s3cret" * 8,
    )
    claims = jwt.decode(token.strip(), "s3cret" * 8, algorithms=["HS256"])
    assert (claims["iss"], claims["sub"], claims["exp"] - claims["nbf"]) == (key, "ada", 900)
    assert claims["video"] == {"roomJoin": True, "room": "board", "canPublish": False}


async def test_a_token_with_half_a_key_is_refused() -> None:
    code, _, complaint = await run("token", "--room", "a", "--identity", "b", "--key", "AK1")
    assert code == 1
    assert "both --key and --secret" in complaint


@pytest.mark.parametrize(("text", "length"), [("90s", 90), ("15m", 900), ("6h", 21600)])
def test_lengths_of_time_are_read(text: str, length: int) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "6", "h", "-1s", "0s", "1w", "1.5h"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        seconds(text)
