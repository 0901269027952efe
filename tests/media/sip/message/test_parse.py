"""The parser: what it takes, what it refuses and with which status, and when it keeps silent."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, Limits, Request, parse
from tests.media.sip.message.samples import BODY, INVITE, RINGING, changed, request, response

pytestmark = pytest.mark.unit

#: An INVITE whose start line is the only place of its URI.
MARKED = changed('"Bob" <sip:bob@biloxi.example.com>', "<sip:x@y>")
ACK = changed("INVITE sip", "ACK sip", changed("314159 INVITE", "314159 ACK"))


def bad(data: bytes, limits: Limits | None = None) -> BadMessage:
    with pytest.raises(BadMessage) as raised:
        parse(data, limits or Limits())
    return raised.value


def refused(data: bytes, limits: Limits | None = None) -> int:
    """The status of a message that is refused with an answer."""
    error = bad(data, limits)
    assert isinstance(error.request, Request)
    assert error.request.respond(error.status, error.reason).encode()
    return error.status


@pytest.mark.parametrize("name", ["Via", "From", "To", "Call-ID", "CSeq"])
def test_a_header_that_must_be_there_is_missed(name: str) -> None:
    """RFC 3261 8.1.1, 20.1."""
    error = bad(changed(f"\r\n{name}: ", "\r\nX-Was: "))
    assert (error.status, error.reason) == (400, f"Missing {name}")
    assert (error.request is None) == (name == "Via")


@pytest.mark.parametrize(
    "name", ["From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length"]
)
def test_a_header_that_is_there_twice_is_refused(name: str) -> None:
    """RFC 3261 7.3.1."""
    (line,) = [part for part in INVITE.decode().split("\r\n") if part.startswith(f"{name}:")]
    assert refused(changed(line, f"{line}\r\n{line}")) == 400


def test_compact_forms_count_as_the_header() -> None:
    """RFC 3261 7.3.3."""
    assert refused(changed("To: ", "t: <sip:x@y>\r\nTo: ")) == 400
    assert request(changed("Via: ", "v:")).via.port == 5066


def test_blanks_before_the_colon_are_taken() -> None:
    """RFC 3261 7.3.1, 25.1 (HCOLON)."""
    assert request(changed("Call-ID: ", "call-id \t :  ")).call_id.startswith("a84b4c76e66710")


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", " \t\r\n  \t", "\r\n \r\n "])
def test_a_folded_line_is_one_line(fold: str) -> None:
    """RFC 3261 7.3.1."""
    invite = request(changed(" INVITE\r\nContact", f"{fold}INVITE\r\nContact"))
    assert (invite.cseq.number, invite.headers.get("CSeq")) == (314159, "314159 INVITE")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Supported: replaces, timer", "no colon here"),
        ("Supported: replaces", "Sup ported: replaces"),
        ("Supported: replaces", ": replaces"),
        ("Supported: replaces", "Supported: replaces\nX: y"),
        ("Supported: replaces", "Supported: replaces\rX: y"),
        ("Max-Forwards: 70", "Max-Forwards: many"),
        ("Max-Forwards: 70", "Max-Forwards: -1"),
        ("Call-ID: a84b", "Call-ID: a8 4b"),
        ("<sip:alice@pc33.atlanta.example.com>", "<sip:alice@pc33.atlanta.example.com"),
        ("314159 INVITE", "314159 invite"),
        ("sip:bob@biloxi.example.com SIP/2.0", "sip:bob@@biloxi SIP/2.0"),
        ("sip:bob@biloxi.example.com SIP/2.0", "bob SIP/2.0"),
        ("sip:bob@biloxi.example.com SIP/2.0", "tel:bob SIP/2.0"),
        ("sip:bob@biloxi.example.com SIP/2.0", "sip:bob@[::1::2] SIP/2.0"),
    ],
)
def test_what_breaks_the_grammar_is_a_400(old: str, new: str) -> None:
    """RFC 3261 21.4.1."""
    assert refused(changed(old, new)) == 400


@pytest.mark.parametrize("uri", ["tel:+12015550123", "sips:bob@h", "sip:[2001:db8::1]:5060;lr"])
def test_requests_for_these_schemes_are_taken(uri: str) -> None:
    """RFC 3261 8.2.2.1."""
    data = changed("sip:bob@biloxi.example.com SIP/2.0", f"{uri} SIP/2.0")
    assert request(data).uri == uri


@pytest.mark.parametrize("uri", ["http://h/", "im:bob@h", "urn:service:sos"])
def test_requests_for_other_schemes_are_a_416(uri: str) -> None:
    """RFC 3261 8.2.2.1, 21.4.14."""
    assert refused(changed("sip:bob@biloxi.example.com SIP/2.0", f"{uri} SIP/2.0")) == 416


@pytest.mark.parametrize("version", ["1.0", "2.1", "3.0", "02.0"])
def test_another_version_is_a_505(version: str) -> None:
    """RFC 3261 21.5.6."""
    assert refused(changed("com SIP/2.0\r\n", f"com SIP/{version}\r\n")) == 505


def test_the_version_is_compared_without_case() -> None:
    """RFC 3261 7.1."""
    assert request(changed("com SIP/2.0\r\n", "com sip/2.0\r\n")).encode() == INVITE


def test_more_bytes_than_the_length_are_cut() -> None:
    """RFC 3261 18.3."""
    assert request(INVITE + b"trailing").body == BODY


def test_fewer_bytes_than_the_length_are_refused() -> None:
    """RFC 3261 18.3."""
    assert refused(INVITE[:-1]) == 400


def test_without_a_length_the_body_is_the_rest() -> None:
    """RFC 3261 18.3."""
    assert request(changed("Content-Length: ", "X-Length: ") + b"more").body == BODY + b"more"


@pytest.mark.parametrize("length", ["", "x", "-1", "+1", "1 2", "99999999999999999999", "٣"])
def test_a_malformed_length_is_refused(length: str) -> None:
    """RFC 3261 20.14."""
    assert refused(changed(f"Content-Length: {len(BODY)}", f"Content-Length: {length}")) == 400


def test_headers_without_end_are_refused() -> None:
    """RFC 3261 7."""
    assert refused(INVITE.partition(b"\r\n\r\n")[0]) == 400


def test_line_ends_before_the_start_line_mean_nothing() -> None:
    """RFC 3261 7.5."""
    assert request(b"\r\n\r\n\r\n" + INVITE).encode() == INVITE


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n", b"x" * 99]
)
def test_what_is_not_sip_is_dropped(data: bytes) -> None:
    """RFC 3261 8.2.6, 18.3."""
    assert bad(data).request is None


def test_an_ack_is_never_answered() -> None:
    """RFC 3261 17.2.1."""
    assert request(ACK).method == "ACK"
    assert bad(changed("Call-ID", "X-Call-ID", ACK)).request is None


@pytest.mark.parametrize(
    ("old", "new"),
    [("180 Ringing", "099 Odd"), ("180 Ringing", "700 Odd"), ("180 Ringing", "18 Odd"),
     ("180 Ringing", "180"), ("SIP/2.0 180", "SIP/3.0 180"), ("Call-ID", "X-Call-ID"),
     ("CSeq: 1", "CSeq: x"), ("Content-Length: 0", "Content-Length: 1")],
)  # fmt: skip
def test_a_response_is_never_answered(old: str, new: str) -> None:
    """RFC 3261 8.1.3, 18.1.2."""
    assert response().status == 180
    assert bad(changed(old, new, RINGING)).request is None


def test_bytes_that_are_no_text_go_through() -> None:
    """RFC 3261 25.1 (TEXT-UTF8): the display name is for people, the header is as it came."""
    data = INVITE.replace(b"Alice <", b'"Zo\xff\xc3\xab" <')
    invite = request(data)
    assert invite.from_.display == "Zo\ufffdë"
    assert invite.encode() == data


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        (Limits(message=len(INVITE)), 0),
        (Limits(message=len(INVITE) - 1), 513),
        (Limits(head=200), 513),
        (Limits(lines=12), 0),
        (Limits(lines=11), 513),
        (Limits(line=40), 513),
    ],
)
def test_limits(limits: Limits, status: int) -> None:
    """RFC 3261 21.4.21, 21.5.7."""
    if status:
        assert bad(INVITE, limits).status == status
    else:
        assert parse(INVITE, limits).encode() == INVITE


def test_a_line_that_is_too_long_is_answered() -> None:
    """RFC 3261 21.5.7."""
    assert refused(changed("Softphone/1.0", "x" * 9000)) == 513


def test_a_start_line_that_is_too_long_is_refused() -> None:
    """RFC 3261 21.5.7."""
    assert bad(changed("sip:bob@biloxi", f"sip:{'b' * 9000}@biloxi", MARKED)).status == 513


def test_many_values_of_via_on_one_line_are_counted() -> None:
    """RFC 3261 16.3."""
    more = ",SIP/2.0/UDP h" * 70
    assert refused(changed("bK776asdhds;rport", f"bK776asdhds;rport{more}")) == 483
