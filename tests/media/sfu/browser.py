"""A participant made of two hand-written connections, driven over the bus as signalling would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from media.load.descriptions import answer, sending
from media.sfu import sdp
from media.sfu.dtls import ALL_PROFILES
from offhook.core.bus.bus import Bus
from offhook.core.contracts.media import (
    MEDIA_TOPIC,
    Answered,
    AnswerSubscribe,
    Enter,
    Entered,
    Hear,
    Hearing,
    MediaCommand,
    MediaReply,
    Publish,
    PublishedTrack,
    SubscribeOffer,
    TrackSource,
)
from tests.media.sfu.peer import Heard
from tests.media.sfu.wire import Wire

CHROMIUM = (Path(__file__).parent / "offers" / "chromium.sdp").read_text(encoding="utf-8")

_OTHER_VIDEO = {
    "vp9": (sdp.Codec(96, "VP9", 90000), sdp.Codec(97, "rtx", 90000, parameters="apt=96")),
    "av1": (sdp.Codec(96, "AV1", 90000), sdp.Codec(97, "rtx", 90000, parameters="apt=96")),
    "h264": (
        sdp.Codec(96, "H264", 90000, parameters="packetization-mode=1;profile-level-id=42e01f"),
        sdp.Codec(97, "rtx", 90000, parameters="apt=96"),
    ),
}


def audio_line(mid: str) -> sdp.Media:
    """An m-line that sends Opus."""
    return sending("audio", mid)


def video_line(mid: str, codec: str = "vp8", rids: Sequence[str] = ()) -> sdp.Media:
    """An m-line that sends video, in layers when rids are given."""
    line = sending("video", mid)
    codecs = line.codecs if codec == "vp8" else _OTHER_VIDEO[codec]
    return replace(line, codecs=codecs, rids=tuple(rids))


class Browser:
    """`out` publishes, `into` receives; a test answers the offers."""

    def __init__(self, bus: Bus, name: str, *, room: str = "RM1", node: str = "ND1") -> None:
        self._bus = bus
        self._node = node
        self.room = room
        self.name = name
        self.identity = name
        self.news = Heard()
        self._wires: list[Wire] = []
        self.out = self.wire()
        self.into = self.wire()
        self.lines: list[sdp.Media] = []
        self.tracks: list[PublishedTrack] = []
        self.answer: sdp.Description | None = None

    def wire(self, profiles: Sequence[str] = ALL_PROFILES) -> Wire:
        """A connection that is closed with this browser."""
        self._wires.append(Wire(profiles))
        return self._wires[-1]

    async def ask(self, command: MediaCommand) -> MediaReply:
        """Send a command to the node."""
        return await self._bus.request(self._node, command)

    async def enter(
        self,
        *,
        subscribe: bool = True,
        hidden: bool = False,
        hearing: Hearing | None = None,
        order: int = 0,
    ) -> Entered:
        """Listen to the news and enter the room."""
        await self._bus.subscribe(MEDIA_TOPIC, self.news.take)
        reply = await self.ask(
            Enter(
                room=self.room,
                participant=self.name,
                identity=self.identity,
                subscribe=subscribe,
                hidden=hidden,
                hearing=hearing,
                order=order,
            )
        )
        assert isinstance(reply, Entered)
        return reply

    async def hears(self, *publishers: str, music: bool = False, order: int = 0) -> None:
        """It is decided that it receives these and no others."""
        hearing = Hearing(publishers=publishers, music=music)
        await self.ask(Hear(room=self.room, participant=self.name, hearing=hearing, order=order))

    async def hears_everybody(self, order: int = 0) -> None:
        """Nothing is decided any more about whom it receives."""
        await self.ask(Hear(room=self.room, participant=self.name, order=order))

    # publishing

    def sends(self, line: sdp.Media, track: str) -> None:
        """Publish a track on a new m-line from the next offer on."""
        source: TrackSource = "microphone" if line.kind == "audio" else "camera"
        self.lines.append(line)
        self.tracks.append(PublishedTrack(mid=line.mid, track=track, source=source))

    def offer_text(self, setup: str = "actpass") -> str:
        """The publish offer as it stands."""
        return sdp.write(sdp.Description(tuple(self.lines), self.out.transport(setup)))

    async def offer(self) -> sdp.Description:
        """Offer the publish connection; the answer, understood."""
        reply = await self.ask(
            Publish(
                room=self.room,
                participant=self.name,
                sdp=self.offer_text(),
                tracks=tuple(self.tracks),
            )
        )
        assert isinstance(reply, Answered)
        self.answer = sdp.parse(reply.sdp)
        return self.answer

    async def publish(self) -> None:
        """Offer, and connect."""
        await self.out.connect((await self.offer()).transport)

    # receiving

    async def next_offer(self, version: int = 1) -> SubscribeOffer:
        """The subscribe offer of this version."""
        return await self.news.wait(SubscribeOffer, participant=self.name, version=version)

    async def accept(self, offer: SubscribeOffer) -> sdp.Description:
        """Answer a subscribe offer as a browser would; what it said."""
        description = sdp.parse(offer.sdp)
        await self.ask(
            AnswerSubscribe(
                room=self.room,
                participant=self.name,
                version=offer.version,
                sdp=self.answer_text(description),
            )
        )
        return description

    def answer_text(self, offer: sdp.Description, setup: str = "active") -> str:
        """Receive everything that is sent."""
        return answer(offer, self.into.transport(setup))

    async def receive(self, version: int = 1) -> sdp.Description:
        """Take an offer, answer it, connect if that is still to do; what was offered."""
        offer = await self.accept(await self.next_offer(version))
        if self.into.srtp is None:
            await self.into.connect(offer.transport)
        return offer

    def close(self) -> None:
        """Go away without telling signalling."""
        for wire in self._wires:
            wire.close()
