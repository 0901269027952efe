"""Two ends that offer, answer and refuse as chance has it: what holds whatever they want."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from media.rtp.sdes import SUITES
from media.sip.sdp import (
    CN,
    G722,
    OPUS,
    PCMA,
    PCMU,
    TELEPHONE_EVENT,
    TELEPHONE_EVENT_48000,
    AnswerReceived,
    AnswerWanted,
    Description,
    Direction,
    Media,
    Mux,
    NotAcceptable,
    NothingWanted,
    OfferAnswer,
    OfferDeclined,
    OfferReceived,
    OfferRefused,
    OfferWanted,
    SendAnswer,
    Srtp,
    Terms,
    formats_of,
    parse,
)
from media.sip.sdp.crypto import cryptos
from media.sip.sdp.fitting import check_answer
from tests.media.sip.sdp.calls import NOW, agreement, end

pytestmark = pytest.mark.model

FORMATS = (PCMU, PCMA, G722, OPUS, CN, TELEPHONE_EVENT, TELEPHONE_EVENT_48000)
VOICES = (PCMU, PCMA, G722, OPUS)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Whatever somebody may want of a call."""
    formats = draw(st.lists(st.sampled_from(FORMATS), unique=True, max_size=6))
    voice = draw(st.sampled_from(VOICES))
    port = 2 * draw(st.integers(512, 32_000))
    return Terms(
        draw(st.sampled_from(["192.0.2.1", "2001:db8::1", "gw.example.com"])),
        port,
        tuple(dict.fromkeys([*formats, voice])),
        draw(st.sampled_from(Direction)),
        rtcp_port=draw(st.none() | st.integers(1, 65_535)),
        ours_first=draw(st.booleans()),
        one_codec=draw(st.booleans()),
        ptime=draw(st.sampled_from([10, 20, 40])),
        max_ptime=draw(st.none() | st.integers(10, 60)),
        srtp=draw(st.sampled_from(Srtp)),
        suites=tuple(draw(st.permutations(SUITES))),
        mux=draw(st.sampled_from(Mux)),
    )


OTHER_LINES = st.builds(
    Media,
    st.sampled_from(["audio", "video", "image"]),
    st.integers(0, 65_535),
    st.sampled_from(["RTP/AVP", "RTP/SAVP", "RTP/AVPF", "udptl"]),
    st.lists(st.sampled_from(["0", "8", "9", "18", "31", "96"]), min_size=1).map(tuple),
)


def assert_fits(offer: Description, answer: Description) -> None:
    """Line by line, an answer says nothing that the offer does not allow (RFC 3264 6.1)."""
    check_answer(offer, answer)
    for asked, said in zip(offer.media, answer.media, strict=True):
        assert (asked.kind, asked.protocol) == (said.kind, said.protocol)
        if said.rejected:
            assert said.formats == asked.formats
            continue
        numbers = {f.key: f.payload_type for f in formats_of(asked)}
        assert all(numbers[f.key] == f.payload_type for f in formats_of(said))
        wanted, given_ = offer.direction_of(asked), answer.direction_of(said)
        assert given_ & wanted.reversed is given_
        assert asked.has("rtcp-mux") or not said.has("rtcp-mux")
        tags = {c.tag: c.suite for c in cryptos(asked)}
        assert [tags[c.tag] for c in cryptos(said)] == [c.suite for c in cryptos(said)]


@given(terms(), terms(), st.lists(OTHER_LINES, max_size=3), st.integers(0, 3))
def test_an_answer_always_fits_its_offer(
    alice: Terms, bob: Terms, others: list[Media], at: int
) -> None:
    """Whatever the offer and the wishes, or else it is refused (RFC 3264 6)."""
    one, two = end(1), end(2)
    (sent,) = one.handle(OfferWanted(alice), NOW)
    ours = sent.description
    lines = (*others[:at], *ours.media, *others[at:])
    offer = parse(str(Description(ours.origin, lines, ours.connection)))
    two.handle(OfferReceived(offer), NOW)
    try:
        said, _ = two.handle(AnswerWanted(bob), NOW)
    except NotAcceptable:
        said, _ = two.handle(NothingWanted(), NOW)
    assert isinstance(said, SendAnswer)
    assert_fits(offer, parse(said.description.encode()))


class Conversation(RuleBasedStateMachine):
    """A caller and a callee; one exchange at a time, as their dialog sees to it."""

    def __init__(self) -> None:
        super().__init__()
        self.ends = (end(1), end(100))
        self.turn = 0
        self.offer: Description | None = None
        self.wanted: Terms | None = None
        self.before: list[object] = []
        self.sent: list[list[Description]] = [[], []]

    def _note(self, side: int, description: Description) -> Description:
        self.sent[side].append(description)
        return parse(description.encode())

    @property
    def _asks(self) -> OfferAnswer:
        return self.ends[self.turn]

    @property
    def _says(self) -> OfferAnswer:
        return self.ends[1 - self.turn]

    @precondition(lambda self: self.offer is None)
    @rule(side=st.integers(0, 1), terms=terms())
    def offers(self, side: int, terms: Terms) -> None:
        self.turn = side
        self.before = [one.agreed for one in self.ends]
        (sent,) = self._asks.handle(OfferWanted(terms), NOW)
        self.offer, self.wanted = self._note(side, sent.description), terms
        self._says.handle(OfferReceived(self.offer), NOW)

    @precondition(lambda self: self.offer is not None)
    @rule(terms=terms())
    def answers(self, terms: Terms) -> None:
        """Unless it drops the keys of a call that the other side wants encrypted, and ends it."""
        assert self.wanted is not None
        if self.wanted.srtp is Srtp.REQUIRED and terms.srtp is Srtp.OFF:
            return
        try:
            said, _ = self._says.handle(AnswerWanted(terms), NOW)
        except NotAcceptable:
            return
        self._agreed(said.description)

    @precondition(lambda self: self.offer is not None)
    @rule()
    def answers_with_nothing(self) -> None:
        said, _ = self._says.handle(NothingWanted(), NOW)
        self._agreed(said.description)

    def _agreed(self, description: Description) -> None:
        answer = self._note(1 - self.turn, description)
        assert self.offer is not None
        assert_fits(self.offer, answer)
        self._asks.handle(AnswerReceived(answer), NOW)
        self.offer = None
        self._both_agree()

    @precondition(lambda self: self.offer is not None)
    @rule()
    def refuses(self) -> None:
        self._says.handle(OfferDeclined(), NOW)
        self._asks.handle(OfferRefused(), NOW)
        self.offer = None
        assert [one.agreed for one in self.ends] == self.before

    def _both_agree(self) -> None:
        """What one side sends the other expects, under the same number and key."""
        one, two = (agreement(side) for side in self.ends)
        assert (one.local, one.remote) == (two.remote, two.local)
        assert (one.stream is None) is (two.stream is None)
        if one.stream is None or two.stream is None:
            return
        assert one.stream.direction is two.stream.direction.reversed
        assert one.stream.mux is two.stream.mux
        assert one.stream.keys == (two.stream.keys and two.stream.keys[::-1])
        for a, b in ((one.stream, two.stream), (two.stream, one.stream)):
            heard = b.format_of(a.codec.payload_type)
            assert heard is not None
            assert heard.key == a.codec.key

    @invariant()
    def versions_grow_with_changes_only(self) -> None:
        """By one when anything changed, else by nothing (RFC 3264 8)."""
        for sent in self.sent:
            for old, new in itertools.pairwise(sent):
                grown = new.origin.version - old.origin.version
                assert grown == (0 if new == old else 1)

    @invariant()
    def no_line_ever_vanishes(self) -> None:
        """(RFC 3264 8)."""
        for sent in self.sent:
            counts = [len(description.media) for description in sent]
            assert counts == sorted(counts)

    @invariant()
    def no_number_changes_its_meaning(self) -> None:
        """In what one side writes (RFC 3264 8.3.2)."""
        for sent in self.sent:
            meanings: dict[int, object] = {}
            for description in sent:
                for media in description.media:
                    if media.rejected:
                        continue
                    for one in formats_of(media):
                        assert meanings.setdefault(one.payload_type, one.key) == one.key


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
