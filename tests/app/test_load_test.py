"""The command `load-test`: its options, its exit codes and its words."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from offhook.app import load_test
from offhook.app.load_test import plan_of, share
from offhook.core.errors import InvalidInput
from tests.support.command import offhook, run
from tests.support.ports import free_port
from tests.support.server import offhook_server

pytestmark = pytest.mark.integration


def given(*options: str) -> argparse.Namespace:
    """The options as the parser reads them."""
    parser = argparse.ArgumentParser()
    load_test.add(parser.add_subparsers())
    return parser.parse_args(["load-test", *options])


def test_the_options_make_a_plan() -> None:
    plan = plan_of(
        given(
            *("--rooms", "3", "--publishers", "2", "--subscribers", "4", "--duration", "5m"),
            *("--video", "--packets-per-second", "250", "--loss", "2%", "--ramp", "7"),
            *("--room-prefix", "big"),
        )
    )
    assert (plan.rooms, plan.publishers, plan.subscribers) == (3, 2, 4)
    assert (plan.seconds, plan.loss, plan.ramp, plan.room_prefix) == (300, 0.02, 7.0, "big")
    assert (plan.profile.kinds, plan.profile.packets_per_second) == (("video",), 250.0)


def test_both_kinds_are_sent_unless_one_is_named() -> None:
    assert plan_of(given()).profile.kinds == ("audio", "video")
    assert plan_of(given("--audio")).profile.kinds == ("audio",)
    assert plan_of(given("--both")).profile.kinds == ("audio", "video")


@pytest.mark.parametrize(("text", "value"), [("2%", 0.02), ("0.5 %", 0.005), ("0%", 0)])
def test_shares_are_read(text: str, value: float) -> None:
    assert share(text, "loss") == value


@pytest.mark.parametrize("text", ["", "2", "half", "-1%", "%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        share(text, "loss")
    assert refused.value.field == "loss"


async def test_help_reads_well() -> None:
    told = " ".join((await offhook("load-test", "--help")).split())
    for words in ("--rooms N", "at most 60m", "2% (default: 0%)", "Ctrl-C"):
        assert words in told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--duration", "2h"), "duration must be from 1s to 60m"),
        (("--duration", "soon"), "`soon` is no length of time"),
        (("--rooms", "0"), "rooms must be from 1"),
        (("--loss", "90%"), "loss must be from 0% to 30%"),
    ],
)
async def test_nonsense_is_refused_with_words(options: tuple[str, ...], words: str) -> None:
    code, out, complaint = await run("load-test", *options)
    assert (code, out) == (1, "")
    assert words in complaint


async def test_a_server_that_is_not_there_is_told_without_making_a_store(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = f"http://127.0.0.1:{free_port()}"
    code, _, complaint = await run("load-test", "--url", url, "--data-dir", str(data))
    assert code == 1
    assert f"No server answers at {url}: Connection refused" in complaint
    assert not data.exists()


async def test_a_short_test_prints_its_table_and_a_foreign_key_fails_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    short = ("load-test", "--duration", "1s", "--audio", "--ramp", "100")
    async with offhook_server(data, env={"OFFHOOK_LOG_LEVEL": "warning"}) as server:
        told = await offhook(*short, "--url", server.url, "--data-dir", str(data))
        code, _, complaint = await run(
            *(*short, "--url", server.url),
            *("--key", f"AK{1:032x}", "--secret", "s3cret" * 8),
        )
    assert "joined 2 of 2" in " ".join(told.split())
    assert "packets lost" in told
    assert code == 1
    assert "2 of 2 joins failed with token_invalid" in complaint


async def test_on_a_terminal_it_tells_how_it_goes_until_ctrl_c(tmp_path: Path) -> None:
    data = tmp_path / "data"
    screen, keyboard = os.openpty()
    async with offhook_server(data, env={"OFFHOOK_LOG_LEVEL": "warning"}) as server:
        where = ("--url", server.url, "--data-dir", str(data))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "offhook.app.cli", "load-test", "--audio", "--duration", "60m"),
            *where,
            stdout=keyboard,
        )
        os.close(keyboard)
        try:
            async with asyncio.timeout(30):
                await _shown(screen, "2 of 2 joined")
                process.send_signal(signal.SIGINT)
                told = await _shown(screen, "Mbit/s")
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            os.close(screen)
    assert "joined 2 of 2" in " ".join(told.split())


async def _shown(screen: int, words: str) -> str:
    """What a terminal shows until these words."""
    shown = ""
    while words not in shown:
        shown += (await asyncio.to_thread(os.read, screen, 4096)).decode()
    return shown
