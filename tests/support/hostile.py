"""Who wishes a server ill, in a process of its own, so that it slows nobody else down.

Run: python -m tests.support.hostile SEED. What to do comes as JSON on standard input, what was done
goes out as JSON.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from media.load import checks
from media.load.descriptions import sending
from media.peers.protocol import Answer, Joined
from media.peers.room_socket import RoomSocket
from media.sfu import sdp
from media.sfu.datapath import rtcp_write, rtp
from media.sfu.datapath.rtp import RtpPacket
from offhook.core.errors import OffhookError, Unavailable

#: Where datagrams come from: another address of loopback than anybody else's.
ELSEWHERE = "127.0.0.2"
#: Sockets that datagrams are sent from.
_SOCKETS = 64
#: Datagrams between two pauses, and seconds of a pause.
_BATCH, _PAUSE = 50, 0.02
#: A DTLS 1.2 ClientHello without cookie, and the head of an SCTP INIT (RFC 9260).
_HELLO = bytes.fromhex("16feff0000000000000000003801000027000000000000002c fefd".replace(" ", ""))
_HELLO += bytes(32) + bytes.fromhex("00000002c02b01000000")
_INIT = bytes.fromhex("13881388000000000000000001000014") + bytes(16)
#: How a client goes wrong: commands that are no commands.
_NONSENSE: tuple[tuple[str, object], ...] = (
    ("offer", {"sdp": 7, "tracks": "all"}),
    ("answer", {"version": -1, "sdp": ""}),
    ("join", ["x"]),
    ("mute", None),
    ("subscription", {"tracks": [{"track": "x" * 5000}]}),
    ("chat", {"text": "\u0000"}),
    ("update", {"attributes": {"": "x"}}),
    ("dance", {}),
    ("x" * 3000, {}),
    ("resume", {"resume_token": "." * 900, "last_seq": 1 << 62}),
)


class Orders(Struct):
    """What to do: attack this media port with datagrams, hold so many legs half-open in these
    rooms, and talk nonsense with this token."""

    url: str
    port: int
    datagrams: int
    nonsense: int
    tokens: list[str]
    fool: str


class Told(Struct):
    """What came of it: legs begun, datagrams sent, nonsense talked, by the code of the answer."""

    half_open: dict[str, int]
    datagrams: int
    nonsense: dict[str, int]


def mutated(luck: random.Random, seed: bytes) -> bytes:
    """Change, insert or cut some bytes."""
    data = bytearray(seed)
    for _ in range(luck.choice((0, 1, 1, 2, 8))):
        at = luck.randrange(len(data) + 1)
        match luck.randrange(4):
            case 0:
                data[at : at + 1] = luck.randbytes(1)
            case 1:
                data[at:at] = luck.randbytes(luck.randrange(9))
            case 2:
                del data[at : at + luck.randrange(9)]
            case _:
                del data[at:]
    return bytes(data) or b"\0"


def datagrams(luck: random.Random, ufrag: str) -> Iterator[bytes]:
    """STUN for nobody and for `ufrag` with a wrong key, DTLS, RTP, RTCP and SCTP, true and mutated,
    and random bytes, without end."""
    packet = RtpPacket(111, 0, 1, 960, 7, {4: b"0", 1: b"\x14"}, bytes(80))
    seeds: tuple[Callable[[], bytes], ...] = (
        lambda: _check(luck, f"{luck.getrandbits(48):012x}"),
        lambda: _check(luck, ufrag),
        lambda: _HELLO,
        lambda: rtp.build(packet),
        lambda: rtcp_write.nack(1, luck.getrandbits(32), [1, 2, 3]),
        lambda: rtcp_write.transport_feedback(1, 2, 65530, 3, 4, [1, None, 300]),
        lambda: _INIT,
        lambda: luck.randbytes(luck.randrange(1, 1400)),
    )
    while True:
        yield mutated(luck, luck.choice(seeds)())


def _check(luck: random.Random, ufrag: str) -> bytes:
    return checks.request(luck.randbytes(12), (ufrag, "theirs"), "wrong" * 5, nominate=True)


async def flood_port(orders: Orders, luck: random.Random, ufrag: str) -> int:
    """Send datagrams to the media port, from many ports; how many the kernel took."""
    sockets = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(_SOCKETS)]
    for each in sockets:
        each.setblocking(False)
        each.bind((ELSEWHERE, 0))
    sent = 0
    source = datagrams(luck, ufrag)
    for number in range(orders.datagrams):
        try:
            luck.choice(sockets).sendto(next(source), ("127.0.0.1", orders.port))
        except OSError:
            continue
        sent += 1
        if number % _BATCH == 0:
            await asyncio.sleep(_PAUSE)
    for each in sockets:
        each.close()
    return sent


def half_open_offer(luck: random.Random) -> str:
    """An offer that will never be followed by a packet."""
    prints = (("sha-256", luck.randbytes(32).hex(":").upper()),)
    transport = sdp.Transport(f"{luck.getrandbits(32):08x}", "p" * 24, prints, "actpass")
    return sdp.write(sdp.Description((sending("audio", "0"),), transport))


class Newcomer:
    """Takes a place, offers, and never connects."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._socket = RoomSocket(url, token)

    async def come(self, luck: random.Random) -> sdp.Description:
        """Begin a connection, knocking until the door opens; raises what is refused with."""
        await self._knock()
        await self._socket.ask("join", {}, Joined)
        request: dict[str, object] = {"sdp": half_open_offer(luck), "tracks": []}
        return sdp.parse((await self._socket.ask("offer", request, Answer)).sdp)

    async def _knock(self) -> None:
        for pause in (0.2, 0.5, 1.0, 2.0, 4.0):
            try:
                await self._socket.open()
            except Unavailable:
                await self._socket.close()
                await asyncio.sleep(pause)
                self._socket = RoomSocket(self._url, self._token)
            else:
                return
        await self._socket.open()

    async def vanish(self) -> None:
        """Close the socket without leaving."""
        await self._socket.close()


async def half_open(
    orders: Orders, luck: random.Random, first: Callable[[str], None]
) -> Counter[str]:
    """Begin a connection with each token, a few at a time; how many were answered, or why not."""
    found: Counter[str] = Counter()
    people = [Newcomer(orders.url, token) for token in orders.tokens]
    slots = asyncio.Semaphore(8)

    async def one(person: Newcomer) -> None:
        async with slots:
            try:
                answer = await person.come(luck)
            except OffhookError as error:
                found[error.code] += 1
            else:
                found["answered"] += 1
                first(answer.transport.ufrag)

    await asyncio.gather(*(one(person) for person in people))
    await asyncio.gather(*(person.vanish() for person in people))
    return found


async def talk_nonsense(orders: Orders, luck: random.Random) -> Counter[str]:
    """Send malformed descriptions and commands, slowly enough to stay; what was refused how."""
    found: Counter[str] = Counter()
    socket = RoomSocket(orders.url, orders.fool)
    await socket.open()
    await socket.ask("join", {}, Joined)
    good = half_open_offer(luck).encode()
    for number in range(orders.nonsense):
        command, argument = luck.choice(_NONSENSE)
        if number % 2:
            text = mutated(luck, mutated(luck, good)).decode("utf-8", "replace")
            tracks = [{"mid": "0", "source": "microphone"}]
            command, argument = "offer", {"sdp": text, "tracks": tracks}
        found[await _said(socket, command, argument)] += 1
        await asyncio.sleep(_PAUSE)
    await socket.close()
    return found


async def _said(socket: RoomSocket, command: str, argument: Any) -> str:
    try:
        await socket.ask(command, argument, object)
    except OffhookError as error:
        return error.code
    return "ok"


async def attack(orders: Orders, luck: random.Random) -> Told:
    """All at once."""
    begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def first(ufrag: str) -> None:
        if not begun.done():
            begun.set_result(ufrag)

    async def ports() -> int:
        return await flood_port(orders, random.Random(luck.random()), await begun)

    legs, sent, refused = await asyncio.gather(
        half_open(orders, random.Random(luck.random()), first),
        ports(),
        talk_nonsense(orders, random.Random(luck.random())),
    )
    return Told(half_open=legs, datagrams=sent, nonsense=refused)


def main() -> None:
    """Take the orders, attack, tell."""
    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)
    told = asyncio.run(attack(orders, random.Random(int(sys.argv[1]))))
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
