"""Limits of what strangers, newcomers and floods may cost: addresses, half-open legs, packets."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from media.sfu import bounds
from media.sfu.bounds import HalfOpen, HalfOpenLimits, Strangers
from media.sfu.datapath import intake, rtcp_write, rtp, subscriber
from media.sfu.datapath.intake import Intake
from media.sfu.datapath.leg_io import LegIo
from media.sfu.datapath.python import PythonDatapath
from media.sfu.dtls import DtlsClient, DtlsServer, Identity
from media.sfu.leg import DTLS_BURST, HANDSHAKE_WITHIN
from media.worker import MediaWorker
from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.media import LegLost, RestartSubscribe
from offhook.core.errors import RateLimited
from tests.media.sfu.browser import Browser, audio_line
from tests.media.sfu.node import Still
from tests.media.sfu.plane import Plane
from tests.media.sfu.test_legs import opus, pair, passes

pytestmark = pytest.mark.integration

People = Callable[[str], Browser]


# strangers


def test_an_address_whose_checks_fail_too_often_is_not_read_for_a_while() -> None:
    strangers = Strangers()
    for _ in range(bounds.STRANGE_BURST):
        assert not strangers.ignored("192.0.2.1", 0)
        strangers.failed("192.0.2.1", 0)
    assert strangers.ignored("192.0.2.1", 0)
    assert not strangers.ignored("192.0.2.2", 0)
    assert not strangers.ignored("192.0.2.1", SECOND // 10)


def test_strangers_are_forgotten_when_there_are_too_many() -> None:
    strangers = Strangers()
    for number in range(bounds.STRANGERS + 100):
        strangers.failed(f"192.0.2.{number}", 0)
    assert len(strangers) == bounds.STRANGERS


async def test_a_flood_of_forged_checks_hinders_nobody_who_is_connected(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = await pair(people)
    mallory = ann.wire()
    assert ann.answer is not None
    mallory.meet(ann.answer.transport)
    await mallory.open()
    for _ in range(2 * bounds.STRANGE_BURST):
        mallory.check(password="x" * 22)
    before = ann.out.answers
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > before)
    await passes(ann, ben, 1)
    assert mallory.answers == 0
    mallory.close()


async def test_what_is_no_stun_from_an_unknown_address_is_dropped_unread(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = await pair(people)
    with socket.socket(type=socket.SOCK_DGRAM) as stranger:
        stranger.connect(ann.out.server)
        for first in range(256):
            stranger.send(bytes((first,)) + bytes(60))
    await passes(ann, ben, 1)
    assert worker.node.legs == 2


# connections that are begun and not done


def test_half_open_connections_are_counted_by_account_and_in_all() -> None:
    half_open = HalfOpen(HalfOpenLimits(account=2, node=3))
    for leg, account in enumerate(("AC1", "AC1", "AC2")):
        half_open.require_room(account)
        half_open.begun(leg, account)
    with pytest.raises(RateLimited, match="connecting") as refused:
        half_open.require_room("AC3")
    assert (refused.value.code, refused.value.retry_after) == ("too_many_connecting", 5.0)
    half_open.over(2)
    half_open.over(2)
    half_open.require_room("AC3")
    with pytest.raises(RateLimited):
        half_open.require_room("AC1")


async def test_an_offer_beyond_the_limit_of_half_open_legs_changes_nothing(
    still: Still, people: People
) -> None:
    node = still.worker.node
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    for leg in range(HalfOpenLimits().node):
        node.half_open.begun(-leg - 1, "AC9")
    with pytest.raises(RateLimited) as refused:
        await ann.offer()
    assert refused.value.code == "too_many_connecting"
    assert (node.legs, node.datapath.sizes().tracks) == (0, 0)
    with pytest.raises(RateLimited):
        await people("PA2").enter()
    assert "PA2" not in still.worker.rooms["RM1"].participants


async def test_a_leg_that_never_connects_ends_in_time_and_counts_no_more(
    still: Still, people: People
) -> None:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    assert len(still.worker.node.half_open) == 1
    still.advance(HANDSHAKE_WITHIN / SECOND + 1)
    lost = await ann.news.wait(LegLost, participant="PA1")
    assert lost.reason == "consent_expired"
    assert (still.worker.node.legs, len(still.worker.node.half_open)) == (0, 0)
    assert still.worker.node.names == 0


async def test_a_connected_leg_is_half_open_no_more(worker: MediaWorker, people: People) -> None:
    await pair(people)
    assert worker.node.legs == 2
    assert len(worker.node.half_open) == 0


async def test_one_participant_cannot_begin_connections_without_end(
    worker: MediaWorker, people: People
) -> None:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    for _ in range(bounds.LEG_BURST):
        ann.out = ann.wire()
        await ann.offer()
    ann.out = ann.wire()
    with pytest.raises(RateLimited) as refused:
        await ann.offer()
    assert refused.value.code == "too_many_connections"
    assert refused.value.retry_after
    assert worker.node.legs == 1


async def test_one_participant_cannot_ask_for_fresh_offers_without_end(
    worker: MediaWorker, people: People
) -> None:
    ann = people("PA1")
    await ann.enter()
    again = RestartSubscribe(room="RM1", participant="PA1", fresh=True)
    for _ in range(bounds.LEG_BURST):
        await ann.ask(again)
    with pytest.raises(RateLimited):
        await ann.ask(again)


# DTLS


async def test_a_leg_reads_only_so_many_handshake_datagrams(still: Still, people: People) -> None:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    ann.out.meet((await ann.offer()).transport)
    await ann.out.open()
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > 0)
    leg = still.worker.rooms["RM1"].participants["PA1"].publishing.leg
    assert leg is not None
    path = leg.ice.path
    assert path is not None
    for _ in range(DTLS_BURST):
        leg.on_dtls(path, bytes((22, 254, 253)) + bytes(40))
    ann.out.begin()
    before = ann.out.answers
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > before)
    assert not leg.connected
    still.advance(1)
    ann.out.begin()
    await ann.out.until(lambda: ann.out.up)


def test_records_that_nobody_reads_are_not_kept() -> None:
    server, client = _established()
    record = bytes((23, 254, 253)) + bytes(8) + (1000).to_bytes(2) + bytes(1000)
    before = _resident()
    for _ in range(20_000):
        server.receive(record)
    assert _resident() - before < 8 << 20
    (goodbye,) = client.close()
    server.receive(goodbye)
    assert server.closed


def _publish_leg(still: Still) -> LegIo:
    leg = still.worker.rooms["RM1"].participants["PA1"].publishing.leg
    datapath = still.worker.node.datapath
    assert leg is not None
    assert isinstance(datapath, PythonDatapath)
    return datapath.leg(leg.number)


def now(still: Still) -> Micros:
    """The time of the node."""
    return still.clock.now()


def _established() -> tuple[DtlsServer, DtlsClient]:
    identity, peer = (
        Identity(Micros(1_800_000_000_000_000)),
        Identity(Micros(1_800_000_000_000_000)),
    )
    server = DtlsServer(identity.context(), (peer.fingerprint,))
    client = DtlsClient(peer.context(), (identity.fingerprint,))
    flight = client.begin()
    while flight:
        answer = [reply for datagram in flight for reply in server.receive(datagram)]
        flight = [reply for datagram in answer for reply in client.receive(datagram)]
    assert server.keys
    assert client.keys
    return server, client


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


# floods from who is connected


def test_a_second_holds_so_many_packets_and_bytes() -> None:
    many, large, reports = Intake(), Intake(), Intake()
    assert all(many.takes(100, 5) for _ in range(intake.MAX_PACKETS))
    assert not many.takes(100, 5)
    size = intake.MAX_OCTETS // 4
    assert all(large.takes(size, 5) for _ in range(4))
    assert not large.takes(size, 5)
    assert all(reports.takes_report(5) for _ in range(intake.MAX_REPORTS))
    assert not reports.takes_report(5)
    assert many.takes(100, 5 + SECOND)
    assert many.dropped == 1


def test_a_flood_is_one_that_does_not_end() -> None:
    taken = Intake()
    for second in range(intake.PATIENCE):
        assert not taken.flooded
        for _ in range(intake.MAX_PACKETS + 1):
            taken.takes(1, second * SECOND)
    assert taken.flooded


def test_a_quiet_second_is_forgiven() -> None:
    taken = Intake()
    for second in range(3 * intake.PATIENCE):
        for _ in range(intake.MAX_PACKETS + 1 if second % 2 else 1):
            taken.takes(1, second * SECOND)
    assert not taken.flooded


async def test_who_floods_media_is_dropped_with_the_reason(still: Still, people: People) -> None:
    ann, _ = await pair(people)
    io = _publish_leg(still)
    assert ann.out.srtp is not None
    for number in range(intake.PATIENCE * (intake.MAX_PACKETS + 1)):
        assert io.ready
        io.on_media(ann.out.srtp.protect(rtp.build(opus(number))), now(still), 0)
        if number % (intake.MAX_PACKETS + 1) == intake.MAX_PACKETS:
            still.skip(1)
    assert not io.ready
    lost = await ann.news.wait(LegLost, participant="PA1")
    assert (lost.direction, lost.reason) == ("publish", "flooding")
    assert not still.worker.rooms["RM1"].participants["PA1"].publishing.leg


async def test_forged_packets_do_not_count_against_who_is_connected(
    still: Still, people: People
) -> None:
    ann, ben = await pair(people)
    io = _publish_leg(still)
    forged = bytes((0x80, 111)) + bytes(40)
    for _ in range(3 * intake.MAX_PACKETS):
        io.on_media(forged, now(still), 0)
    await passes(ann, ben, 1)


async def test_retransmissions_of_one_subscriber_are_bounded() -> None:
    plane = Plane()
    down = plane.down("f")
    for number in range(512):
        plane.vp8("f", number, key=number == 0)
    sequences = [down.media[0].sequence + number for number in range(500)]
    for _ in range(20):
        plane.clock.advance(0.011)
        down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, sequences), plane.clock.now())
    assert len(down.repairs) == subscriber.MAX_REPAIRS
    plane.clock.advance(1)
    down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, sequences[-1:]), plane.clock.now())
    assert len(down.repairs) == subscriber.MAX_REPAIRS + 1
