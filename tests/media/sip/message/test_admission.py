"""What a user agent refuses although it is well-formed (RFC 3261 8.2)."""

from __future__ import annotations

import pytest

from media.sip.message.admission import Capabilities, refusal_of
from tests.media.sip.message.samples import changed, request

pytestmark = pytest.mark.unit

CAN = Capabilities(frozenset({"INVITE", "ACK", "BYE", "CANCEL"}), frozenset({"timer", "100rel"}))


def called(method: str, *headers: str) -> bytes:
    """A request of this method with more headers."""
    data = changed("INVITE sip", f"{method} sip", changed("314159 INVITE", f"314159 {method}"))
    return changed("Max-Forwards", "\r\n".join([*headers, "Max-Forwards"]), data)


def status(data: bytes) -> int:
    answer = refusal_of(request(data), CAN)
    return answer.status if answer else 0


@pytest.mark.parametrize(("method", "code"), [("INVITE", 0), ("PUBLISH", 405), ("DANCE", 501)])
def test_methods(method: str, code: int) -> None:
    """RFC 3261 8.2.1."""
    assert status(called(method)) == code


def test_a_405_says_what_is_allowed() -> None:
    """RFC 3261 8.2.1, 20.5."""
    answer = refusal_of(request(called("INFO")), CAN)
    assert answer is not None
    assert answer.headers.get("Allow") == "ACK, BYE, CANCEL, INVITE"


@pytest.mark.parametrize(
    ("method", "code"), [("INVITE", 420), ("BYE", 420), ("CANCEL", 0), ("ACK", 0)]
)
def test_extensions_that_are_required(method: str, code: int) -> None:
    """RFC 3261 8.2.2.3."""
    assert status(called(method, "Require: TIMER, 100rel")) == 0
    assert status(called(method, "Require: timer", "Require: dance")) == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("application/sdp", "Application / SDP ; charset=utf-8", 0),
        ("application/sdp", "text/plain", 415),
        ("Content-Type: application/sdp", "X: y", 415),
        ("Content-Type", "Content-Encoding: gzip\r\nContent-Type", 415),
        ("Content-Type", "Content-Encoding: Identity\r\nContent-Type", 0),
        ("/sdp", "/x\r\nContent-Disposition: session; Handling = optional", 0),
        ("/sdp", "/x\r\nContent-Disposition: session;handling=required", 415),
    ],
)
def test_bodies(old: str, new: str, code: int) -> None:
    """RFC 3261 8.2.3, 20.11."""
    assert status(changed(old, new)) == code


def test_a_415_says_what_is_read() -> None:
    """RFC 3261 21.4.13."""
    answer = refusal_of(request(changed("Content-Type", "e: gzip\r\nContent-Type")), CAN)
    assert answer is not None
    assert [answer.headers.get("Accept"), answer.headers.get("Accept-Encoding")] == [
        "application/sdp",
        "identity",
    ]


@pytest.mark.parametrize(
    ("accept", "code"),
    [("*/*", 0), ("application/*;q=0.1", 0), ("text/plain, application/SDP", 0), ("text/*", 406),
     ("application/sdp;q=0", 406), ("", 406)],
)  # fmt: skip
def test_answers_that_are_wanted(accept: str, code: int) -> None:
    """RFC 3261 20.1, 21.4.7."""
    assert status(called("INVITE", f"Accept: {accept}")) == code
    assert status(called("BYE", f"Accept: {accept}")) == 0
