"""RTP, RTCP and payload descriptors: reading is the inverse of writing."""

from __future__ import annotations

from struct import pack

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.datapath import rtcp, rtcp_write, rtp, vp8
from media.sfu.datapath.keyframes import starts_keyframe
from media.sfu.datapath.plans import SrtpMaterial
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.shared import SharedPacket
from media.sfu.datapath.sizes import frame_size
from media.sfu.datapath.srtp import PROFILES, Srtp, SrtpError, mirrored

pytestmark = pytest.mark.unit

_u16, _u32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
_extensions = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=5)
_packets = st.builds(
    RtpPacket,
    st.integers(0, 127),
    st.sampled_from((0, 0x80)),
    _u16,
    _u32,
    _u32,
    _extensions,
    st.binary(max_size=50),
)


def _fields(packet: RtpPacket) -> list[object]:
    return [getattr(packet, name) for name in RtpPacket.__slots__]


# RTP


@given(_packets)
def test_a_packet_that_is_built_is_read_again(packet: RtpPacket) -> None:
    assert _fields(rtp.parse(rtp.build(packet))) == _fields(packet)


def test_contributing_sources_and_padding_are_passed_over() -> None:
    head = pack("!BBHII", 0xA2, 96, 7, 8, 9)
    packet = rtp.parse(head + bytes(8) + b"payload" + b"\x00\x00\x03")
    assert packet.payload == b"payload"


def test_the_two_byte_form_of_extensions_is_read() -> None:
    body = b"\x01\x02ab\x00\x07\x00\x09\x01z\x00\x00"
    data = pack("!BBHII", 0x90, 96, 1, 2, 3) + pack("!HH", 0x1000, 3) + body
    assert rtp.parse(data).extensions == {1: b"ab", 7: b"", 9: b"z"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(11),
        b"\x90" + bytes(11),
        b"\x90" + bytes(11) + pack("!HH", 0xBEDE, 9),
        b"\x90" + bytes(11) + pack("!HHI", 0xBEDE, 1, 0x1F000000),
        b"\x90" + bytes(11) + pack("!HHI", 0x1000, 1, 0x01FF0000),
        b"\xa0" + bytes(11) + b"\x20",
        b"\x8f" + bytes(11),
    ],
)
def test_a_packet_that_is_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(rtp.RtpError):
        rtp.parse(data)


@given(_packets, _u16)
def test_a_retransmission_holds_the_original(packet: RtpPacket, sequence: int) -> None:
    shared = SharedPacket(packet, packet.sequence, "opus", {}, 0)
    data = shared.write_rtx(97, sequence, packet.timestamp, 5, 1, (0, 0), packet.sequence)
    original = rtp.unwrap_rtx(rtp.parse(data), packet.payload_type, packet.ssrc)
    if not packet.payload:
        assert original is None
        return
    assert original is not None
    assert original.payload == packet.payload
    assert (original.sequence, original.marker) == (packet.sequence, packet.marker)


@given(_packets, _extensions)
def test_forwarded_extensions_get_our_numbers(packet: RtpPacket, others: object) -> None:
    forwarded = {number: 15 - number for number in range(1, 12)}
    shared = SharedPacket(packet, 1, "opus", forwarded, 0)
    sent = rtp.parse(shared.write(111, 1, 2, 3, 0x1234))
    wanted = {forwarded[n]: v for n, v in packet.extensions.items() if n in forwarded}
    assert sent.extensions == wanted | {3: b"\x12\x34"} | ({3: wanted[3]} if 3 in wanted else {})
    assert sent.payload == packet.payload


# VP8


@st.composite
def _descriptors(draw: st.DrawFn) -> tuple[bytes, int | None, bool, int | None]:
    """A descriptor, its picture id and whether that has 15 bits, its tl0 index."""
    picture, wide = draw(st.none() | st.integers(0, 0x7FFF)), draw(st.booleans())
    tl0 = draw(st.none() | st.integers(0, 255))
    if picture is not None and not wide:
        picture &= 0x7F
    flags = (0x80 if picture is not None else 0) | (0x40 if tl0 is not None else 0)
    out = bytes((0x80 | 0x10, flags)) if flags else b"\x10"
    if picture is not None:
        out += pack("!H", 0x8000 | picture) if wide else bytes((picture,))
    out += bytes((tl0,)) if tl0 is not None else b""
    return out, picture, wide, tl0


@given(_descriptors(), st.binary(min_size=1, max_size=20), st.integers(-9999, 9999), _u16)
def test_vp8_numbers_move_and_wrap_and_nothing_else_does(
    made: tuple[bytes, int | None, bool, int | None], frame: bytes, picture: int, tl0: int
) -> None:
    head, before, wide, level = made
    seen = vp8.parse(head + frame)
    assert (seen.picture_id, seen.tl0, seen.size) == (before, level, len(head))
    moved = vp8.shift(head + frame, seen, picture, tl0)
    after = vp8.parse(moved)
    assert moved[len(head) :] == frame
    modulus = 0x8000 if wide else 0x80
    assert after.picture_id == (None if before is None else (before + picture) % modulus)
    assert after.tl0 == (None if level is None else (level + tl0) % 256)


@given(st.integers(1, 0x3FFF), st.integers(1, 0x3FFF))
def test_a_vp8_keyframe_tells_its_size(width: int, height: int) -> None:
    payload = b"\x10\x10\x02\x00\x9d\x01\x2a" + pack("<HH", width, height)
    assert frame_size("vp8", payload) == (width, height)
    assert starts_keyframe("vp8", payload)


# other codecs


@pytest.mark.parametrize(
    ("codec", "payload", "begins"),
    [
        ("h264", b"\x67sps", True),
        ("h264", b"\x65idr", True),
        ("h264", b"\x41slice", False),
        ("h264", b"\x18\x00\x05\x67abcd", True),
        ("h264", b"\x7c\x85", True),
        ("h264", b"\x7c\x05", False),
        ("vp9", b"\x08", True),
        ("vp9", b"\xa8\x01\x00", True),
        ("vp9", b"\xa8\x01\x02", False),
        ("vp9", b"\x48", False),
        ("vp9", b"\x00", False),
        ("av1", b"\x08", True),
        ("av1", b"\x10", False),
        ("opus", b"", True),
        ("h264", b"", False),
        ("vp9", b"\xa8\x81", False),
        ("vp8", b"\x90", False),
    ],
)
def test_keyframes_are_found_in_every_codec(codec: str, payload: bytes, begins: bool) -> None:
    assert starts_keyframe(codec, payload) is begins


@pytest.mark.parametrize("size", [(320, 180), (640, 480), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("profile", ["baseline", "high"])
def test_the_size_of_h264_is_read_from_what_an_encoder_writes(
    size: tuple[int, int], profile: str
) -> None:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.framerate = 30  # type: ignore[assignment]
    context.options = {"profile": profile, "tune": "zerolatency"}
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
    (encoded,) = context.encode(frame)
    units = [unit.rstrip(b"\0") for unit in bytes(encoded).split(b"\0\0\1")]
    sps = next(unit for unit in units if unit and unit[0] & 31 == 7)
    assert frame_size("h264", sps) == size
    aggregated = b"\x18" + pack("!H", len(sps)) + sps
    assert frame_size("h264", aggregated) == size


def test_the_size_of_vp9_is_read_from_its_scalability_structure() -> None:
    structure = bytes((0x30,)) + pack("!HHHH", 640, 360, 1280, 720)
    assert frame_size("vp9", b"\x8a\x81\x01" + structure) == (1280, 720)
    assert frame_size("vp9", b"\xaa\x01\x00\x05" + structure) == (1280, 720)
    assert frame_size("vp9", b"\x88\x01") is None


# RTCP

_reports = st.lists(
    st.builds(
        rtcp.Report,
        _u32,
        st.integers(0, 255),
        st.integers(-0x800000, 0x7FFFFF),
        _u32,
        _u32,
        _u32,
        _u32,
    ),
    max_size=4,
).map(tuple)


@given(st.builds(rtcp.SenderReport, _u32, st.integers(0, 2**64 - 1), _u32, _u32, _u32, _reports))
def test_sender_reports_are_read_as_written(report: rtcp.SenderReport) -> None:
    data = rtcp_write.sender_report(report) + rtcp_write.source_description(report.ssrc, "name")
    assert rtcp.parse(data) == [report]


@given(_u32, _reports)
def test_receiver_reports_are_read_as_written(ssrc: int, reports: tuple[rtcp.Report, ...]) -> None:
    data = rtcp_write.receiver_report(ssrc, reports)
    assert rtcp.parse(data) == [rtcp.ReceiverReport(ssrc, reports)]


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 500), min_size=1, max_size=60))
def test_requests_are_read_as_written_across_the_wrap(first: int, offsets: set[int]) -> None:
    wanted = [(first + offset) & 0xFFFF for offset in sorted(offsets)]
    assert rtcp.parse(rtcp_write.nack(1, 2, wanted)) == [rtcp.Nack(2, tuple(wanted))]


def test_keyframe_requests_are_read() -> None:
    assert rtcp.parse(rtcp_write.pli(1, 2)) == [rtcp.KeyframeRequest(2)]
    fir = pack("!BBHIIII", 0x84, 206, 4, 1, 0, 77, 0x01000000)
    assert rtcp.parse(fir) == [rtcp.KeyframeRequest(77)]


@given(
    _u16,
    st.lists(st.none() | st.integers(0, 60_000), min_size=1, max_size=200).filter(any),
)
def test_feedback_is_read_as_written(base: int, ticks: list[int | None]) -> None:
    data = rtcp_write.transport_feedback(1, 2, base, 3, 4, ticks)
    (feedback,) = rtcp.parse(data)
    assert isinstance(feedback, rtcp.TransportFeedback)
    assert feedback.base == base
    arrivals = [None if t is None else round(t / 250) for t in feedback.arrivals]
    steps, clock = [], 0
    for tick in ticks:
        clock = clock if tick is None else clock + max(-32768, min(32767, tick - clock))
        steps.append(None if tick is None else clock)
    assert arrivals == steps


def test_feedback_in_runs_and_one_bit_vectors_is_read() -> None:
    head = pack("!BBHIIHHI", 0x8F, 205, 7, 1, 2, 100, 18, 0)
    chunks = pack("!HHH", 0x2002, 0x8000 | 0x2800, 0x0002)
    deltas = bytes((4, 8, 1, 2))
    (feedback,) = rtcp.parse(head + chunks + deltas + bytes(2))
    assert isinstance(feedback, rtcp.TransportFeedback)
    assert [t is not None for t in feedback.arrivals] == [
        *(True, True),
        *(True, False, True, *[False] * 11),
        *(False, False),
    ]


def test_a_bandwidth_estimate_is_read() -> None:
    body = pack("!BBHII4sI", 0x8F, 206, 4, 1, 0, b"REMB", 1 << 24 | 5 << 18 | 1000)
    assert rtcp.parse(body) == [rtcp.Remb(32000)]


def test_parts_that_we_do_not_know_are_passed_over() -> None:
    unknown = pack("!BBH", 0x80, 204, 1) + bytes(4)
    assert rtcp.parse(unknown + rtcp_write.pli(1, 2)) == [rtcp.KeyframeRequest(2)]


@pytest.mark.parametrize(
    "data",
    [
        pack("!BBH", 0x80, 200, 9),
        pack("!BBH", 0x80, 200, 0),
        pack("!BBHI", 0x8F, 205, 1, 1),
        pack("!BBHIIHHIHH", 0x8F, 205, 5, 1, 2, 1, 1000, 0, 0, 0),
        pack("!BBHIIHHI", 0x8F, 205, 4, 1, 2, 1, 0xFFFF, 0),
    ],
)
def test_rtcp_that_is_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(rtcp.RtcpError):
        rtcp.parse(data)


# SRTP


@pytest.mark.parametrize("profile", PROFILES)
def test_each_end_reads_what_the_other_protects(profile: object) -> None:
    chosen = next(p for p in PROFILES if p is profile)
    keys = SrtpMaterial(chosen.name, bytes(range(chosen.exported)))
    server, client = Srtp(keys), Srtp(mirrored(keys))
    packet = rtp.build(RtpPacket(111, 0, 1, 2, 3, {}, b"hello"))
    report = rtcp_write.receiver_report(1, [])
    assert client.unprotect(server.protect(packet)) == packet
    assert server.unprotect(client.protect(packet)) == packet
    assert client.unprotect_rtcp(server.protect_rtcp(report)) == report
    with pytest.raises(SrtpError):
        server.unprotect(server.protect(packet))
