"""Legs over loopback UDP: handshakes with every SRTP profile, names, consent, goodbyes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from media.node import MediaSettings
from media.sfu import sdp
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.dtls import ALL_PROFILES
from media.worker import MediaWorker
from offhook.core.bus.local import LocalBus
from offhook.core.clock import SystemClock
from offhook.core.contracts.media import (
    Inspect,
    Inspection,
    LegConnected,
    LegLost,
    RestartSubscribe,
)
from offhook.core.errors import Misconfigured
from tests.media.sfu.browser import Browser, audio_line
from tests.media.sfu.node import Still

People = Callable[[str], Browser]

pytestmark = pytest.mark.integration

#: Handshake messages of a server before it encrypts (RFC 5246, 7.4; a ticket would be 4).
SERVER_HELLO, CERTIFICATE, SERVER_KEY, CERTIFICATE_REQUEST, HELLO_DONE = 2, 11, 12, 13, 14


def opus(number: int) -> RtpPacket:
    """20 ms of Opus, named by mid."""
    extensions = {4: b"0", 1: b"\x14"}
    return RtpPacket(111, 0, number, number * 960, 900, extensions, b"opus%d" % number)


async def pair(people: People) -> tuple[Browser, Browser]:
    """Ann publishes audio and Ben receives it; both are connected."""
    ann, ben = people("PA1"), people("PA2")
    await ann.enter()
    await ben.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.publish()
    await ben.receive()
    return ann, ben


def records_of(datagram: bytes) -> list[bytes]:
    """The DTLS records in a datagram."""
    records = []
    while datagram:
        end = 13 + int.from_bytes(datagram[11:13])
        records.append(datagram[:end])
        datagram = datagram[end:]
    return records


async def passes(ann: Browser, ben: Browser, number: int) -> None:
    """A packet of Ann's reaches Ben."""
    ann.out.send_rtp(opus(number))
    wanted = b"opus%d" % number
    await ben.into.until(lambda: any(p.payload == wanted for p in ben.into.rtp))


@pytest.mark.parametrize("name", ALL_PROFILES)
async def test_media_flows_with_every_srtp_profile(
    bus: LocalBus, people: People, name: str
) -> None:
    settings = MediaSettings(port=0, srtp_profiles=(name,))
    worker = MediaWorker(
        bus=bus, node="ND1", clock=SystemClock(), settings=settings, randomness=random.Random(1)
    )
    await worker.start()
    ann, ben = await pair(people)
    await passes(ann, ben, 1)
    assert (ann.out.profile, ben.into.profile) == (name, name)
    await worker.close()


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (ALL_PROFILES, "SRTP_AEAD_AES_128_GCM"),
        (tuple(reversed(ALL_PROFILES)), "SRTP_AEAD_AES_128_GCM"),
        (("SRTP_AES128_CM_SHA1_80",), "SRTP_AES128_CM_SHA1_80"),
    ],
)
async def test_the_servers_order_decides_the_profile(
    worker: MediaWorker, people: People, offered: Sequence[str], taken: str
) -> None:
    ann = people("PA1")
    ann.out = ann.wire(offered)
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.publish()
    assert ann.out.profile == taken
    await ann.news.wait(LegConnected, participant="PA1", direction="publish")


def test_an_unknown_srtp_profile_stops_the_start() -> None:
    with pytest.raises(Misconfigured, match="SRTP_AEAD_AES_128_GCM"):
        MediaWorker(
            bus=LocalBus(),
            node="ND1",
            clock=SystemClock(),
            settings=MediaSettings(srtp_profiles=("SRTP_NULL",)),
            randomness=random.Random(1),
        )


async def test_a_certificate_that_was_not_announced_is_refused(
    worker: MediaWorker, people: People
) -> None:
    ann = people("PA1")
    mallory = ann.wire()
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    answer = await ann.offer()
    mallory.meet(answer.transport)
    await mallory.open()
    mallory.check()
    await mallory.until(lambda: mallory.answers > 0)
    mallory.begin()
    lost = await ann.news.wait(LegLost, participant="PA1")
    assert (lost.direction, lost.reason) == ("publish", "handshake_failed")
    assert worker.node.legs == 0


async def test_a_handshake_hands_out_no_session_ticket(worker: MediaWorker, people: People) -> None:
    ann, heard = people("PA1"), list[bytes]()

    def note(data: bytes) -> bool:
        heard.append(data)
        return False

    ann.out.lose_in = note
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.publish()
    records = [record for data in heard if 20 <= data[0] < 64 for record in records_of(data)]
    kinds = {record[13] for record in records if record[0] == 22 and record[3:5] == bytes(2)}
    assert kinds == {SERVER_HELLO, CERTIFICATE, SERVER_KEY, CERTIFICATE_REQUEST, HELLO_DONE}


async def test_a_wrong_password_gets_no_answer(worker: MediaWorker, people: People) -> None:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    ann.out.meet((await ann.offer()).transport)
    await ann.out.open()
    ann.out.check(password="wrong" * 5)
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > 0)
    assert ann.out.answers == 1


async def test_datagrams_of_strangers_are_passed_over(worker: MediaWorker, people: People) -> None:
    ann, ben = await pair(people)
    stranger = ann.wire()
    assert ann.answer is not None
    stranger.meet(ann.answer.transport)
    await stranger.open()
    for junk in (b"\x80" * 40, b"\x16" * 40, b"\x00\x01" + b"x" * 30, b"\xff", b"\x01"):
        stranger.send(junk)
    await passes(ann, ben, 1)
    assert worker.node.datapath.sizes().addresses == 2


async def test_a_handshake_that_overtakes_the_answer_is_kept(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = people("PA1"), people("PA2")
    await ann.enter()
    await ben.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.publish()
    offer = await ben.next_offer()
    ben.into.meet(sdp.parse(offer.sdp).transport)
    await ben.into.open()
    ben.into.check()
    await ben.into.until(lambda: ben.into.answers > 0)
    ben.into.begin()
    await ben.accept(offer)
    await ben.into.until(lambda: ben.into.srtp is not None)
    await passes(ann, ben, 1)


# ICE restart


async def test_old_names_answer_until_the_new_ones_are_used(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = await pair(people)
    await ben.ask(RestartSubscribe(room="RM1", participant="PA2"))
    offer = sdp.parse((await ben.next_offer(2)).sdp)
    assert worker.node.names == 3
    answers = ben.into.answers
    ben.into.check()
    await ben.into.until(lambda: ben.into.answers == answers + 1)
    ben.into.meet(offer.transport)
    ben.into.check()
    await ben.into.until(lambda: ben.into.answers == answers + 2)
    assert worker.node.names == 2
    await passes(ann, ben, 1)


async def test_a_new_ufrag_in_a_publish_offer_is_an_ice_restart(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = await pair(people)
    before = ann.answer
    ann.out.ufrag = "other"
    after = await ann.offer()
    assert before is not None
    assert after.transport.ufrag != before.transport.ufrag
    ann.out.meet(after.transport)
    ann.out.check()
    await passes(ann, ben, 1)
    assert worker.node.legs == 2


async def test_a_browser_that_moves_is_followed_after_its_check(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = await pair(people)
    ben.into.vanish()
    await ben.into.open()
    ben.into.check()
    await passes(ann, ben, 1)


async def test_a_new_certificate_replaces_the_publish_leg(
    worker: MediaWorker, people: People
) -> None:
    ann, ben = await pair(people)
    await passes(ann, ben, 1)
    old, ann.out = ann.out, ann.wire()
    await ann.publish()
    await passes(ann, ben, 2)
    await old.until(lambda: old.closed)
    assert worker.node.legs == 2
    assert len(ben.into.rtp) == 2
    assert ben.into.rtp[1].sequence == ben.into.rtp[0].sequence + 1


# how legs end


async def test_a_goodbye_of_the_browser_is_told(worker: MediaWorker, people: People) -> None:
    ann, ben = await pair(people)
    ann.out.close()
    lost = await ann.news.wait(LegLost, participant="PA1")
    assert (lost.direction, lost.reason) == ("publish", "closed_by_peer")
    inspection = await ben.ask(Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    assert [track.track for track in inspection.tracks] == ["TR1"]


async def test_consent_ends_thirty_seconds_after_the_last_check(
    still: Still, people: People
) -> None:
    ann, ben = await pair(people)
    still.skip(20)
    answers = ann.out.answers
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > answers)
    still.skip(10)
    lost = await ben.news.wait(LegLost, participant="PA2")
    assert (lost.direction, lost.reason) == ("subscribe", "consent_expired")
    still.skip(19.9)
    assert ann.news.of(LegLost, participant="PA1") == []
    still.skip(0.2)
    await ann.news.wait(LegLost, participant="PA1", reason="consent_expired")
    assert still.worker.node.legs == 0
    assert still.worker.node.names == 0


async def test_a_leg_that_is_never_used_is_given_up(still: Still, people: People) -> None:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    still.skip(30)
    await ann.news.wait(LegLost, participant="PA1", reason="consent_expired")


async def test_a_leg_that_checks_but_never_shakes_hands_is_given_up(
    still: Still, people: People
) -> None:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    ann.out.meet((await ann.offer()).transport)
    await ann.out.open()
    still.skip(20)
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > 0)
    still.skip(10)
    await ann.news.wait(LegLost, participant="PA1", reason="handshake_failed")


async def test_after_a_lost_subscribe_leg_a_restart_makes_a_fresh_one(
    still: Still, people: People
) -> None:
    ann, ben = await pair(people)
    ben.into.close()
    await ben.news.wait(LegLost, participant="PA2", direction="subscribe")
    await ben.ask(RestartSubscribe(room="RM1", participant="PA2"))
    offer = await ben.next_offer(2)
    assert offer.fresh
    ben.into = ben.wire()
    await ben.into.connect((await ben.accept(offer)).transport)
    await passes(ann, ben, 1)


async def test_media_flows_over_ipv6(bus: LocalBus, people: People) -> None:
    settings = MediaSettings(addresses=("::1",), port=0)
    worker = MediaWorker(
        bus=bus, node="ND1", clock=SystemClock(), settings=settings, randomness=random.Random(1)
    )
    await worker.start()
    ann, ben = await pair(people)
    await passes(ann, ben, 1)
    inspection = await ann.ask(Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    assert all((leg.path or "").startswith("udp [::1]:") for leg in inspection.legs)
    await worker.close()
