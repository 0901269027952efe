"""Viewers with an offer of their own: what they are sent, and by which numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from media.sfu import sdp
from media.sfu.datapath import rtcp_write
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.sdp.types import LEVEL, TRANSPORT_CC
from media.worker import MediaWorker
from offhook.core.bus.local import LocalBus
from offhook.core.contracts.media import (
    Answered,
    Describe,
    Described,
    Direction,
    Exit,
    IceSession,
    Inspect,
    Inspection,
    LegConnected,
    LegLost,
    UpdateIce,
    Watch,
)
from offhook.core.errors import InvalidInput, NotFound, PreconditionFailed
from tests.media.sfu.browser import Browser, audio_line, video_line
from tests.media.sfu.plane import vp8_packet
from tests.media.sfu.wait import eventually

pytestmark = pytest.mark.integration

People = Callable[[str], Browser]

#: Other numbers than ours, as another kind of player would choose them.
_EXTENSIONS = ((9, LEVEL), (7, TRANSPORT_CC))
AUDIO = sdp.Media(
    "audio",
    "a",
    "recvonly",
    codecs=(sdp.Codec(96, "opus", 48000, 2), sdp.Codec(8, "PCMA", 8000)),
    extensions=_EXTENSIONS,
)
VIDEO = sdp.Media(
    "video",
    "v",
    "recvonly",
    codecs=(
        sdp.Codec(120, "VP8", 90000),
        sdp.Codec(121, "rtx", 90000, parameters="apt=120"),
        sdp.Codec(100, "H264", 90000, parameters="packetization-mode=1;profile-level-id=42e01f"),
    ),
    extensions=_EXTENSIONS[1:],
)


class Viewer(Browser):
    """Receives by the answer to its own offer; `described` is that answer."""

    described: sdp.Description

    def viewing(self, *lines: sdp.Media, setup: str = "actpass") -> str:
        """Its offer."""
        chosen = lines or (AUDIO, VIDEO)
        return sdp.write(sdp.Description(chosen, self.into.transport(setup)))

    async def watch(self, *lines: sdp.Media, publisher: str | None = None) -> sdp.Description:
        """Enter, offer, and connect."""
        await self.enter(subscribe=False)
        text = self.viewing(*lines)
        command = Watch(room=self.room, participant=self.name, sdp=text, publisher=publisher)
        reply = await self.ask(command)
        assert isinstance(reply, Answered)
        self.described = sdp.parse(reply.sdp)
        await self.into.connect(self.described.transport)
        await self.news.wait(LegConnected, participant=self.name, direction="subscribe")
        return self.described

    def got(self, kind: str) -> list[RtpPacket]:
        """The packets that came on the m-line of this kind."""
        line = next(line for line in self.described.media if line.kind == kind)
        return [packet for packet in self.into.rtp if packet.ssrc == line.ssrcs[0]]


class Show:
    """A room with a viewer, and publishers who send until something of theirs has come through."""

    def __init__(self, people: People, viewer: Viewer) -> None:
        self._people = people
        self.viewer = viewer
        self._sent = 0

    async def publisher(self, name: str, *kinds: str, identity: str = "") -> Browser:
        """Somebody who sends sound, and a picture."""
        ann = self._people(name)
        ann.identity = identity or name
        await ann.enter()
        for kind in kinds or ("audio", "video"):
            line = audio_line("0") if kind == "audio" else video_line("1")
            ann.sends(line, f"{name}-{kind}")
        await ann.publish()
        return ann

    async def arrives(self, ann: Browser, kind: str, mark: bytes) -> RtpPacket:
        """Have a publisher send this mark until it has come to the viewer; its first packet."""

        def come() -> bool:
            ann.out.send_rtp(self._packet(kind, mark))
            return any(packet.payload.endswith(mark) for packet in self.viewer.got(kind))

        await eventually(come)
        return next(p for p in self.viewer.got(kind) if p.payload.endswith(mark))

    def _packet(self, kind: str, mark: bytes) -> RtpPacket:
        self._sent += 1
        if kind == "video":
            packet = vp8_packet("", self._sent, key=True)
            packet.payload += mark
            return packet
        number = self._sent
        return RtpPacket(111, 0, number, number * 960, 900, {4: b"0", 1: b"\x14"}, mark)


@pytest.fixture
def show(worker: MediaWorker, bus: LocalBus, people: People) -> Iterator[Show]:
    """A room, and a viewer who is not in yet."""
    viewer = Viewer(bus, "PA9")
    yield Show(people, viewer)
    viewer.close()


# what is sent


async def test_a_viewer_hears_and_sees_who_publishes(show: Show) -> None:
    ann = await show.publisher("PA1")
    answer = await show.viewer.watch()
    assert [line.direction for line in answer.media] == ["sendonly", "sendonly"]
    assert answer.transport.setup == "passive"
    sound = await show.arrives(ann, "audio", b"hello")
    picture = await show.arrives(ann, "video", b"look")
    assert (sound.payload_type, picture.payload_type) == (96, 120)


async def test_extensions_have_the_viewers_numbers(show: Show) -> None:
    ann = await show.publisher("PA1")
    await show.viewer.watch()
    sound = await show.arrives(ann, "audio", b"hello")
    assert sound.extensions.keys() == {9, 7}
    assert sound.extensions[9] == b"\x14"
    picture = await show.arrives(ann, "video", b"look")
    assert picture.extensions.keys() == {7}


async def test_a_viewer_may_come_before_anybody_publishes(show: Show) -> None:
    await show.viewer.watch()
    ann = await show.publisher("PA1")
    await show.arrives(ann, "audio", b"hello")
    await show.arrives(ann, "video", b"look")


async def test_a_viewer_takes_only_the_kinds_that_it_wants(show: Show) -> None:
    ann = await show.publisher("PA1")
    data = sdp.Media("application", "d", rejected=True, formats=("webrtc-datachannel",))
    answer = await show.viewer.watch(data, AUDIO, replace(AUDIO, mid="b"))
    assert [(m.mid, m.rejected, m.direction) for m in answer.media] == [
        ("d", True, "sendrecv"),
        ("a", False, "sendonly"),
        ("b", False, "inactive"),
    ]
    await show.arrives(ann, "audio", b"hello")


# whom it follows


async def test_when_the_publisher_goes_the_next_one_takes_its_place(show: Show) -> None:
    ann, ben = await show.publisher("PA1"), await show.publisher("PA2")
    await show.viewer.watch()
    before = [await show.arrives(ann, kind, b"ann") for kind in ("audio", "video")]
    await ann.ask(Exit(room="RM1", participant="PA1"))
    after = [await show.arrives(ben, kind, b"ben") for kind in ("audio", "video")]
    for one, other in zip(before, after, strict=True):
        assert one.ssrc == other.ssrc
    for kind in ("audio", "video"):
        numbers = [packet.sequence for packet in show.viewer.got(kind)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        times = [packet.timestamp for packet in show.viewer.got(kind)]
        assert times == sorted(set(times))


async def test_who_fills_both_lines_comes_before_who_came_first(show: Show) -> None:
    await show.publisher("PA1", "audio")
    ben = await show.publisher("PA2")
    await show.viewer.watch()
    await show.arrives(ben, "audio", b"ben")
    await show.arrives(ben, "video", b"ben")


async def test_a_chosen_publisher_is_followed_and_nobody_else(show: Show) -> None:
    ann, ben = await show.publisher("PA1"), await show.publisher("PA2", identity="ben")
    await show.viewer.watch(publisher="ben")
    await show.arrives(ben, "audio", b"ben")
    await ben.ask(Exit(room="RM1", participant="PA2"))
    for _ in range(5):
        ann.out.send_rtp(show._packet("audio", b"ann"))
    again = await show.publisher("PA3", identity="ben")
    await show.arrives(again, "audio", b"back")
    assert not any(packet.payload == b"ann" for packet in show.viewer.got("audio"))


async def test_sound_and_picture_are_of_one_publisher(show: Show) -> None:
    await show.publisher("PA1", "video")
    await show.publisher("PA2", "audio")
    await show.viewer.watch()
    reply = await show.viewer.ask(Inspect(room="RM1"))
    assert isinstance(reply, Inspection)
    assert [s.track for s in reply.subscriptions if s.participant == "PA9"] == ["PA1-video"]


async def test_a_codec_that_the_viewer_does_not_speak_is_not_sent(show: Show) -> None:
    ann = await show.publisher("PA1")
    only_h264 = replace(VIDEO, codecs=VIDEO.codecs[2:])
    await show.viewer.watch(AUDIO, only_h264)
    await show.arrives(ann, "audio", b"hello")
    assert not show.viewer.got("video")


# the connection


async def test_a_lost_packet_is_sent_again_by_the_viewers_own_repair(show: Show) -> None:
    ann = await show.publisher("PA1")
    await show.viewer.watch()
    seen = await show.arrives(ann, "video", b"look")
    await show.arrives(ann, "video", b"more")
    show.viewer.into.send_rtcp(rtcp_write.nack(1, seen.ssrc, [seen.sequence]))
    line = show.viewer.described.media[1]
    repair = dict(line.groups)[seen.ssrc]
    await eventually(lambda: any(p.ssrc == repair for p in show.viewer.into.rtp))
    again = next(p for p in show.viewer.into.rtp if p.ssrc == repair)
    assert again.payload_type == 121
    assert again.payload[2:] == seen.payload


async def test_new_names_restart_ice_and_the_same_ones_do_not(show: Show) -> None:
    await show.viewer.watch()
    where: dict[str, Any] = {"room": "RM1", "participant": "PA9", "direction": "subscribe"}
    before = show.viewer.described.transport

    async def told(**more: Any) -> IceSession:
        reply = await show.viewer.ask(UpdateIce(**where, **more))
        assert isinstance(reply, IceSession)
        return reply

    same = await told(ufrag="wire", known=(before.ufrag,))
    assert (same.ufrag, same.password, same.restarted) == (before.ufrag, before.password, False)
    new = await told(ufrag="other")
    assert new.restarted
    assert new.ufrag != before.ufrag
    assert new.candidates == before.candidates
    with pytest.raises(PreconditionFailed):
        await told(known=(before.ufrag,))
    with pytest.raises(NotFound):
        await show.viewer.ask(UpdateIce(room="RM1", participant="PA9", direction="publish"))


async def test_a_viewer_who_says_goodbye_leaves_nothing_behind(
    show: Show, worker: MediaWorker
) -> None:
    await show.publisher("PA1")
    held = worker.node.datapath.sizes()
    await show.viewer.watch()
    show.viewer.into.close()
    lost = await show.viewer.news.wait(LegLost, participant="PA9")
    assert (lost.direction, lost.reason) == ("subscribe", "closed_by_peer")
    assert worker.node.datapath.sizes() == held
    await show.viewer.ask(Exit(room="RM1", participant="PA9"))
    with pytest.raises(NotFound):
        await show.viewer.ask(UpdateIce(room="RM1", participant="PA9", direction="subscribe"))


# what is refused


@pytest.mark.parametrize(
    "lines",
    [
        (replace(AUDIO, direction="sendonly"),),
        (replace(AUDIO, codecs=(sdp.Codec(9, "G722", 8000),)),),
        (replace(VIDEO, codecs=(sdp.Codec(96, "H265", 90000),)),),
    ],
    ids=["sends", "no-sound", "no-picture"],
)
async def test_an_offer_that_could_get_nothing_is_refused(
    show: Show, worker: MediaWorker, lines: tuple[sdp.Media, ...]
) -> None:
    await show.viewer.enter(subscribe=False)
    text = show.viewer.viewing(*lines)
    described = await show.viewer.ask(Describe(sdp=text, direction="subscribe"))
    assert isinstance(described, Described)
    assert not any(line.usable for line in described.lines)
    with pytest.raises(InvalidInput) as refused:
        await show.viewer.ask(Watch(room="RM1", participant="PA9", sdp=text))
    assert refused.value.code == "bad_sdp"
    assert worker.node.legs == 0


@pytest.mark.parametrize("direction", ["publish", "subscribe"])
async def test_what_is_no_offer_is_not_described(show: Show, direction: Direction) -> None:
    for text in ("", "hello", show.viewer.viewing(setup="passive")):
        with pytest.raises(InvalidInput):
            await show.viewer.ask(Describe(sdp=text, direction=direction))


async def test_an_offer_to_send_is_described(show: Show) -> None:
    text = sdp.write(
        sdp.Description((audio_line("0"), AUDIO), show.viewer.into.transport("actpass"))
    )
    described = await show.viewer.ask(Describe(sdp=text, direction="publish"))
    assert isinstance(described, Described)
    assert [(line.mid, line.kind, line.usable) for line in described.lines] == [
        ("0", "audio", True),
        ("a", "audio", False),
    ]
