"""What nobody would send: parsers raise their declared error and nothing else, and always end.

Each target runs for `--fuzz-seconds`; inputs are mutations of real ones, from a fixed seed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import pytest
from aioice import stun

from media.sfu import sdp
from media.sfu.datapath import keyframes, rtcp, rtcp_write, rtp, sizes, vp8
from media.sfu.datapath.shared import SharedPacket
from media.sfu.sdp.types import Description
from media.sfu.stun import UNKNOWN_ATTRIBUTE, BindingRequest
from tests.media.sfu.browser import CHROMIUM
from tests.media.sfu.plane import Plane, rtx_packet, vp8_packet
from tests.media.sfu.test_sdp import FIREFOX
from tests.media.sfu.wire import Wire

pytestmark = pytest.mark.fuzz

Target = Callable[[bytes], object]

_REPORT = rtcp.Report(7000, 3, 4, 5, 6, 7, 8)
_RTCP = (
    rtcp_write.sender_report(rtcp.SenderReport(11, 1, 2, 3, 4, (_REPORT,)))
    + rtcp_write.source_description(1, "name"),
    rtcp_write.receiver_report(1, [_REPORT, _REPORT]) + rtcp_write.reference_time(1, 2),
    rtcp_write.nack(1, 7000, [100, 101, 120]),
    rtcp_write.pli(1, 7000),
    rtcp_write.transport_feedback(1, 2, 65530, 3, 4, [1, None, 300, 5, 90000, None, 7, 8]),
    bytes((0x84, 206, 0, 4)) + bytes(16),
    bytes((0x8F, 206, 0, 4)) + bytes(8) + b"REMB\x01\x12\x34\x56",
    bytes((0x80, 207, 0, 5)) + bytes(4) + bytes((5, 0, 0, 3)) + bytes(12),
    bytes((0x82, 203, 0, 2)) + bytes(8),
)
_RTP = tuple(
    rtp.build(packet)
    for packet in (
        vp8_packet("f", 1, key=True),
        vp8_packet("q", 2),
        rtx_packet("f", vp8_packet("f", 3), 9),
    )
)
_PAYLOADS = (
    b"\x90\xe0\xff\xfe\xff\x00\x10\x02\x00\x9d\x01\x2a\x00\x05\xd0\x02",
    b"\x18\x00\x0b\x67\x42\xc0\x1f\xda\x01\x40\x16\xe9\xa8\x10\x00\x04\x68\xce\x3c\x80",
    b"\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03",
    b"\x8a\x81\x01\x30\x02\x80\x01\x68\x05\x00\x02\xd0",
    b"\x0a\x0b\x00\x00\x00\x24",
)


def mutate(luck: random.Random, seed: bytes) -> bytes:
    """Change, insert, remove, repeat or cut some bytes."""
    data = bytearray(seed)
    for _ in range(luck.choice((1, 1, 2, 4, 16))):
        at = luck.randrange(len(data) + 1)
        match luck.randrange(6):
            case 0:
                data[at : at + 1] = luck.randbytes(1)
            case 1:
                data[at:at] = luck.randbytes(luck.randrange(9))
            case 2:
                del data[at : at + luck.randrange(9)]
            case 3:
                data[at:at] = data[at : at + luck.randrange(40)]
            case 4:
                del data[at:]
            case _:
                data[at : at + 1] = luck.choice((b"\x00", b"\xff", b"\x7f", b"\x80", b" ", b"\n"))
    return bytes(data)


def fuzz(seconds: float, seeds: Sequence[bytes], target: Target, allowed: type[Exception]) -> None:
    """Feed the target for a while; the seeds themselves, then what becomes of them."""
    luck = random.Random(2026)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(50):
            data = mutate(luck, luck.choice(seeds))
            began = time.monotonic()
            try:
                target(data)
            except allowed:
                pass
            except Exception as error:
                pytest.fail(f"{type(error).__name__}: {error} for {data!r}")
            assert time.monotonic() - began < 1, data


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> float:
    """How long each target runs."""
    return float(request.config.getoption("--fuzz-seconds"))


def _descriptions(data: bytes) -> Description:
    """Whatever is understood can be answered, and the answer is understood again."""
    offer = sdp.parse(data.decode("utf-8", "replace"))
    local = sdp.Transport("u" * 4, "p" * 22, (("sha-256", "AA:BB"),), "actpass")
    answer = sdp.answer(offer, local, {media.mid for media in offer.media})
    return sdp.parse(sdp.write(answer))


def test_descriptions(seconds: float) -> None:
    seeds = [CHROMIUM.encode(), FIREFOX.encode()]
    fuzz(seconds, seeds, _descriptions, sdp.SdpError)


def _viewers(data: bytes) -> Description:
    """Whatever is understood can be answered to a viewer, and the answer is understood again."""
    offer = sdp.parse(data.decode("utf-8", "replace"))
    local = sdp.Transport("u" * 4, "p" * 22, (("sha-256", "AA:BB"),), "actpass")
    sources = {
        "audio": sdp.Source("sound", "stream", "", 1),
        "video": sdp.Source("picture", "stream", "", 2, 3),
    }
    return sdp.parse(sdp.write(sdp.answer_viewer(offer, local, sources)))


def test_offers_of_viewers(seconds: float) -> None:
    seeds = [text.replace("a=sendonly", "a=recvonly").encode() for text in (CHROMIUM, FIREFOX)]
    fuzz(seconds, seeds, _viewers, sdp.SdpError)


def test_rtp_packets(seconds: float) -> None:
    fuzz(seconds, _RTP, rtp.parse, rtp.RtpError)


def test_rtcp_packets(seconds: float) -> None:
    fuzz(seconds, _RTCP, rtcp.parse, rtcp.RtcpError)


def test_vp8_descriptors(seconds: float) -> None:
    def read(data: bytes) -> object:
        return vp8.shift(data, vp8.parse(data), 5, 6)

    fuzz(seconds, _PAYLOADS, read, vp8.Vp8Error)


def test_keyframes_and_sizes(seconds: float) -> None:
    def read(data: bytes) -> None:
        for codec in ("vp8", "vp9", "h264", "av1", "opus"):
            keyframes.starts_keyframe(codec, data)
            sizes.frame_size(codec, data)

    fuzz(seconds, _PAYLOADS, read, NotImplementedError)


def test_stun_messages(seconds: float) -> None:
    wire = Wire()
    wire.meet(
        sdp.Transport("u" * 4, "p" * 22, (), "", candidates=("1 1 udp 1 127.0.0.1 9 typ host",))
    )
    whole = wire.request()
    plain = whole[:2] + (len(whole) - 28).to_bytes(2) + whole[4:-8]

    def read(data: bytes) -> None:
        """Whatever is understood can be answered, and the answers are understood."""
        length = data[:2] + (len(data) - 20 & 0xFFFF).to_bytes(2) + data[4:]
        for form in (data, length):
            request = BindingRequest.parse(form)
            if request is not None:
                request.signed_with(b"p" * 22)
                stun.parse_message(request.success(b"key", "192.0.2.1", 9))
                stun.parse_message(request.error(b"key", *UNKNOWN_ATTRIBUTE, request.unknown))

    fuzz(seconds, [whole, plain], read, NotImplementedError)


async def test_a_publisher_takes_anything(seconds: float) -> None:
    plane = Plane()
    downs = [plane.down("f"), plane.down("q")]

    def receive(data: bytes) -> None:
        plane.clock.advance(0.001)
        plane.timers.run()
        plane.publisher.on_rtp(data, plane.clock.now(), plane.clock.now())

    fuzz(seconds, _RTP, receive, rtp.RtpError)
    assert downs[0].packets
    for down in downs:
        for packet in down.packets:
            assert packet.payload_type == 100 or packet.ssrc == 7001


async def test_a_subscribers_feedback_may_say_anything(seconds: float) -> None:
    plane = Plane()
    down = plane.down("f")
    for number in range(50):
        plane.vp8("f", number, key=number == 0)

    def receive(data: bytes) -> None:
        plane.clock.advance(0.001)
        plane.timers.run()
        down.subscriber.on_rtcp(data, plane.clock.now())
        plane.publisher.on_rtcp(data, plane.clock.now())

    fuzz(seconds, _RTCP, receive, rtcp.RtcpError)


def test_shared_packets_survive_any_payload(seconds: float) -> None:
    def forward(data: bytes) -> None:
        packet = vp8_packet("f", 1)
        packet.payload = data
        shared = SharedPacket(packet, 1, "vp8", {}, 0)
        shared.write_shifted(96, 1, 2, 3, 4, (1, 1))
        shared.write_rtx(97, 1, 2, 3, 4, (1, 1), 5)

    fuzz(seconds, _PAYLOADS, forward, NotImplementedError)
