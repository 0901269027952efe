"""What phone legs read: whole streams of RTP, digits, keys and bodies of INFO."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from media.rtp import info, sdes
from media.rtp.codec import CodecError
from media.rtp.codecs import Opus
from media.rtp.comfort import NoiseShape
from media.rtp.dtmf import TelephoneEvent
from media.rtp.dtmf_receiver import DigitPressed, DigitReceiver, DigitReleased
from media.rtp.g711 import PCMA, PCMU
from media.rtp.outgoing import Origin
from media.rtp.plan import Plan
from media.rtp.session import RtpSession
from media.sfu.datapath import rtcp, rtcp_write, rtp
from offhook.core.clock import Micros
from offhook.core.errors import MalformedInput, UnsupportedMedia
from tests.fuzz.target import Target

_NEVER = ()
_START, _FRAME = 1_800_000_000_000_000, 20_000
_PLAN = Plan(PCMU, 0, event_type=101, others={8: PCMA})
_PLACE = ("192.0.2.1", 4000)


def _packet(payload_type: int, number: int, payload: bytes, timestamp: int = -1) -> bytes:
    stamp = 160 * number if timestamp < 0 else timestamp
    return rtp.build(rtp.RtpPacket(payload_type, 0, number, stamp, 7, {}, payload))


def _framed(*packets: bytes) -> bytes:
    """Each behind a byte with its length."""
    return b"".join(bytes((min(255, len(packet)),)) + packet[:255] for packet in packets)


def _pieces(data: bytes) -> Iterator[bytes]:
    while data:
        end = 1 + data[0]
        yield data[1:end]
        data = data[end:]


def _session() -> Callable[[bytes], object]:
    """Whatever comes, the ear has its frame, no digit is released that was not pressed, and what
    is kept has bounds. A first byte says how many frames pass between packets."""

    def take(data: bytes) -> None:
        pace = data[0] % 4 if data else 0
        session = RtpSession(_PLAN, Origin(1, 2, 3), "leg", Micros(_START), lambda: 0.5)
        session.expect(_PLACE, Micros(_START))
        now, pressed = _START, 0
        for piece in _pieces(data[1:]):
            for event in (*session.receive(piece, _PLACE, Micros(now)), *session.tick(Micros(now))):
                pressed += isinstance(event, DigitPressed) - isinstance(event, DigitReleased)
                assert pressed in (0, 1)
            for _ in range(pace):
                assert session.pull(Micros(now)).size == 160
                now += _FRAME
        numbers = session.statistics()
        assert 1 <= numbers.mos <= 4.5
        assert numbers.target <= 120_000
        for message in rtcp.parse(session.close(Micros(now))):
            assert message

    return take


def _dtmf() -> Callable[[bytes], object]:
    """Eight bytes are a timestamp and an event; presses and releases alternate."""

    def take(data: bytes) -> None:
        receiver, now, down = DigitReceiver(8000), _START, False
        for at in range(0, len(data) - 7, 8):
            stamp = int.from_bytes(data[at : at + 4])
            for event in receiver.take(stamp, data[at + 4 : at + 8], Micros(now)):
                assert isinstance(event, DigitReleased) is down
                down = not down
            now += _FRAME
        assert len(receiver.expire(Micros(now + 1_000_000))) == down

    return take


def _said() -> Callable[[bytes], object]:
    """Keys, bodies and payloads; what is read is written and then read as the same."""
    opus = Opus()

    def take(data: bytes) -> None:
        assert 0 <= opus.ticks(data) <= 5760
        noise = NoiseShape.parse(data)
        assert noise is None or NoiseShape.parse(bytes(noise)) == noise
        chosen = sdes.choose([data.decode("utf-8", "replace")])
        assert chosen is None or sdes.Crypto.parse(str(chosen)) == chosen
        for kind in (info.RELAY, info.PLAIN):
            try:
                digit = info.InfoDigit.parse(kind, data)
            except (MalformedInput, UnsupportedMedia):
                continue
            assert info.InfoDigit.parse(kind, digit.body(kind)).digit == digit.digit

    return take


def _event(digit: int, end: bool, duration: int) -> bytes:
    return bytes(TelephoneEvent(digit, end, 10, duration))


_SOUND = PCMU.encode(PCMU.decode(bytes(range(160))))
_DIGITS = tuple(_event(5, length == 800, length) for length in (160, 320, 480, 640, 800, 800))
_STREAM = _framed(
    *(_packet(0, number, _SOUND) for number in (0, 1, 2, 4, 3, 3, 9)),
    *(_packet(101, 10 + place, event, 1600) for place, event in enumerate(_DIGITS)),
    _packet(13, 17, b"\x40\x90\x70"),
    _packet(8, 18, _SOUND),
    rtcp_write.sender_report(rtcp.SenderReport(7, 1 << 40, 2, 3, 4))
    + rtcp_write.source_description(7, "name"),
    rtcp_write.goodbye(7),
)
_KEY = b"1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4"

TARGETS = (
    Target("rtp_session", _session, _NEVER, (b"\1" + _STREAM, b"\0" + _STREAM, b"\2" + _STREAM)),
    Target("rtp_dtmf", _dtmf, _NEVER, (b"".join(bytes(4) + event for event in _DIGITS),), 512),
    Target(
        "rtp_said",
        _said,
        (CodecError,),
        (_KEY, b"Signal=5\r\nDuration=160\r\n", b"#", b"\x40\x90\x70", b"\xfb\x06aaaa"),
        256,
    ),
)
