"""Keys in the session description, and what is protected with them."""

from __future__ import annotations

import hashlib

import pytest

from media.rtp.sdes import SUITES, BadCrypto, Crypto, SdesSession, SrtpError, choose, offer
from media.sfu.datapath import rtcp_write, rtp
from tests.media.rtp.line import packet

pytestmark = pytest.mark.unit

KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
RTP = rtp.build(packet(3, b"sound" * 20))
RTCP = rtcp_write.receiver_report(7, []) + rtcp_write.source_description(7, "name")


def key_of(letter: str, suite: int = 2, mki: int = 0) -> Crypto:
    chosen = SUITES[suite]
    return Crypto(1, chosen, hashlib.sha512(letter.encode()).digest()[: chosen.size], mki)


@pytest.mark.parametrize("suite", range(len(SUITES)), ids=[suite.name for suite in SUITES])
def test_what_one_end_protects_the_other_reads(suite: int) -> None:
    ours, theirs = key_of("a", suite), key_of("b", suite)
    here, there = SdesSession(ours, theirs), SdesSession(theirs, ours)
    sealed = here.protect(RTP)
    assert b"sound" not in sealed
    assert len(sealed) == len(RTP) + (SUITES[suite].tag or 16)
    assert there.unprotect(sealed) == RTP
    assert there.unprotect_rtcp(here.protect_rtcp(RTCP)) == RTCP


def test_what_was_changed_or_sent_again_is_refused() -> None:
    here, there = SdesSession(key_of("a"), key_of("b")), SdesSession(key_of("b"), key_of("a"))
    sealed = here.protect(RTP)
    with pytest.raises(SrtpError):
        there.unprotect(sealed[:-1] + bytes((sealed[-1] ^ 1,)))
    assert there.unprotect(sealed) == RTP
    with pytest.raises(SrtpError):
        there.unprotect(sealed)
    with pytest.raises(SrtpError):
        there.unprotect(b"short")


def test_a_master_key_identifier_is_taken_out() -> None:
    """It stands before the tag (RFC 3711 3.1)."""
    sealed = SdesSession(key_of("a"), key_of("b")).protect(RTP)
    there = SdesSession(key_of("b"), key_of("a", mki=4))
    assert there.unprotect(sealed[:-10] + b"\0\0\0\1" + sealed[-10:]) == RTP


def test_an_attribute_is_read_and_written() -> None:
    """The example of RFC 4568 4.1, as suites and parameters stand there (RFC 4568 9.1)."""
    crypto = Crypto.parse(f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4 KDR=0")
    assert (crypto.tag, crypto.suite.name, crypto.mki_length) == (1, "AES_CM_128_HMAC_SHA1_80", 4)
    assert Crypto.parse(str(crypto)) == crypto
    assert KEY[:10] not in repr(crypto)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1 AES_CM_128_HMAC_SHA1_80",
        f"x AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"1234567890 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY[:-4]}",
        "1 AES_CM_128_HMAC_SHA1_80 inline:A",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:129",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNAUTHENTICATED_SRTP",
    ],
)
def test_what_cannot_be_used_is_refused(value: str) -> None:
    """RFC 4568 6.3."""
    with pytest.raises(BadCrypto):
        Crypto.parse(value)


def test_the_best_of_what_is_offered_is_chosen_by_its_tag() -> None:
    """RFC 4568 5.1.2."""
    values = [str(crypto) for crypto in offer(lambda size: bytes(size))]
    assert len(values) == 4
    found = choose(["9 UNKNOWN inline:AAAA", values[3], values[2]])
    assert found is not None
    assert (found.tag, found.suite.name) == (3, "AES_CM_128_HMAC_SHA1_80")
    assert choose(["nonsense"]) is None


def test_both_ends_use_one_suite() -> None:
    with pytest.raises(BadCrypto):
        SdesSession(key_of("a", 2), key_of("b", 3))
