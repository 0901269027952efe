"""Signatures: the vectors of Standard Webhooks, its own library, and what must not pass."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import InvalidInput
from offhook.core.webhooks.signature import (
    BadSignature,
    decode_secret,
    encode_secret,
    headers,
    sign,
    verify,
)

pytestmark = pytest.mark.unit

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = encode_secret(bytes(range(32)))
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
NOW = Micros(AT * SECOND)
BODY = b'{"test": 2432232314}'


def given_headers(secrets: list[str], at: int = AT) -> dict[str, str]:
    return headers(secrets, ID, Micros(at * SECOND), BODY)


def test_the_vector_of_standard_webhooks() -> None:
    assert sign(SECRET, ID, AT, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert given_headers([SECRET]) == {
        "webhook-id": ID,
        "webhook-timestamp": str(AT),
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(body=st.text().map(str.encode), key=st.binary(min_size=24, max_size=64))
def test_the_library_of_standard_webhooks_agrees(body: bytes, key: bytes) -> None:
    theirs = standardwebhooks.Webhook(encode_secret(key))
    at = datetime.fromtimestamp(AT, UTC)
    assert theirs.sign(ID, at, body.decode()) == sign(encode_secret(key), ID, AT, body)


def test_the_library_of_standard_webhooks_takes_what_we_send() -> None:
    now = Micros(round(datetime.now(UTC).timestamp()) * SECOND)
    told = headers([OTHER, encode_secret(b"k" * 32)], ID, now, BODY)
    assert standardwebhooks.Webhook(OTHER).verify(BODY, told) == {"test": 2432232314}
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OTHER).verify(BODY.replace(b"2", b"3", 1), told)


def test_what_was_signed_is_accepted() -> None:
    verify([SECRET], given_headers([SECRET]), BODY, NOW)


def test_during_a_rotation_both_secrets_sign() -> None:
    both = given_headers([OTHER, SECRET])
    assert both["webhook-signature"].count("v1,") == 2
    for known in (OTHER, SECRET):
        verify([known], both, BODY, NOW)


@given(at=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_one_changed_bit_is_refused(at: int, bit: int) -> None:
    changed = bytearray(BODY)
    changed[at] ^= 1 << bit
    with pytest.raises(BadSignature):
        verify([SECRET], given_headers([SECRET]), bytes(changed), NOW)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("webhook-id", "msg_other", "bad_signature"),
        ("webhook-id", "", "signature_missing"),
        ("webhook-timestamp", str(AT + 1), "bad_signature"),
        ("webhook-timestamp", "soon", "signature_missing"),
        ("webhook-timestamp", "-1", "signature_missing"),
        ("webhook-timestamp", "٣", "signature_missing"),
        ("webhook-signature", "", "signature_missing"),
        ("webhook-signature", "v1,AAAA", "bad_signature"),
        ("webhook-signature", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "bad_signature"),
        ("webhook-signature", "v1,é", "bad_signature"),
    ],
)
def test_headers_that_are_not_as_signed_are_refused(name: str, value: str, code: str) -> None:
    with pytest.raises(BadSignature) as refused:
        verify([SECRET], given_headers([SECRET]) | {name: value}, BODY, NOW)
    assert refused.value.code == code


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_was_signed_too_long_ago_or_ahead_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature) as refused:
        verify([SECRET], given_headers([SECRET]), BODY, Micros(NOW + seconds * SECOND))
    assert refused.value.code == "signature_expired"
    verify([SECRET], given_headers([SECRET]), BODY, Micros(NOW + seconds // 2 * SECOND))


def test_another_secret_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify([OTHER], given_headers([SECRET]), BODY, NOW)
    with pytest.raises(BadSignature):
        verify([], given_headers([SECRET]), BODY, NOW)


@given(st.binary(min_size=1, max_size=64))
def test_a_secret_is_written_and_read(key: bytes) -> None:
    assert decode_secret(encode_secret(key)) == key
    assert encode_secret(key) == "whsec_" + base64.b64encode(key).decode()


def test_what_is_no_secret_is_refused() -> None:
    with pytest.raises(InvalidInput):
        decode_secret("whsec_not base64")
