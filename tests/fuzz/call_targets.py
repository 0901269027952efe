"""What a SIP message carries: session descriptions, and headers of digest authentication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from media.sip.auth import Accepted, BadDigest, Challenge, Credentials
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
    BadDescription,
    Mux,
    NotAcceptable,
    NothingWanted,
    OfferReceived,
    OfferRefused,
    Srtp,
    parse,
)
from tests.fuzz.target import Target
from tests.media.sip.auth.people import REGISTER, START, client, server, shown
from tests.media.sip.sdp.calls import BOB, EXAMPLE, NOW, end, offered
from tests.media.sip.sdp.test_negotiation_model import assert_fits
from tests.media.sip.sdp.test_rfc3264 import ALICE_OFFERS, BOB_CHANGES, ONE_OF_N

_ALL = (OPUS, G722, PCMU, PCMA, CN, TELEPHONE_EVENT, TELEPHONE_EVENT_48000)
_PLAIN = replace(BOB, formats=_ALL, srtp=Srtp.OFF)
_TERMS = (_PLAIN, replace(_PLAIN, srtp=Srtp.OPTIONAL, mux=Mux.OFFER), replace(BOB, one_codec=True))

PHONE = """v=0
o=- 1 2 IN IP6 2001:db8::1
s=phone
c=IN IP6 2001:db8::1
b=AS:80
t=0 0
m=audio 5004 RTP/SAVP 96 9 8 0 101 13
a=rtpmap:96 opus/48000/2
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16,66
a=ptime:30
a=maxptime:60
a=rtcp:5009 IN IP4 192.0.2.1
a=rtcp-mux
a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20
a=sendonly
m=image 9 udptl t38
"""
ANSWER = """v=0
o=- 9 9 IN IP4 192.0.2.7
s=-
c=IN IP4 0.0.0.0
t=0 0
m=audio 4002/1 RTP/AVP 8 99
a=rtpmap:99 telephone-event/8000
"""


def _descriptions() -> Callable[[bytes], object]:
    """What is read is written as the same; as an offer it gets an answer that fits, or is refused
    and leaves no trace; as an answer to ours, too."""

    def read(data: bytes) -> None:
        description = parse(data)
        assert parse(description.encode()) == description
        for terms in _TERMS:
            side = end()
            side.handle(OfferReceived(description), NOW)
            try:
                said, _ = side.handle(AnswerWanted(terms), NOW)
            except NotAcceptable:
                assert side.agreed is None
                said, _ = side.handle(NothingWanted(), NOW)
            assert_fits(description, parse(said.description.encode()))
            offered(side, terms)
            try:
                side.handle(AnswerReceived(description), NOW)
            except BadDescription:
                side.handle(OfferRefused(), NOW)

    return read


def _digest() -> Callable[[bytes], object]:
    """What is read is written as the same; no header made up by chance lets anybody in, none
    breaks a client."""
    guard = server(without_qop=True)

    def read(data: bytes) -> None:
        text = data.decode("latin-1")
        attempt = client().attempt()
        attempt.challenged([text], [text, text])
        attempt.headers(REGISTER)
        for challenge in Challenge.parse_all([text]):
            assert Challenge.parse(str(challenge)) == [challenge]
        assert not isinstance(guard.check([text], REGISTER, START), Accepted)
        found = Credentials.parse(text)
        assert found is None or Credentials.parse(str(found)) == found

    return read


_CREDENTIALS = shown(server(realm="elsewhere.example"), client(), REGISTER, START)
_CHALLENGES = [value for _, value in server().challenges(START, stale=True)]
_SEVERAL = 'Negotiate YQ==, Digest realm="a,\\"b", nonce=1, qop="auth,auth-int", Basic realm=x'

TARGETS = (
    Target(
        "sip_sdp",
        _descriptions,
        (BadDescription,),
        [t.encode() for t in (EXAMPLE, ALICE_OFFERS, BOB_CHANGES, ONE_OF_N, PHONE, ANSWER)],
    ),
    Target(
        "sip_digest",
        _digest,
        (BadDigest,),
        [text.encode() for text in (*_CREDENTIALS, *_CHALLENGES, _SEVERAL)],
    ),
)
