"""What an offer and its answer come to: where audio goes, in which formats, both ways."""

from __future__ import annotations

import re
from dataclasses import dataclass

from media.rtp.sdes import Crypto
from media.sip.sdp.crypto import paired
from media.sip.sdp.description import Description, Media
from media.sip.sdp.errors import BadDescription
from media.sip.sdp.fitting import common
from media.sip.sdp.formats import Format
from media.sip.sdp.values import Connection, Direction
from media.sip.sdp.writing import milliseconds, ptime_of

#: Address or name, and port.
Address = tuple[str, int]

_RTCP = re.compile(r"([0-9]{1,5})(?: +(\S+ +\S+ +\S+))? *\Z")


@dataclass(frozen=True, slots=True)
class Stream:
    """The audio of a call, from our side.

    `direction` is what we do. `send` are the formats to send with the other side's numbers, best
    first; `receive` are those to expect, with our numbers, which may differ (RFC 3264 5.1).
    `ptime` is the milliseconds of a packet that we send. `keys` are ours to send with and theirs.
    `held_by_them` is whether they want to hear nothing, `held_by_us` whether we do.
    """

    index: int
    direction: Direction
    rtp: Address
    rtcp: Address
    mux: bool
    send: tuple[Format, ...]
    receive: tuple[Format, ...]
    ptime: int
    keys: tuple[Crypto, Crypto] | None = None
    held_by_them: bool = False
    held_by_us: bool = False

    @property
    def codec(self) -> Format:
        """What to send voice with."""
        return next(f for f in self.send if f.is_voice)

    @property
    def events(self) -> Format | None:
        """What to send digits with: events on the clock of the codec, or else any; None when
        there are none, and digits go by INFO or as tones."""
        return _best([f for f in self.send if f.is_event], self.codec)

    @property
    def noise(self) -> Format | None:
        """What to send comfort noise with."""
        fitting = (f for f in self.send if f.is_noise and f.clock_rate == self.codec.clock_rate)
        return next(fitting, None)

    def format_of(self, payload_type: int) -> Format | None:
        """What a packet that arrives with this number holds."""
        return next((f for f in self.receive if f.payload_type == payload_type), None)


def _best(events: list[Format], codec: Format) -> Format | None:
    same = [f for f in events if f.clock_rate == codec.clock_rate]
    return next(iter(same + events), None)


def stream_of(
    index: int,
    local: Description,
    remote: Description,
    *,
    answering: bool,
    ptimes: tuple[int, ...] = (20,),
) -> Stream:
    """The stream of one m-line that neither side has rejected.

    When we answered, the order of our answer decides what we send, as it is the offer's order or
    one that we chose over it; when we offered, that of their answer (RFC 3264 6.1, 7).
    """
    ours, theirs = local.media[index], remote.media[index]
    connection = remote.connection_of(theirs)
    if connection is None:
        raise BadDescription("An m-line has no connection.")
    rtp = (connection.address, theirs.port)
    mux = ours.has("rtcp-mux") and theirs.has("rtcp-mux")
    wish, wanted = local.direction_of(ours), remote.direction_of(theirs)
    send, receive = common(theirs, ours), common(ours, theirs)
    if answering:
        order = [f.key for f in receive]
        send = tuple(sorted(send, key=lambda f: order.index(f.key)))
    return Stream(
        index=index,
        direction=wish & wanted.reversed,
        rtp=rtp,
        rtcp=rtp if mux else _rtcp(theirs, connection),
        mux=mux,
        send=send,
        receive=receive,
        ptime=_ptime(theirs, ptimes),
        keys=paired(ours, theirs),
        held_by_them=not wanted.receives,
        held_by_us=not wish.receives,
    )


def _rtcp(media: Media, connection: Connection) -> Address:
    """Where their RTCP is: a=rtcp (RFC 3605), or the port after (RFC 3550 11)."""
    found = _RTCP.match(media.value("rtcp") or "")
    if found is None or not 0 < int(found[1]) < 65_536:
        return connection.address, min(media.port + 1, 65_535)
    address = Connection.parse(found[2]).address if found[2] else connection.address
    return address, int(found[1])


def _ptime(media: Media, ptimes: tuple[int, ...]) -> int:
    """The packet time they ask for if we can send it, at most their maxptime; or else 20 ms."""
    most = milliseconds(media.value("maxptime")) or max(ptimes)
    possible = [time for time in ptimes if time <= most] or [min(ptimes)]
    asked = ptime_of(media)
    if asked in possible:
        return asked
    return 20 if 20 in possible else possible[-1]
