"""RTCP packets the SFU writes, the inverse of `rtcp.parse`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct, pack

from media.sfu.datapath.rtcp import BYE, PSFB, RR, RTPFB, SDES, SR, XR, Report, SenderReport

_HEADER = Struct("!BBH")


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | count, kind, len(body) // 4) + body


def _report(report: Report) -> bytes:
    lost = max(-0x800000, min(0x7FFFFF, report.lost)) & 0xFFFFFF
    head = pack("!II", report.ssrc, report.fraction_lost << 24 | lost)
    return head + pack(
        "!IIII", report.highest & 0xFFFFFFFF, report.jitter, report.last_sr, report.delay
    )


def sender_report(report: SenderReport) -> bytes:
    """SR with its report blocks."""
    body = pack(
        "!IQIII",
        report.ssrc,
        report.ntp,
        report.rtp,
        report.packets & 0xFFFFFFFF,
        report.octets & 0xFFFFFFFF,
    )
    return _packet(len(report.reports), SR, body + b"".join(map(_report, report.reports)))


def receiver_report(ssrc: int, reports: Sequence[Report]) -> bytes:
    """RR with at most 31 report blocks."""
    body = b"".join(map(_report, reports))
    return _packet(len(reports), RR, pack("!I", ssrc) + body)


def source_description(ssrc: int, cname: str) -> bytes:
    """SDES with a CNAME of at most 255 bytes."""
    name = cname.encode()[:255]
    chunk = pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    return _packet(1, SDES, chunk + bytes(-len(chunk) % 4))


def goodbye(ssrc: int) -> bytes:
    """BYE of one source."""
    return _packet(1, BYE, pack("!I", ssrc))


def reference_time(ssrc: int, ntp: int) -> bytes:
    """XR with a receiver reference time: a sender answers it with DLRR (RFC 3611, 4.4)."""
    return _packet(0, XR, pack("!IBBHQ", ssrc, 4, 0, 2, ntp))


def nack(sender: int, media: int, sequences: Iterable[int]) -> bytes:
    """Generic NACK (RFC 4585, section 6.2.1)."""
    pairs = b"".join(pack("!HH", first, mask) for first, mask in _pairs(sequences))
    return _packet(1, RTPFB, pack("!II", sender, media) + pairs)


def _pairs(sequences: Iterable[int]) -> list[tuple[int, int]]:
    """Each number with the mask of those among the next sixteen, in the order given."""
    out: list[tuple[int, int]] = []
    for sequence in sequences:
        distance = sequence - out[-1][0] & 0xFFFF if out else 0
        if out and 1 <= distance <= 16:
            out[-1] = (out[-1][0], out[-1][1] | 1 << distance - 1)
        else:
            out.append((sequence & 0xFFFF, 0))
    return out


def pli(sender: int, media: int) -> bytes:
    """Picture loss indication (RFC 4585, section 6.3.1)."""
    return _packet(1, PSFB, pack("!II", sender, media))


def transport_feedback(
    sender: int, media: int, base: int, reference: int, number: int, ticks: Sequence[int | None]
) -> bytes:
    """Transport-cc feedback.

    `ticks` holds per packet the 250 µs ticks since `reference` (counted in 64 ms), None when not
    seen. Two-bit vectors are used throughout: a little longer than run lengths, and one rule only.
    """
    symbols, deltas = _deltas(ticks)
    chunks = b"".join(_chunk(symbols[at : at + 7]) for at in range(0, len(symbols), 7))
    head = pack(
        "!IIHHI",
        sender,
        media,
        base & 0xFFFF,
        len(ticks),
        (reference & 0xFFFFFF) << 8 | number & 0xFF,
    )
    body = head + chunks + deltas
    padding = -len(body) % 4
    if not padding:
        return _packet(15, RTPFB, body)
    body += bytes(padding - 1) + bytes((padding,))
    return _HEADER.pack(0xA0 | 15, RTPFB, len(body) // 4) + body


def _deltas(ticks: Sequence[int | None]) -> tuple[list[int], bytes]:
    symbols, out, clock = [], bytearray(), 0
    for tick in ticks:
        if tick is None:
            symbols.append(0)
            continue
        step = max(-32768, min(32767, tick - clock))
        clock += step
        if 0 <= step <= 255:
            symbols.append(1)
            out.append(step)
        else:
            symbols.append(2)
            out += pack("!h", step)
    return symbols, bytes(out)


def _chunk(symbols: Sequence[int]) -> bytes:
    value = 0xC000
    for index, symbol in enumerate(symbols):
        value |= symbol << 12 - 2 * index
    return pack("!H", value)
