"""Parsers of what comes over UDP: STUN, RTP, RTCP, payloads, publishers and subscribers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from media.load.checks import Answer, request
from media.sfu.bounds import Strangers
from media.sfu.datapath import dialect, keyframes, rtcp, rtcp_write, rtp, sizes, vp8
from media.sfu.datapath.plans import Path
from media.sfu.datapath.shared import SharedPacket
from media.sfu.dtls import ALL_PROFILES, DtlsError, DtlsServer, Identity
from media.sfu.ice_lite import Credentials, IceLite
from media.sfu.stun import BindingRequest
from offhook.core.clock import Micros
from tests.fuzz.target import Target
from tests.media.sfu.plane import Plane, rtx_packet, vp8_packet

_NEVER = ()
_PASSWORD = "p" * 22
_REPORT = rtcp.Report(7000, 3, 4, 5, 6, 7, 8)

REQUEST = request(b"t" * 12, ("ours", "theirs"), _PASSWORD, nominate=True)
RTCP = (
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
RTP = tuple(
    rtp.build(packet)
    for packet in (
        vp8_packet("f", 1, key=True),
        vp8_packet("q", 2),
        rtx_packet("f", vp8_packet("f", 3), 9),
    )
)
PAYLOADS = (
    b"\x90\xe0\xff\xfe\xff\x00\x10\x02\x00\x9d\x01\x2a\x00\x05\xd0\x02",
    b"\x18\x00\x0b\x67\x42\xc0\x1f\xda\x01\x40\x16\xe9\xa8\x10\x00\x04\x68\xce\x3c\x80",
    b"\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00\x00\x03",
    b"\x8a\x81\x01\x30\x02\x80\x01\x68\x05\x00\x02\xd0",
    b"\x0a\x0b\x00\x00\x00\x24",
)


def _stun() -> Callable[[bytes], object]:
    """Whatever is understood is answered, and the answers are understood."""
    path = Path("udp", 0, "192.0.2.1", 9)

    def read(data: bytes) -> None:
        Strangers().failed(path.address, 0)
        for form in (data, data[:2] + (len(data) - 20 & 0xFFFF).to_bytes(2) + data[4:]):
            Answer.parse(form)
            found = BindingRequest.parse(form)
            if found is not None:
                reply = IceLite(Credentials(found.ufrag, _PASSWORD)).handle(found, path, 0)
                for answer in (reply, found.success(b"key", "2001:db8::1", 9)):
                    assert answer is None or Answer.parse(answer) is not None

    return read


def _rtp() -> Callable[[bytes], object]:
    """What is read is written again, and then read as the same."""

    def read(data: bytes) -> None:
        packet = rtp.parse(data)
        rtp.unwrap_rtx(packet, 96, 1)
        once = rtp.parse(rtp.build(packet))
        assert rtp.parse(rtp.build(once)).payload == packet.payload
        numbers = tuple(range(15, -1, -1))
        block = rtp.build(once)
        if block[0] & 0x10:
            rtp.parse(dialect.renumber(block, numbers))

    return read


def _rtcp() -> Callable[[bytes], object]:
    def read(data: bytes) -> None:
        for message in rtcp.parse(data):
            if isinstance(message, rtcp.TransportFeedback):
                assert len(message.arrivals) <= rtcp.MAX_FEEDBACK

    return read


def _payloads() -> Callable[[bytes], object]:
    """Descriptors, keyframes, sizes; a payload that is forwarded stays as long as it was."""
    formats = ("vp8", "vp9", "h264", "av1", "opus")

    def read(data: bytes) -> None:
        for codec in formats:
            keyframes.starts_keyframe(codec, data)
            sizes.frame_size(codec, data)
            packet = vp8_packet("f", 1)
            packet.payload = data
            shared = SharedPacket(packet, 1, codec, {}, 0)
            shared.write_shifted(96, 1, 2, 3, 4, (1, 1))
            shared.write_rtx(97, 1, 2, 3, 4, (1, 1), 5)
        assert len(vp8.shift(data, vp8.parse(data), 5, 6)) == len(data)

    return read


def _pieces(data: bytes) -> Iterator[bytes]:
    """Several packets from one input: a byte with a length before each, times eight."""
    while data:
        end = 1 + 8 * data[0]
        yield data[1:end]
        data = data[end:]


def _publisher() -> Callable[[bytes], object]:
    """A publisher takes anything; what is forwarded of it is well-formed."""

    def take(data: bytes) -> None:
        plane = Plane()
        down = plane.down("f")
        for piece in _pieces(data):
            plane.clock.advance(0.02)
            plane.timers.run()
            try:
                plane.publisher.on_rtp(piece, plane.clock.now(), plane.clock.now())
            except rtp.RtpError:
                continue
        for packet in down.packets:
            assert packet.payload_type == 100 or packet.ssrc == 7001
        plane.publisher.close()
        plane.timers.close()

    return take


def _feedback() -> Callable[[bytes], object]:
    """Feedback may say anything; a subscriber is never sent a multiple of what it asks for."""

    def take(data: bytes) -> None:
        plane = Plane()
        down = plane.down("f")
        for number in range(20):
            plane.vp8("f", number, key=number == 0)
        for piece in _pieces(data):
            plane.clock.advance(0.02)
            plane.timers.run()
            for end in (down.subscriber, plane.publisher):
                try:
                    end.on_rtcp(piece, plane.clock.now())
                except rtcp.RtcpError:
                    continue
        assert len(down.packets) < 4000
        plane.publisher.close()
        plane.timers.close()

    return take


def _handshake() -> Callable[[bytes], object]:
    """Our end of DTLS: OpenSSL reads it, we cut what it answers."""
    identity = Identity(Micros(1_800_000_000_000_000))
    context = identity.context(ALL_PROFILES)

    def take(data: bytes) -> None:
        server = DtlsServer(context, (("sha-256", "AA:BB"),))
        for piece in _pieces(data):
            for reply in server.receive(piece):
                assert reply
        server.close()

    return take


def _framed(*packets: bytes) -> bytes:
    return b"".join(
        bytes((-(-len(packet) // 8),)) + packet + bytes(-len(packet) % 8) for packet in packets
    )


_HELLO = (
    b"\x16\xfe\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x38\x01\x00\x00\x2c\x00\x00\x00\x00\x00\x00"
    b"\x00\x2c\xfe\xfd" + bytes(32) + b"\x00\x00\x00\x02\xc0\x2b\x01\x00\x00\x00"
)

TARGETS = (
    Target("stun", _stun, _NEVER, (REQUEST, REQUEST[:-8])),
    Target("rtp", _rtp, (rtp.RtpError,), RTP),
    Target("rtcp", _rtcp, (rtcp.RtcpError,), RTCP),
    Target("payloads", _payloads, (vp8.Vp8Error,), PAYLOADS, 256),
    Target("publisher", _publisher, _NEVER, (_framed(*RTP), _framed(RTP[0], RTP[0], RTP[2]))),
    Target("feedback", _feedback, _NEVER, (_framed(*RTCP), _framed(RTCP[2], RTCP[2], RTCP[4]))),
    Target("handshake", _handshake, (DtlsError,), (_framed(_HELLO), _framed(_HELLO, _HELLO))),
)
