"""The invalid messages of RFC 4475 3.1.2: each is answered, or dropped, as the RFC says."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, Framer, parse
from tests.media.sip.message.torture import data, dropped, refused, taken

pytestmark = pytest.mark.unit


def test_badinv01_extraneous_separators() -> None:
    """Extraneous header field separators (RFC 4475 3.1.2.1)."""
    answer = refused("badinv01", 400)
    assert answer.headers.get("Via") == "SIP/2.0/UDP 192.0.2.15;;,;,,"


def test_badinv01_is_answered_to_who_sent_it() -> None:
    """The part of Via that is well-formed says where (RFC 4475 3.1.2.1, RFC 3261 18.2.2)."""
    with pytest.raises(BadMessage) as raised:
        parse(data("badinv01"))
    assert raised.value.request is not None
    assert raised.value.request.via.host == "192.0.2.15"


def test_clerr_a_body_that_is_cut_short() -> None:
    """Content-Length larger than the message (RFC 4475 3.1.2.2)."""
    assert refused("clerr", 400).call_id == "clerr.0ha0isndaksdjweiafasdk3"


def test_clerr_a_stream_waits_for_the_rest() -> None:
    """Content-Length larger than the message (RFC 4475 3.1.2.2)."""
    framer = Framer(opened_by_us=False)
    assert framer.feed(data("clerr")) == []
    assert framer.waiting == len(data("clerr"))


def test_ncl_a_negative_length() -> None:
    """Negative Content-Length (RFC 4475 3.1.2.3)."""
    refused("ncl", 400)


def test_ncl_a_stream_is_lost_after_it() -> None:
    """Negative Content-Length: a 400, then the connection is closed (RFC 4475 3.1.2.3)."""
    framer = Framer(opened_by_us=False)
    (bad,) = framer.feed(data("ncl"))
    assert isinstance(bad, BadMessage)
    assert (bad.status, bad.request is None, framer.broken) == (400, False, True)


def test_scalar02_numbers_too_large_in_a_request() -> None:
    """Request scalar fields with overlarge values (RFC 4475 3.1.2.4)."""
    refused("scalar02", 400)


def test_scalar02_only_the_cseq_is_why() -> None:
    """Hops and times that are too large are taken as the largest (RFC 4475 3.1.2.4)."""
    good = parse(data("scalar02").replace(b"36893488147419103232", b"1"))
    assert good.expires == 2**32 - 1
    assert good.contacts[0].expires == 2**32 - 1
    assert good.headers.get("Max-Forwards") == "300"


def test_scalarlg_numbers_too_large_in_a_response() -> None:
    """Response scalar fields with overlarge values (RFC 4475 3.1.2.5)."""
    dropped("scalarlg")


def test_quotbal_a_quote_without_end() -> None:
    """Unterminated quoted string in a display name (RFC 4475 3.1.2.6)."""
    answer = refused("quotbal", 400)
    assert answer.headers.get("To") == '"Mr. J. User <sip:j.user@example.com>'


def test_ltgtruri_brackets_round_the_request_uri() -> None:
    """<> enclosing the Request-URI (RFC 4475 3.1.2.7)."""
    refused("ltgtruri", 400)


def test_lwsruri_a_blank_in_the_request_uri() -> None:
    """Malformed SIP Request-URI: embedded LWS (RFC 4475 3.1.2.8)."""
    refused("lwsruri", 400)


def test_lwsstart_several_blanks_in_the_request_line() -> None:
    """Multiple SP separating Request-Line elements (RFC 4475 3.1.2.9)."""
    refused("lwsstart", 400)


def test_trws_blanks_at_the_end_of_the_request_line() -> None:
    """SP characters at the end of the Request-Line (RFC 4475 3.1.2.10)."""
    refused("trws", 400)


def test_escruri_headers_in_the_request_uri() -> None:
    """Escaped headers in the SIP Request-URI (RFC 4475 3.1.2.11)."""
    refused("escruri", 400)


def test_baddate_is_taken_for_nobody_needs_the_date() -> None:
    """Invalid time zone in the Date header field (RFC 4475 3.1.2.12)."""
    assert taken("baddate").headers.get("Date") == "Fri, 01 Jan 2010 16:00:00 EST"


def test_regbadct_a_contact_that_needs_brackets() -> None:
    """Failure to enclose name-addr URI in <> (RFC 4475 3.1.2.13)."""
    refused("regbadct", 400)


def test_badaspec_blanks_round_an_address() -> None:
    """Spaces within addr-spec (RFC 4475 3.1.2.14)."""
    refused("badaspec", 400)


def test_baddn_a_comma_in_a_name_without_quotes() -> None:
    """Non-token characters in a display name (RFC 4475 3.1.2.15)."""
    refused("baddn", 400)


def test_badvers_a_version_nobody_has() -> None:
    """Unknown protocol version (RFC 4475 3.1.2.16)."""
    assert refused("badvers", 505).start_line() == "SIP/2.0 505 Version Not Supported"


def test_mismatch01_the_method_of_cseq_is_another() -> None:
    """Start line and CSeq method mismatch (RFC 4475 3.1.2.17)."""
    refused("mismatch01", 400)


def test_mismatch02_an_unknown_method_and_another_in_cseq() -> None:
    """Unknown method with CSeq method mismatch (RFC 4475 3.1.2.18)."""
    refused("mismatch02", 400)


def test_bigcode_a_status_that_is_none() -> None:
    """Overlarge response code (RFC 4475 3.1.2.19)."""
    dropped("bigcode")
