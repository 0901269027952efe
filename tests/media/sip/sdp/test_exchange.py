"""Offers and answers over a call: hold, codec change, refusals, versions (RFC 3264 8, RFC 6337)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.sip.sdp import (
    G722,
    OPUS,
    PCMA,
    PCMU,
    TELEPHONE_EVENT,
    AnswerReceived,
    AnswerWanted,
    BadDescription,
    Direction,
    Format,
    Mux,
    NotAcceptable,
    NothingWanted,
    OfferAnswer,
    OfferDeclined,
    OfferReceived,
    OfferRefused,
    OfferWanted,
    PreviewConfirmed,
    PreviewReceived,
    SendAnswer,
    State,
    Terms,
    UseMedia,
    parse,
)
from offhook.core.machine import UnexpectedEvent
from tests.media.sip.sdp.calls import (
    ALICE,
    BOB,
    NOW,
    agree,
    agreement,
    answered,
    end,
    offer,
    offered,
    stream,
)

pytestmark = pytest.mark.unit

HOLD, SILENT = Direction.SENDONLY, Direction.INACTIVE


def call(alice: Terms = ALICE, bob: Terms = BOB) -> tuple[OfferAnswer, OfferAnswer]:
    """Two ends that have agreed."""
    one, two = end(1), end(100)
    agree(one, alice, two, bob)
    return one, two


def test_both_sides_come_to_the_same() -> None:
    """(RFC 3264 5, 6, 7)."""
    one, two = call()
    assert stream(one).rtp == ("198.51.100.2", 30_000)
    assert stream(two).rtp == ("192.0.2.1", 20_000)
    assert stream(one).codec == stream(two).codec == PCMU
    assert stream(one).direction is stream(two).direction is Direction.SENDRECV
    assert one.state is two.state is State.AGREED


def test_our_offer_says_everything_in_words() -> None:
    """Static numbers have rtpmap lines, too (RFC 3264 5.1)."""
    text = str(
        offered(end(7), replace(ALICE, formats=(PCMU, OPUS, TELEPHONE_EVENT), mux=Mux.OFFER))
    )
    assert text.splitlines() == [
        "v=0",
        "o=- 7 1 IN IP4 192.0.2.1",
        "s=-",
        "c=IN IP4 192.0.2.1",
        "t=0 0",
        "m=audio 20000 RTP/AVP 0 96 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:96 opus/48000/2",
        "a=fmtp:96 useinbandfec=1",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
        "a=ptime:20",
        "a=rtcp-mux",
        "a=sendrecv",
    ]


@pytest.mark.parametrize(
    ("wish", "theirs", "ours", "heard"),
    [
        (HOLD, Direction.SENDRECV, Direction.SENDONLY, Direction.RECVONLY),
        (SILENT, Direction.SENDRECV, SILENT, SILENT),
        (HOLD, HOLD, SILENT, SILENT),
        (Direction.RECVONLY, HOLD, Direction.RECVONLY, HOLD),
    ],
)
def test_hold_by_one_side_and_by_both(
    wish: Direction, theirs: Direction, ours: Direction, heard: Direction
) -> None:
    """(RFC 3264 8.4, RFC 6337 5.3)."""
    one, two = call()
    agree(one, replace(ALICE, direction=wish), two, replace(BOB, direction=theirs))
    assert stream(one).direction is ours
    assert stream(two).direction is heard
    assert stream(two).held_by_them is not wish.receives


def test_who_is_held_offers_what_it_wishes_or_no_hold_would_end() -> None:
    """A refresh by the side on hold says sendrecv and is answered sendonly (RFC 6337 5.3)."""
    one, two = call()
    held = replace(ALICE, direction=HOLD)
    agree(one, held, two, BOB)
    refresh = offered(two, BOB)
    assert refresh.direction_of(refresh.media[0]) is Direction.SENDRECV
    two.handle(AnswerReceived(answered(one, refresh, held)), NOW)
    assert stream(two).direction is Direction.RECVONLY
    agree(one, ALICE, two, BOB)
    assert stream(one).direction is stream(two).direction is Direction.SENDRECV


def test_the_version_grows_only_with_a_change() -> None:
    """The rest of the o= line never changes, not even with the address (RFC 3264 8)."""
    one, two = call()
    first = agreement(one)
    agree(one, ALICE, two, BOB)
    assert agreement(one) == first
    agree(one, replace(ALICE, address="192.0.2.50"), two, BOB)
    origin = agreement(one).local.origin
    assert origin == replace(first.local.origin, version=2)
    assert agreement(two).local.origin.version == 1
    assert stream(two).rtp == ("192.0.2.50", 20_000)


def test_the_version_goes_on_after_an_offer_that_was_refused() -> None:
    one, _ = call()
    assert offered(one, replace(ALICE, direction=HOLD)).origin.version == 2
    one.handle(OfferRefused(), NOW)
    assert offered(one, ALICE).origin.version == 3


def test_a_refused_offer_leaves_all_as_it_was() -> None:
    """488 or 491 to a re-INVITE (RFC 3261 14.1, RFC 6337 3.3)."""
    one, two = call()
    before = agreement(one), agreement(two)
    text = offered(one, replace(ALICE, formats=(G722,), port=29_000))
    two.handle(OfferReceived(text), NOW)
    with pytest.raises(NotAcceptable):
        two.handle(AnswerWanted(BOB), NOW)
    two.handle(OfferDeclined(), NOW)
    one.handle(OfferRefused(), NOW)
    assert (agreement(one), agreement(two)) == before
    assert one.state is two.state is State.AGREED


def test_a_fax_machine_that_wants_to_leave_audio_is_told_no() -> None:
    """A re-INVITE to T.38 gets 488, and the call goes on as it was (RFC 3261 14.2)."""
    one, _ = call()
    before = agreement(one)
    one.handle(OfferReceived(offer("m=image 4000 udptl t38", "a=T38FaxVersion:0")), NOW)
    with pytest.raises(NotAcceptable, match="no image here"):
        one.handle(AnswerWanted(ALICE), NOW)
    one.handle(OfferDeclined(), NOW)
    assert agreement(one) == before


def test_an_offer_before_the_last_one_was_answered_is_refused() -> None:
    """The dialog answers 500 with Retry-After (RFC 3261 14.2)."""
    one = end()
    one.handle(OfferReceived(offer("m=audio 4 RTP/AVP 0")), NOW)
    with pytest.raises(UnexpectedEvent):
        one.handle(OfferReceived(offer("m=audio 6 RTP/AVP 0")), NOW)
    one.handle(AnswerWanted(ALICE), NOW)
    assert stream(one).rtp[1] == 4


def test_a_first_offer_that_is_refused_leaves_nothing() -> None:
    one, two = end(), end()
    two.handle(OfferReceived(offered(one, ALICE)), NOW)
    two.handle(OfferDeclined(), NOW)
    one.handle(OfferRefused(), NOW)
    assert one.state is two.state is State.NEW
    assert one.agreed is two.agreed is None
    assert offered(one, ALICE).origin.version == 1


def test_an_offer_while_one_is_open_is_glare() -> None:
    """It changes nothing here; the dialog answers 491 (RFC 3261 14.2)."""
    one, two = call()
    ours, theirs = offered(one, ALICE), offered(two, BOB)
    for side, text in ((one, theirs), (two, ours)):
        with pytest.raises(UnexpectedEvent):
            side.handle(OfferReceived(text), NOW)
        assert side.state is State.OFFERED


def test_nobody_answers_twice_or_unasked() -> None:
    """One answer for an offer, and no second offer before it (RFC 3264 4)."""
    one, two = call()
    for event in (AnswerWanted(ALICE), OfferDeclined(), OfferRefused(), NothingWanted()):
        with pytest.raises(UnexpectedEvent):
            one.handle(event, NOW)
    two.handle(OfferReceived(offered(one, ALICE)), NOW)
    for side in (one, two):
        with pytest.raises(UnexpectedEvent):
            side.handle(OfferWanted(ALICE), NOW)


def test_a_codec_is_changed_in_the_call() -> None:
    """(RFC 3264 8.3.2)."""
    one, two = call()
    agree(one, replace(ALICE, formats=(PCMA,)), two, BOB)
    assert stream(one).codec == stream(two).codec == PCMA


def test_each_side_sends_with_the_numbers_of_the_other() -> None:
    """An answer may number otherwise, though it should not (RFC 3264 5.1, 6.1)."""
    one = end()
    offered(one, ALICE)
    lines = ("a=rtpmap:99 telephone-event/8000", "a=rtpmap:97 pcmu/8000")
    one.handle(AnswerReceived(offer("m=audio 4000 RTP/AVP 97 99", *lines)), NOW)
    found = stream(one)
    assert found.events is not None
    assert (found.codec.payload_type, found.events.payload_type) == (97, 99)
    assert [f.payload_type for f in found.receive] == [0, 101]


def test_numbers_are_kept_for_the_whole_call() -> None:
    """What a number meant once it means for ever (RFC 3264 8.3.2)."""
    one = end()
    lines = ("a=rtpmap:96 telephone-event/8000", "a=rtpmap:101 opus/48000/2")
    both = replace(ALICE, formats=(OPUS, PCMU, TELEPHONE_EVENT))
    answered(one, offer("m=audio 4000 RTP/AVP 0 96", lines[0]), both)
    again = offered(one, both)
    assert again.media[0].formats == ("97", "0", "96")
    one.handle(OfferRefused(), NOW)
    assert offered(one, replace(both, formats=(PCMU, OPUS))).media[0].formats == ("0", "97")


def test_two_codecs_that_want_one_number_get_two() -> None:
    formats = (OPUS, Format(96, "speex"), Format(0, "iLBC"), PCMU)
    found = offered(end(), replace(ALICE, formats=formats)).media[0].formats
    assert len(set(found)) == 4


def test_refused_lines_keep_their_places_in_our_offers() -> None:
    """And an offer never has fewer than the one before (RFC 3264 8)."""
    one = end()
    answered(
        one, offer("m=video 2 RTP/AVP 31", "m=audio 4 RTP/AVP 0", "m=image 6 udptl t38"), ALICE
    )
    again = offered(one, ALICE)
    assert [(m.kind, m.port) for m in again.media] == [
        ("video", 0),
        ("audio", 20_000),
        ("image", 0),
    ]


def test_a_line_that_vanishes() -> None:
    """In use it may not; refused before, it is let be (RFC 3264 8)."""
    one = end()
    answered(one, offer("m=audio 4 RTP/AVP 0", "m=video 2 RTP/AVP 31"), ALICE)
    assert len(answered(one, offer("m=audio 4 RTP/AVP 0"), ALICE).media) == 1
    with pytest.raises(NotAcceptable) as refused:
        one.handle(OfferReceived(offer()), NOW)
    assert refused.value.sip_status == 488
    assert one.state is State.AGREED


def test_audio_is_taken_away_and_given_back() -> None:
    """Port zero, then the same place again (RFC 3264 8.1, 8.2)."""
    _, two = call()
    answered(two, offer("m=audio 0 RTP/AVP 0"), BOB)
    assert agreement(two).stream is None
    text = offered(two, BOB)
    assert [m.port for m in text.media] == [30_000]


def test_the_line_in_use_stays_in_use() -> None:
    one = end()
    answered(one, offer("m=audio 0 RTP/AVP 0", "m=audio 4 RTP/AVP 0"), ALICE)
    text = answered(one, offer("m=audio 2 RTP/AVP 0", "m=audio 4 RTP/AVP 0"), ALICE)
    assert [m.port for m in text.media] == [0, 20_000]


def test_an_offer_that_cannot_be_refused_is_answered_with_nothing() -> None:
    """(RFC 6337 2.2)."""
    one = end()
    one.handle(OfferReceived(offer("m=image 9 udptl t38", "m=video 4 RTP/AVP 31")), NOW)
    with pytest.raises(NotAcceptable):
        one.handle(AnswerWanted(ALICE), NOW)
    said, used = one.handle(NothingWanted(), NOW)
    assert isinstance(said, SendAnswer)
    assert [m.port for m in parse(said.description.encode()).media] == [0, 0]
    assert used.agreement.stream is None


def test_early_media_is_shown_then_agreed() -> None:
    """An unreliable 183 shows what the 200 repeats (RFC 3261 13.2.1)."""
    one, two = end(), end()
    text = answered(two, offered(one, ALICE), BOB)
    (shown,) = one.handle(PreviewReceived(text), NOW)
    assert isinstance(shown, UseMedia)
    assert shown.early
    assert one.state is State.OFFERED
    assert one.agreed is None
    (used,) = one.handle(AnswerReceived(text), NOW)
    assert used == UseMedia(shown.agreement)
    assert one.handle(AnswerReceived(text), NOW) == []
    assert two.local == agreement(one).remote


def test_a_final_response_without_a_description() -> None:
    """What was shown was the answer; when nothing was, there is none (RFC 3261 13.2.1)."""
    one, two = end(), end()
    text = answered(two, offered(one, ALICE), BOB)
    assert one.handle(PreviewConfirmed(), NOW) == []
    assert one.state is State.OFFERED
    one.handle(PreviewReceived(text), NOW)
    one.handle(PreviewConfirmed(), NOW)
    assert stream(one).rtp == ("198.51.100.2", 30_000)


def test_a_preview_counts_only_for_its_offer() -> None:
    one, two = end(), end()
    one.handle(PreviewReceived(answered(two, offered(one, ALICE), BOB)), NOW)
    one.handle(OfferRefused(), NOW)
    offered(one, ALICE)
    one.handle(PreviewConfirmed(), NOW)
    assert one.state is State.OFFERED


def test_each_branch_of_a_fork_has_its_own_answer() -> None:
    """(RFC 6337 3.1, RFC 3261 13.2.2.4)."""
    one, two, three = end(), end(), end()
    text = offered(one, ALICE)
    branch = one.fork()
    one.handle(AnswerReceived(answered(two, text, BOB)), NOW)
    assert branch.state is State.OFFERED
    branch.handle(AnswerReceived(answered(three, text, replace(BOB, port=40_000))), NOW)
    assert (stream(one).rtp[1], stream(branch).rtp[1]) == (30_000, 40_000)
    offered(branch, replace(ALICE, formats=(Format(96, "speex"), PCMU)))
    assert offered(one, replace(ALICE, formats=(OPUS,))).media[0].formats == ("96",)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["m=audio 4000 RTP/AVP 0", "m=audio 4000 RTP/AVP 0"],
        ["m=video 4000 RTP/AVP 31"],
        ["m=audio 4000 RTP/SAVP 0"],
        ["m=audio 4000 RTP/AVP 18"],
        ["m=audio 4000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"],
        ["m=audio 4000 RTP/AVP 0", "c=IN IP4 224.2.1.1/127"],
    ],
)
def test_an_answer_that_is_none(lines: list[str]) -> None:
    """It changes nothing; the dialog acknowledges and ends (RFC 3264 6, RFC 3261 13.2.2.4)."""
    one = end()
    offered(one, ALICE)
    with pytest.raises(BadDescription):
        one.handle(AnswerReceived(offer(*lines)), NOW)
    assert one.state is State.OFFERED
    assert one.agreed is None


def test_an_answer_may_not_revive_what_was_refused() -> None:
    one = end()
    answered(one, offer("m=video 2 RTP/AVP 31", "m=audio 4 RTP/AVP 0"), ALICE)
    offered(one, ALICE)
    with pytest.raises(BadDescription, match="does not have"):
        one.handle(AnswerReceived(offer("m=video 2 RTP/AVP 31", "m=audio 4 RTP/AVP 0")), NOW)


def test_an_answer_that_refuses_our_audio() -> None:
    """Whoever we called wants a call without media (RFC 3264 6)."""
    one = end()
    offered(one, ALICE)
    one.handle(AnswerReceived(offer("m=audio 0 RTP/AVP 0")), NOW)
    assert agreement(one).stream is None


def test_an_answer_that_oversteps_the_direction() -> None:
    """Phones that answer a hold with sendrecv are not sent more for it (RFC 3264 6.1)."""
    one = end()
    offered(one, replace(ALICE, direction=HOLD))
    one.handle(AnswerReceived(offer("m=audio 4000 RTP/AVP 0")), NOW)
    assert stream(one).direction is Direction.SENDONLY


def test_one_port_only_when_both_said_so() -> None:
    """(RFC 5761 5.1.1)."""
    one, two = call(replace(ALICE, mux=Mux.OFFER))
    assert stream(one).mux
    assert stream(two).mux
    three = end()
    offered(three, ALICE)
    three.handle(AnswerReceived(offer("m=audio 4000 RTP/AVP 0", "a=rtcp-mux")), NOW)
    assert not stream(three).mux
    assert stream(three).rtcp == ("198.51.100.9", 4001)
