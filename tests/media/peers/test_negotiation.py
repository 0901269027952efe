"""Descriptions as our SFU writes them, before aiortc and through it."""

from __future__ import annotations

import pytest
from aiortc import RTCSessionDescription
from aiortc.exceptions import OperationError

from media.peers.aiortc_fixes import peer_connection
from media.peers.negotiation import readable_answer, readable_offer, with_refusals
from media.sfu.sdp import OfferBook, Source, Transport, host_candidates, parse, write
from media.tracks.picture import PictureTrack
from media.tracks.tone import ToneTrack
from tests.media.peers.pair import pair

pytestmark = pytest.mark.integration

SERVER = Transport(
    ufrag="abcd1234",
    password="0123456789abcdef0123456789abcdef",
    fingerprints=(("sha-256", ":".join(["AB"] * 32)),),
    setup="actpass",
    candidates=host_candidates([("127.0.0.1", 18_001)]),
)


def server_offer(*codecs: str) -> str:
    """The subscribe offer of our SFU for tracks of these codecs, in this order."""
    book = OfferBook(session_id=1)
    for index, codec in enumerate(codecs):
        kind = "audio" if codec in ("opus", "pcmu") else "video"
        rtx = 5000 + index if kind == "video" else None
        book.add(kind, Source(f"TR{index}", f"PA{index}", codec, 4000 + index, rtx))
    return write(book.offer(SERVER))


def candidates_per_line(sdp: str) -> list[int]:
    """How many candidates each m-line has."""
    return [media.count("a=candidate:") for media in sdp.split("m=")[1:]]


def test_candidates_stand_once_in_the_servers_offers() -> None:
    assert candidates_per_line(server_offer("opus", "opus", "vp8")) == [2, 0, 0]


def test_every_m_line_gets_the_candidates_of_its_bundle() -> None:
    readable = readable_offer(server_offer("opus", "opus", "vp8"))
    assert candidates_per_line(readable.sdp) == [2, 2, 2]
    assert readable.refused == frozenset()
    assert readable.sdp.count("a=end-of-candidates") == 3


async def test_stock_takes_candidates_of_the_last_m_line_only() -> None:
    connection = peer_connection()
    await connection.setRemoteDescription(
        RTCSessionDescription(server_offer("opus", "opus"), "offer")
    )
    (transport,) = {t.receiver.transport.transport for t in connection.getTransceivers()}
    assert transport.getRemoteCandidates() == []
    await connection.close()


@pytest.mark.parametrize("codec", ["vp9", "av1"])
async def test_stock_fails_an_offer_for_one_unknown_codec(codec: str) -> None:
    connection = peer_connection()
    with pytest.raises(OperationError):
        await connection.setRemoteDescription(
            RTCSessionDescription(server_offer("opus", codec), "offer")
        )
    await connection.close()


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("codec", ["vp9", "av1"])
async def test_an_unknown_codec_is_answered_inactive_and_the_others_live(codec: str) -> None:
    connection = peer_connection()
    offer = server_offer("opus", codec, "h264", "vp8")
    answer = parse(await connection.answer(offer))
    await connection.close()
    assert [media.receives for media in answer.media] == [True, False, True, True]
    assert [media.rejected for media in answer.media] == [False] * 4
    assert answer.media[1].codecs[0].key == codec
    assert answer.media[1].formats == parse(offer).media[1].formats
    assert answer.transport.fingerprints


@pytest.mark.usefixtures("fixed")
async def test_an_offer_of_nothing_we_know_still_connects() -> None:
    connection = peer_connection()
    answer = parse(await connection.answer(server_offer("av1")))
    await connection.close()
    assert not answer.media[0].receives
    assert answer.transport.ufrag


@pytest.mark.usefixtures("fixed")
async def test_a_refused_line_is_taken_when_its_next_track_is_known() -> None:
    connection = peer_connection()
    book = OfferBook(session_id=1)
    slot = book.add("video", Source("TR1", "PA1", "vp9", 4000, 5000))
    assert not parse(await connection.answer(write(book.offer(SERVER)))).media[0].receives
    book.remove(slot.mid)
    book.add("video", Source("TR2", "PA1", "vp8", 4001, 5001))
    answer = parse(await connection.answer(write(book.offer(SERVER))))
    await connection.close()
    assert answer.media[0].receives
    assert answer.media[0].codecs[0].key == "vp8"


@pytest.mark.usefixtures("fixed")
async def test_an_offer_of_nothing_at_all_is_answered_with_nothing() -> None:
    connection = peer_connection()
    answer = parse(await connection.answer(server_offer()))
    await connection.close()
    assert answer.media == ()


def test_an_answer_without_refusals_is_left_as_it_is() -> None:
    assert with_refusals("v=0\r\n", "v=0\r\n", frozenset()) == "v=0\r\n"


@pytest.mark.usefixtures("fixed")
async def test_a_rejected_m_line_does_not_take_the_others_with_it() -> None:
    connection = peer_connection()
    for track in (ToneTrack(440), PictureTrack(1)):
        connection.addTransceiver(track, direction="sendonly")
    mids = [media.mid for media in parse(await connection.offer()).media]
    book = OfferBook(session_id=1)
    book.add("audio", Source("TR0", "PA0", "opus", 1))
    live = write(book.offer(SERVER)).replace("actpass", "passive").replace("sendonly", "recvonly")
    answer = live + f"m=video 0 UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 0.0.0.0\r\na=mid:{mids[1]}\r\n"
    await connection.accept(answer)
    directions = [t.currentDirection for t in connection.getTransceivers()]
    await connection.close()
    assert directions == ["sendonly", "inactive"]
    assert candidates_per_line(readable_answer(answer)) == [2, 2]


@pytest.mark.usefixtures("fixed")
async def test_a_picture_is_recognised_and_so_is_the_next_one_on_its_m_line() -> None:
    async with pair(ToneTrack(440), PictureTrack(7, width=160, height=120)) as both:
        video = both.ears[1]
        await video.see(1)
        assert (await video.see(10)).shows(7)
        line = both.sender.getTransceivers()[1]
        line.direction = "inactive"
        await both.negotiate()
        line.direction = "sendonly"
        line.sender._ssrc, line.sender._rtx_ssrc = 77_001, 77_002
        line.sender.replaceTrack(PictureTrack(9, width=200, height=160))
        await both.negotiate()
        await video.see(3)
        seen = await video.see(10)
        assert seen.shows(9)
        assert (seen.width, seen.height) == (200, 160)
        assert (await both.ears[0].hear(25)).is_tone(440)
