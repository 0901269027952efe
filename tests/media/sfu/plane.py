"""A publisher and its subscribers in memory, without sockets, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from media.sfu.datapath import rtcp, rtcp_write, rtp
from media.sfu.datapath.context import Context
from media.sfu.datapath.layer import Layer
from media.sfu.datapath.levels import LevelWindow
from media.sfu.datapath.plans import (
    Kind,
    LegNumber,
    LinePlan,
    Path,
    PublishPlan,
    SubscriptionPlan,
    TrackNumber,
)
from media.sfu.datapath.port import Delivery, LayerFact, LevelFact
from media.sfu.datapath.publisher import Publisher
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.subscriber import Subscriber
from media.sfu.datapath.subscription import Subscription
from media.sfu.datapath.track import Track
from media.sfu.timers import Timers
from offhook.core.clock import ManualClock

MID, RID, REPAIRED, CC, LEVEL = 4, 10, 11, 3, 1
VIDEO, AUDIO = TrackNumber(1), TrackNumber(2)
VP8, RTX, OPUS, DIGITS = 96, 97, 111, 110
_FORMATS = (
    ("vp8", 100),
    ("vp9", 101),
    ("h264", 102),
    ("av1", 103),
    ("rtx", 104),
    ("opus", 111),
    ("telephone-event/48000", 112),
)


class Facts:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.layers: list[LayerFact] = []
        self.levels: list[list[LevelFact]] = []
        self.stun: list[tuple[Path, bytes]] = []
        self.lost: list[Path] = []
        self.floods: list[LegNumber] = []
        self.deliveries: list[Delivery] = []

    def on_stun(self, path: Path, data: bytes, *, known: bool) -> None:
        """Remember it."""
        self.stun.append((path, data))

    def on_dtls(self, leg: LegNumber, path: Path, data: bytes) -> None:
        """Pass over it."""

    def on_flood(self, leg: LegNumber) -> None:
        """Remember it."""
        self.floods.append(leg)

    def on_path_lost(self, leg: LegNumber, path: Path) -> None:
        """Remember it."""
        self.lost.append(path)

    def on_layer(self, fact: LayerFact) -> None:
        """Remember it."""
        self.layers.append(fact)

    def on_levels(self, facts: Sequence[LevelFact]) -> None:
        """Remember them."""
        self.levels.append(list(facts))

    def on_delivery(self, leg: LegNumber, delivery: Delivery) -> None:
        """Remember it."""
        self.deliveries.append(delivery)


class Down:
    """One subscriber with one subscription: what it was sent, parsed."""

    def __init__(self, plane: Plane, track: Track, formats: Sequence[tuple[str, int]]) -> None:
        self.packets: list[RtpPacket] = []
        self.rtcp: list[rtcp.Message] = []
        self.subscriber = Subscriber(
            self._rtp, self._rtcp, plane.timers.now, plane.facts.deliveries.append, ready=True
        )
        plan = SubscriptionPlan(
            LegNumber(9), track.number, 7000, 7001, tuple(formats), 100, "cname"
        )
        self.subscription = Subscription(plan, track, self.subscriber)
        self.subscriber.add(self.subscription)
        track.subscriptions.append(self.subscription)

    def _rtp(self, data: bytes) -> None:
        self.packets.append(rtp.parse(data))

    def _rtcp(self, data: bytes) -> None:
        self.rtcp += rtcp.parse(data)

    @property
    def media(self) -> list[RtpPacket]:
        """What came on the media SSRC."""
        return [packet for packet in self.packets if packet.ssrc == 7000]

    @property
    def repairs(self) -> list[RtpPacket]:
        """What came on the repair SSRC."""
        return [packet for packet in self.packets if packet.ssrc == 7001]

    @property
    def sequences(self) -> list[int]:
        """The sequence numbers of the media packets, from the first on."""
        return [packet.sequence - 100 for packet in self.media]


class Plane:
    """`video` has the layers q, h and f; `audio` has one."""

    def __init__(self, codec: str = "vp8", rids: Sequence[str] = ("q", "h", "f")) -> None:
        self.clock = ManualClock()
        self.timers = Timers(self.clock)
        self.facts = Facts()
        levels = LevelWindow(self.timers, self.facts)
        self.context = Context(self.timers, self.facts, levels)
        self.sent: list[rtcp.Message] = []
        self.publisher = Publisher(lambda data: self.sent.extend(rtcp.parse(data)), self.context)
        self.tracks = {VIDEO: self._track(VIDEO, "video"), AUDIO: self._track(AUDIO, "audio")}
        self.codec = codec
        self.rids = tuple(rids)
        self.negotiate(VIDEO, AUDIO)

    def _track(self, number: TrackNumber, kind: Kind) -> Track:
        return Track(number, kind, self.context, muted=False)

    def negotiate(self, video: TrackNumber | None, audio: TrackNumber | None) -> None:
        """Let mid 1 carry a video track and mid 0 an audio track, or rest."""
        lines = (
            LinePlan(
                "0", "audio", audio, 48000, ((OPUS, "opus"), (DIGITS, "telephone-event/48000"))
            ),
            LinePlan("1", "video", video, 90000, ((VP8, self.codec), (RTX, "rtx")), self.rids),
        )
        plan = PublishPlan(
            lines,
            mid_id=MID,
            rid_id=RID,
            repaired_rid_id=REPAIRED,
            transport_cc_id=CC,
            level_id=LEVEL,
            forwarded=((LEVEL, 1),),
            repairs=((RTX, VP8),),
        )
        self.publisher.update(plan, self.tracks)

    @property
    def video(self) -> Track:
        """The video track."""
        return self.tracks[VIDEO]

    @property
    def audio(self) -> Track:
        """The audio track."""
        return self.tracks[AUDIO]

    def layer(self, rid: str) -> Layer:
        """A layer of the video track."""
        layer = self.video.layer(rid)
        assert layer is not None
        return layer

    def down(self, rid: str | None = "f", *, audio: bool = False, rtx: bool = True) -> Down:
        """A subscriber that follows a layer of the video track, or the audio track."""
        formats = [form for form in _FORMATS if rtx or form[0] != "rtx"]
        down = Down(self, self.audio if audio else self.video, formats)
        down.subscription.follow("" if audio else rid)
        return down

    def advance(self, seconds: float) -> None:
        """Let time pass; what is due happens at its time, to the millisecond."""
        for _ in range(round(seconds * 1000)):
            self.clock.advance(0.001)
            self.timers.run()

    def receive(self, packet: RtpPacket) -> None:
        """The publisher's packet arrives."""
        self.publisher.on_rtp(rtp.build(packet), self.clock.now(), self.clock.now())

    def vp8(self, rid: str, number: int, *, key: bool = False, ssrc: int = 0) -> None:
        """A VP8 frame of one packet arrives, 30 a second by its timestamp."""
        self.receive(vp8_packet(rid, number, key=key, ssrc=ssrc))

    def opus(self, number: int, *, level: int = 20, payload: bytes = b"opus") -> None:
        """20 ms of audio arrive."""
        extensions = {MID: b"0", LEVEL: bytes((level,))}
        self.receive(RtpPacket(OPUS, 0, number & 0xFFFF, number * 960, 900, extensions, payload))

    def sender_report(self, ssrc: int, ntp: float, timestamp: int) -> None:
        """A sender report of the publisher arrives; `ntp` in seconds."""
        stamp = int(ntp * 2**32)
        report = rtcp.SenderReport(ssrc, stamp, timestamp & 0xFFFFFFFF, 1, 1)
        self.publisher.on_rtcp(rtcp_write.sender_report(report), self.clock.now())

    def of(self, kind: type[rtcp.Message]) -> list[rtcp.Message]:
        """What was sent to the publisher, of one kind."""
        return [message for message in self.sent if isinstance(message, kind)]


SSRCS = {"q": 11, "h": 12, "f": 13, "": 14}
SIZES = {"q": (320, 180), "h": (640, 360), "f": (1280, 720), "": (640, 480)}


def vp8_packet(rid: str, number: int, *, key: bool = False, ssrc: int = 0) -> RtpPacket:
    """A VP8 frame of one packet; layers have timestamps and picture ids of their own."""
    ssrc = ssrc or SSRCS[rid]
    picture = (number + 1000 * ssrc) & 0x7FFF
    descriptor = bytes((0x90, 0xE0)) + pack("!H", 0x8000 | picture) + bytes((number & 255, 0))
    width, height = SIZES[rid]
    start = b"\x9d\x01\x2a" + pack("<HH", width, height)
    frame = (b"\x10\x02\x00" + start if key else b"\x11\x02\x00") + bytes((ssrc, number & 255))
    extensions = {MID: b"1"} | ({RID: rid.encode()} if rid else {})
    timestamp = number * 3000 + 10_000_000 * ssrc & 0xFFFFFFFF
    return RtpPacket(VP8, 0x80, number & 0xFFFF, timestamp, ssrc, extensions, descriptor + frame)


def rtx_packet(rid: str, original: RtpPacket, sequence: int) -> RtpPacket:
    """A retransmission of a packet, on the layer's repair SSRC."""
    payload = pack("!H", original.sequence) + original.payload
    extensions = {MID: b"1", REPAIRED: rid.encode()}
    return RtpPacket(
        RTX, original.marker, sequence, original.timestamp, SSRCS[rid] + 100, extensions, payload
    )
