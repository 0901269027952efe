"""SRTP keys by a=crypto: read, chosen, required, refused, never shown (RFC 4568)."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from media.rtp.sdes import SUITES, Crypto, SdesSession
from media.sip.sdp import (
    AES_32,
    AES_80,
    AnswerReceived,
    BadDescription,
    NotAcceptable,
    Srtp,
    Terms,
)
from media.sip.sdp.crypto import cryptos
from tests.media.sip.sdp.calls import (
    ALICE,
    BOB,
    NOW,
    agree,
    agreement,
    answer_to,
    answered,
    end,
    offer,
    offered,
    stream,
)

pytestmark = pytest.mark.unit

KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
OFF, OPTIONAL, REQUIRED = (replace(BOB, srtp=srtp) for srtp in Srtp)
PLAIN, SECURE = "m=audio 4000 RTP/AVP 0", "m=audio 4000 RTP/SAVP 0"
LINE = f"a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:{KEY}"


@pytest.mark.parametrize(
    "value",
    [
        "x AES_CM_128_HMAC_SHA1_80 inline:" + KEY,
        "1 F8_128_HMAC_SHA1_80 inline:" + KEY,
        "1 AES_CM_128_HMAC_SHA1_80 inline:" + KEY[:-4],
        "1 AES_CM_128_HMAC_SHA1_80 uri:" + KEY,
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} KDR=1",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} NEW=1",
    ],
)
def test_lines_that_cannot_be_used(value: str) -> None:
    """A parameter that is not understood may not be overlooked (RFC 4568 6.3)."""
    assert cryptos(offer(SECURE, f"a=crypto:{value}").media[0]) == []


def test_advice_and_lifetimes_may_be_overlooked() -> None:
    """(RFC 4568 6.1, 6.3.7)."""
    value = f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20 WSH=64 -NEW=1"
    found = cryptos(offer(SECURE, f"a=crypto:{value}").media[0])
    assert found == [Crypto(1, AES_80, base64.b64decode(KEY))]


@pytest.mark.parametrize("terms", [OPTIONAL, REQUIRED])
@pytest.mark.parametrize("line", [PLAIN, SECURE])
def test_an_offered_key_is_answered_under_its_tag(line: str, terms: Terms) -> None:
    """With a key of our own, on the offer's protocol (RFC 4568 5.1.2)."""
    answer, found = answer_to(offer(line, LINE), terms)
    ours = Crypto(5, AES_32, b"\x01" * 30)
    assert answer.media[0].protocol == line.split()[2]
    assert answer.media[0].values("crypto") == [str(ours)]
    assert found.keys == (ours, Crypto(5, AES_32, base64.b64decode(KEY)))


def test_the_first_suite_that_we_take_is_chosen() -> None:
    """(RFC 4568 5.1.2)."""
    lines = (f"a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}", LINE, LINE.replace("5 ", "6 "))
    answer, _ = answer_to(offer(SECURE, *lines), OPTIONAL)
    assert answer.media[0].values("crypto")[0].startswith("5 ")
    with pytest.raises(NotAcceptable):
        answer_to(offer(SECURE, *lines), replace(OPTIONAL, suites=(AES_80,)))


def test_without_srtp_a_key_is_overlooked_and_its_protocol_refused() -> None:
    answer, found = answer_to(offer(PLAIN, LINE), OFF)
    assert not answer.media[0].has("crypto")
    assert found.keys is None
    with pytest.raises(NotAcceptable):
        answer_to(offer(SECURE, LINE), OFF)


def test_where_srtp_is_required_nothing_goes_in_the_clear() -> None:
    """(RFC 4568 7.1.2)."""
    with pytest.raises(NotAcceptable, match="key"):
        answer_to(offer(PLAIN), REQUIRED)
    with pytest.raises(NotAcceptable, match="key"):
        answer_to(offer(SECURE), OPTIONAL)
    assert answer_to(offer(PLAIN), OPTIONAL)[1].keys is None


def test_of_two_lines_the_one_with_a_key_is_taken() -> None:
    """Phones offer one of each to leave the choice."""
    answer, found = answer_to(offer(PLAIN, SECURE, LINE), OPTIONAL)
    assert [m.port for m in answer.media] == [0, 30_000]
    assert found.keys is not None


@pytest.mark.parametrize(
    ("alice", "bob", "encrypted"),
    [
        (Srtp.OPTIONAL, Srtp.OFF, False),
        (Srtp.OPTIONAL, Srtp.OPTIONAL, True),
        (Srtp.OPTIONAL, Srtp.REQUIRED, True),
        (Srtp.REQUIRED, Srtp.OPTIONAL, True),
        (Srtp.REQUIRED, Srtp.REQUIRED, True),
        (Srtp.OFF, Srtp.OPTIONAL, False),
    ],
)
def test_what_two_policies_come_to(alice: Srtp, bob: Srtp, encrypted: bool) -> None:
    """Each side sends with its own key (RFC 4568 7.1)."""
    one, two = end(1), end(100)
    agree(one, replace(ALICE, srtp=alice), two, replace(BOB, srtp=bob))
    keys, mirrored = stream(one).keys, stream(two).keys
    assert (keys is not None) is encrypted
    assert keys == (mirrored and mirrored[::-1])
    assert keys is None or keys[0].material != keys[1].material


@pytest.mark.parametrize(("alice", "bob"), [(Srtp.REQUIRED, Srtp.OFF), (Srtp.OFF, Srtp.REQUIRED)])
def test_policies_that_cannot_meet(alice: Srtp, bob: Srtp) -> None:
    with pytest.raises(NotAcceptable):
        answered(end(), offered(end(), replace(ALICE, srtp=alice)), replace(BOB, srtp=bob))


def test_our_offer_has_a_key_for_each_suite() -> None:
    """(RFC 4568 7.1.1)."""
    lines = offered(end(), REQUIRED).media[0].values("crypto")
    read = [Crypto.parse(line) for line in lines]
    assert [(c.tag, c.suite) for c in read] == [(1, AES_80), (2, AES_32)]
    assert len({c.material for c in read}) == 2


@pytest.mark.parametrize(
    "line",
    [
        "a=x",
        f"a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:short",
    ],
)
def test_an_answer_without_a_key_for_one_of_ours(line: str) -> None:
    """(RFC 4568 5.1.3)."""
    one = end()
    offered(one, REQUIRED)
    with pytest.raises(BadDescription, match="no key"):
        one.handle(AnswerReceived(offer(SECURE, line)), NOW)


def test_where_srtp_is_required_an_answer_on_a_plain_line_has_a_key() -> None:
    """After the other side offered keys on RTP/AVP, so do we; no answer may drop them."""
    one = end()
    answered(one, offer(PLAIN, LINE), REQUIRED)
    assert offered(one, REQUIRED).media[0].protocol == "RTP/AVP"
    with pytest.raises(BadDescription, match="no key"):
        one.handle(AnswerReceived(offer(PLAIN)), NOW)


def test_keys_and_protocol_stay_while_the_call_goes_on() -> None:
    """An offer that changes nothing is the same to the letter (RFC 4568 7.1.4, RFC 3264 8)."""
    one, two = end(1), end(100)
    alice, bob = replace(ALICE, srtp=Srtp.REQUIRED), replace(BOB, srtp=Srtp.OPTIONAL)
    agree(one, alice, two, bob)
    first, keys = agreement(one).local, stream(one).keys
    agree(one, alice, two, bob)
    assert (agreement(one).local, stream(one).keys) == (first, keys)
    again = offered(two, bob)
    assert again.media[0].protocol == "RTP/SAVP"
    two.handle(AnswerReceived(answered(one, again, alice)), NOW)
    assert stream(two).keys is not None


def test_no_key_is_in_a_repr_of_what_is_kept() -> None:
    one, two = end(1), end(100)
    agree(one, replace(ALICE, srtp=Srtp.REQUIRED), two, REQUIRED)
    keys = stream(one).keys
    assert keys is not None
    for key in keys:
        for shown in (repr(agreement(one)), repr(vars(one))):
            assert str(key.material) not in shown
            assert base64.b64encode(key.material).decode() not in shown


def test_newer_suites_are_taken_where_the_operator_lists_them() -> None:
    """AEAD (RFC 7714 14.2); what is agreed protects what the other side unprotects."""
    one, two = end(1), end(100)
    terms = replace(REQUIRED, suites=SUITES)
    agree(one, replace(ALICE, srtp=Srtp.REQUIRED, suites=SUITES), two, terms)
    ours, theirs = stream(one).keys, stream(two).keys
    assert ours is not None
    assert theirs is not None
    assert ours[0].suite.name == "AEAD_AES_256_GCM"
    packet = bytes.fromhex("80000001000000a0000000ff") + b"sound"
    sealed = SdesSession(*ours).protect(packet)
    assert SdesSession(*theirs).unprotect(sealed) == packet
