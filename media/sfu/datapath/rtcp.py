"""RTCP packets the SFU reads (RFC 3550, 3611, 4585, 5104, transport-cc)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error, unpack_from

_HEADER = Struct("!BBH")
SR, RR, SDES, BYE, RTPFB, PSFB, XR = 200, 201, 202, 203, 205, 206, 207
MAX_FEEDBACK = 4096


class RtcpError(ValueError):
    """A packet is cut short or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report block: how a receiver hears one stream. `delay` in 1/65536 s."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """SR: the sender's clocks and counts. `ntp` is a 64-bit NTP timestamp."""

    ssrc: int
    ntp: int
    rtp: int
    packets: int
    octets: int
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """RR."""

    ssrc: int
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    """Generic NACK: sequence numbers asked for again."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """PLI, or one entry of a FIR."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    """The receiver's estimate of its bandwidth, bits per second."""

    bitrate: int


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Arrivals by transport sequence: microseconds since the reference, None where lost.

    `reference` counts 64 ms of the receiver's own clock, in 24 bits.
    """

    base: int
    reference: int
    arrivals: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Bye:
    """The sources have left."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoundTripEcho:
    """DLRR: the middle 32 bits of our reference time, and the delay in 1/65536 s."""

    last_rr: int
    delay: int


Message = (
    SenderReport
    | ReceiverReport
    | Nack
    | KeyframeRequest
    | Remb
    | TransportFeedback
    | Bye
    | RoundTripEcho
)


def parse(data: bytes) -> list[Message]:
    """Read a compound or reduced-size packet; unknown parts are passed over.

    Raises `RtcpError` when a part is cut short.
    """
    out: list[Message] = []
    position = 0
    try:
        while position + 4 <= len(data):
            first, kind, words = _HEADER.unpack_from(data, position)
            end = position + 4 + 4 * words
            if end > len(data):
                raise RtcpError("a part is longer than the packet")
            out += _part(kind, first & 31, data[position + 4 : end])
            position = end
    except (error, IndexError):
        raise RtcpError("a part is cut short") from None
    return out


def _part(kind: int, count: int, body: bytes) -> list[Message]:
    match kind:
        case 200:
            ssrc, ntp, rtp, packets, octets = unpack_from("!IQIII", body)
            return [SenderReport(ssrc, ntp, rtp, packets, octets, _reports(body, 24, count))]
        case 201:
            return [ReceiverReport(unpack_from("!I", body)[0], _reports(body, 4, count))]
        case 203:
            return [Bye(unpack_from(f"!{count}I", body))]
        case 205:
            return _transport_layer(count, body)
        case 206:
            return _payload_specific(count, body)
        case 207:
            return _extended(body)
    return []


def _reports(body: bytes, position: int, count: int) -> tuple[Report, ...]:
    out = []
    for start in range(position, position + 24 * count, 24):
        ssrc, loss, highest, jitter, last_sr, delay = unpack_from("!IIIIII", body, start)
        lost = loss & 0xFFFFFF
        lost -= 0x1000000 if lost & 0x800000 else 0
        out.append(Report(ssrc, loss >> 24, lost, highest, jitter, last_sr, delay))
    return tuple(out)


def _transport_layer(form: int, body: bytes) -> list[Message]:
    if form == 1:
        return [Nack(unpack_from("!I", body, 4)[0], _nack_sequences(body))]
    if form == 15:
        return [_transport_feedback(body)]
    return []


def _nack_sequences(body: bytes) -> tuple[int, ...]:
    out = []
    for position in range(8, len(body) - 3, 4):
        first, mask = unpack_from("!HH", body, position)
        out.append(first)
        out += [first + bit + 1 & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return tuple(out)


def _payload_specific(form: int, body: bytes) -> list[Message]:
    if form == 1:
        return [KeyframeRequest(unpack_from("!I", body, 4)[0])]
    if form == 4:
        entries = range(8, len(body) - 7, 8)
        return [KeyframeRequest(unpack_from("!I", body, at)[0]) for at in entries]
    if form == 15 and body[8:12] == b"REMB":
        exponent = body[13] >> 2
        mantissa = (body[13] & 3) << 16 | body[14] << 8 | body[15]
        return [Remb(mantissa << exponent)]
    return []


def _extended(body: bytes) -> list[Message]:
    """XR: of its blocks only DLRR matters here (RFC 3611, section 4.5)."""
    out: list[Message] = []
    position = 4
    while position + 4 <= len(body):
        kind, _, words = _HEADER.unpack_from(body, position)
        end = position + 4 + 4 * words
        if kind == 5:
            for at in range(position + 4, end - 11, 12):
                _, last_rr, delay = unpack_from("!III", body, at)
                out.append(RoundTripEcho(last_rr, delay))
        position = end
    return out


def _transport_feedback(body: bytes) -> TransportFeedback:
    base, count, reference = unpack_from("!HHI", body, 8)
    if count > MAX_FEEDBACK:
        raise RtcpError("feedback about too many packets")
    position = 16
    symbols: list[int] = []
    while len(symbols) < count:
        (chunk,) = unpack_from("!H", body, position)
        position += 2
        symbols += _chunk_symbols(chunk, count - len(symbols))
    arrivals: list[int | None] = []
    clock = 0
    for symbol in symbols:
        if symbol == 1:
            clock += body[position] * 250
            position += 1
        elif symbol == 2:
            clock += unpack_from("!h", body, position)[0] * 250
            position += 2
        arrivals.append(clock if symbol else None)
    return TransportFeedback(base, reference >> 8, tuple(arrivals))


def _chunk_symbols(chunk: int, most: int) -> list[int]:
    """Run length, two-bit vector or one-bit vector; at least one symbol, so that reading ends."""
    if not chunk & 0x8000:
        run = chunk & 0x1FFF
        if not run:
            raise RtcpError("a run of nothing")
        return [chunk >> 13 & 3] * min(run, most)
    if chunk & 0x4000:
        return [chunk >> place & 3 for place in range(12, -1, -2)][:most]
    return [chunk >> place & 1 for place in range(13, -1, -1)][:most]
