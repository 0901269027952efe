"""A client's ICE checks: another implementation reads them, and its answers are read."""

from __future__ import annotations

import pytest
from aioice import stun as other
from hypothesis import given
from hypothesis import strategies as st

from media.load import checks
from media.sfu.stun import BindingRequest

pytestmark = pytest.mark.unit

PASSWORD = "p" * 22
NAMES = ("them", "us")
TRANSACTIONS = st.binary(min_size=12, max_size=12)


@given(TRANSACTIONS)
def test_another_implementation_reads_a_check(transaction: bytes) -> None:
    data = checks.request(transaction, NAMES, PASSWORD)
    message = other.parse_message(data)
    assert message.check_message_integrity(PASSWORD.encode())
    assert message.transaction_id == transaction
    assert message.attributes["USERNAME"] == "them:us"
    assert "USE-CANDIDATE" in message.attributes
    assert "ICE-CONTROLLING" in message.attributes


def test_a_check_may_leave_the_nomination_for_later() -> None:
    request = BindingRequest.parse(checks.request(bytes(12), NAMES, PASSWORD, nominate=False))
    assert request is not None
    assert not request.nominates
    assert request.signed_with(PASSWORD.encode())


def answer(password: str, code: int | None = None) -> bytes:
    """What another implementation answers."""
    kind = other.Class.RESPONSE if code is None else other.Class.ERROR
    message = other.Message(other.Method.BINDING, kind, transaction_id=b"t" * 12)
    if code is None:
        message.attributes["XOR-MAPPED-ADDRESS"] = ("192.0.2.1", 5000)
    else:
        message.attributes["ERROR-CODE"] = (code, "Role Conflict")
    message.add_message_integrity(password.encode())
    return bytes(message)


def test_an_answer_is_believed_when_the_server_signed_it() -> None:
    found = checks.Answer.parse(answer(PASSWORD))
    assert found is not None
    assert (found.transaction, found.error) == (b"t" * 12, None)
    assert found.signed_with(PASSWORD)
    assert not found.signed_with("somebody else's")


def test_an_error_is_read() -> None:
    found = checks.Answer.parse(answer(PASSWORD, 487))
    assert found is not None
    assert found.error == 487


@given(st.binary(max_size=200), st.integers(0, 100))
def test_noise_is_no_answer(noise: bytes, cut: int) -> None:
    assert checks.Answer.parse(noise[:20]) is None
    checks.Answer.parse(answer(PASSWORD)[:cut] + noise)
    checks.Answer.parse(
        b"\x01\x01" + len(noise).to_bytes(2) + b"\x21\x12\xa4\x42" + bytes(12) + noise
    )
