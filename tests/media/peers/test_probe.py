"""Probes in their child processes: what they tell, what they refuse, and how they end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from media.peers.control import PictureWish, ProbeWish, ToneWish
from media.peers.probe import EarProbe, Probe, ToneProbe
from media.tracks.picture import PictureTrack
from media.tracks.tone import ToneTrack
from offhook.core.errors import Conflict, InvalidInput, Unauthenticated, Unavailable
from tests.media.peers.room_double import RoomDouble, problem, room_double

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("fixed")]


@pytest.fixture
async def room() -> AsyncIterator[RoomDouble]:
    async with room_double() as double:
        yield double


async def ended(pid: int | None, within: float) -> bool:
    """Whether a process ends in so many seconds."""
    assert pid is not None
    try:
        await asyncio.to_thread(psutil.Process(pid).wait, within)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


async def test_a_tone_probe_is_heard_and_seen_from_the_first_moment(room: RoomDouble) -> None:
    async with ToneProbe(room.url, "good", tone=880, level=-12, picture=9) as probe:
        assert probe.ready.participant == "PA-peer"
        assert probe.ready.tracks == {"microphone": "TR-microphone", "camera": "TR-camera"}
        sound = await room.hears["microphone"].hear(50)
        assert sound.is_tone(880, within=0.5)
        assert sound.level == pytest.approx(-12, abs=1)
        assert sound.missing < 0.1
        assert (await room.hears["camera"].see(10)).shows(9)


async def test_an_ear_probe_measures_what_it_is_sent(room: RoomDouble) -> None:
    async with EarProbe(room.url, "good") as ear:
        await room.publishes("TR-2", "camera")
        await room.offer({"TR-1": ToneTrack(440, -30), "TR-2": PictureTrack(3, fps=10)})
        heard = await ear.until(lambda heard: heard.tones() == [440])
        sound, sight = heard.sound("ada"), heard.sight("ada")
        assert sound is not None
        assert sight is not None
        assert sound.level == pytest.approx(-30, abs=1)
        assert sight.shows(3)
        assert (sight.width, sight.height) == (320, 240)
        assert 0 < heard.cpu < heard.seconds


async def test_silence_is_heard_as_silence_and_for_half_a_minute_at_most(
    room: RoomDouble,
) -> None:
    async with EarProbe(room.url, "good") as ear:
        await room.offer({"TR-1": ToneTrack(440)})
        await ear.until(lambda heard: heard.tones() == [440])
        assert room.subscribe is not None
        room.subscribe.getSenders()[0].track.stop()
        heard = await ear.until(lambda heard: heard.tones() == [])
        sound = heard.sound("ada")
        assert sound is not None
        assert sound.is_silent()
        with pytest.raises(InvalidInput) as caught:
            await ear.listen(31)
        assert caught.value.field == "seconds"


async def test_tracks_come_and_go_while_a_probe_is_in_the_room(room: RoomDouble) -> None:
    async with Probe(room.url, "good", ProbeWish()) as probe:
        await probe.publish(ToneWish(hz=660))
        assert (await room.hears["microphone"].hear(25)).is_tone(660)
        await probe.publish(PictureWish(number=4, width=160, height=120))
        assert (await room.hears["camera"].see(5)).width == 160
        await probe.mute()
        assert (await room.commanded("mute"))["muted"] is True
        await probe.unpublish("camera")
        assert len((await room.commanded("offer", 3))["tracks"]) == 1


async def test_what_cannot_be_done_is_refused_and_the_probe_goes_on(room: RoomDouble) -> None:
    async with ToneProbe(room.url, "good") as probe:
        with pytest.raises(Conflict, match="does not listen"):
            await probe.listen(1)
        with pytest.raises(InvalidInput, match="between 0 and 24000"):
            await probe.publish(ToneWish(hz=30_000))
        with pytest.raises(InvalidInput, match="test picture"):
            await probe.publish(PictureWish(number=300))
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_a_forged_token_is_refused_and_leaves_no_process(room: RoomDouble) -> None:
    room.refuse["connect"] = problem(401, "token_invalid")
    probe = EarProbe(room.url, "forged")
    with pytest.raises(Unauthenticated) as caught:
        await probe.join()
    assert caught.value.code == "token_invalid"
    assert await ended(probe.pid, 5)


async def test_a_probe_that_was_put_out_tells_why(room: RoomDouble) -> None:
    async with EarProbe(room.url, "good") as ear:
        await room.tell("leave", {"reason": "room_closed", "action": "disconnect"})
        assert (await ear.out()).reason == "room_closed"
        with pytest.raises(Unavailable, match="room_closed"):
            await ear.listen(1)


async def test_what_breaks_a_probe_is_told(room: RoomDouble) -> None:
    async with EarProbe(room.url, "good") as ear:
        await room.tell("offer", {"version": 1, "sdp": "v=nonsense", "tracks": []})
        gone = await ear.out()
        assert gone.reason == "failed"
        assert gone.detail


async def test_it_leaves_within_two_seconds_and_leaves_nothing_behind(room: RoomDouble) -> None:
    async with Probe(room.url, "good", ProbeWish(tone=ToneWish(hz=440))) as probe:
        await room.offer({"TR-1": ToneTrack(880)})
        await probe.listen(0.2)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 2
    assert room.commands[-1][0] == "leave"
    assert await ended(probe.pid, 0.1)
    assert not [t for t in asyncio.all_tasks() if "read peer" in t.get_name()]


async def test_a_probe_that_hangs_is_ended_by_force(room: RoomDouble) -> None:
    probe = EarProbe(room.url, "good")
    await probe.join()
    assert probe.pid is not None
    os.kill(probe.pid, signal.SIGSTOP)
    await probe.close()
    assert await ended(probe.pid, 0.1)


async def test_a_probe_whose_process_dies_says_so(room: RoomDouble) -> None:
    async with EarProbe(room.url, "good") as ear:
        assert ear.pid is not None
        listening = asyncio.ensure_future(ear.listen(10))
        await asyncio.sleep(0)
        os.kill(ear.pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="gone"):
            await listening
        assert (await ear.out()).reason == "process_ended"


_PARENT = """
import asyncio, sys
from media.peers.probe import EarProbe
async def main():
    probe = EarProbe(sys.argv[1], "good")
    await probe.join()
    print(probe.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_a_probe_does_not_outlive_its_parent(room: RoomDouble) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, room.url, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    assert await ended(pid, 4)
    assert await room.commanded("leave") == {}


async def run_tool(*arguments: str) -> tuple[int, str, str]:
    """The command line, with a token on its input; its exit code, output and errors."""
    tool = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "media.peers.probe",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    out, err = await tool.communicate(b"good\n")
    return tool.returncode or 0, out.decode(), err.decode()


async def test_the_command_line_prints_what_it_hears(room: RoomDouble) -> None:
    running = asyncio.ensure_future(
        run_tool("--url", room.url, "--token", "-", "--tone", "990", "--listen", "2")
    )
    await room.commanded("offer")
    await room.offer({"TR-1": ToneTrack(440)})
    code, out, err = await running
    assert code == 0, err
    (track,) = json.loads(out)["tracks"]
    assert track["identity"] == "ada"
    assert abs(track["sound"]["hz"] - 440) < 2
    assert room.tokens == ["good"]


async def test_the_command_line_names_what_is_wrong(room: RoomDouble) -> None:
    room.refuse["join"] = problem(409, "room_full")
    code, out, err = await run_tool("--url", room.url, "--token", "good")
    assert (code, out) == (1, "")
    assert err.endswith("room_full: refused: room_full\n")
