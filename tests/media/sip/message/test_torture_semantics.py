"""The messages of RFC 4475 3.2 to 3.4: well-formed, but not to be taken without a thought."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, Response
from media.sip.message.admission import is_stray, refusal_of
from media.sip.message.tel import TelUri
from tests.media.sip.message.torture import PHONE, refused, response, taken

pytestmark = pytest.mark.unit


def answer(name: str) -> Response:
    """How a phone refuses the message."""
    refusal = refusal_of(taken(name), PHONE)
    assert refusal is not None
    return refusal


def test_badbranch_a_cookie_alone_tells_no_transaction() -> None:
    """Missing transaction identifier: matched as before RFC 3261 (RFC 4475 3.2.1)."""
    assert not taken("badbranch").via.has_cookie
    assert taken("semiuri").via.has_cookie


def test_insuf_headers_are_missing() -> None:
    """Missing required header fields (RFC 4475 3.3.1)."""
    lines = list(refused("insuf", 400).headers)
    assert [name for name, _ in lines] == ["CSeq", "Via"]


def test_unkscm_a_scheme_nobody_knows() -> None:
    """Request-URI with an unknown scheme (RFC 4475 3.3.2)."""
    refused("unkscm", 416)


def test_novelsc_a_known_scheme_that_is_not_for_calls() -> None:
    """Request-URI with a known but atypical scheme (RFC 4475 3.3.3)."""
    refused("novelsc", 416)


def test_unksm2_any_scheme_may_be_in_a_header() -> None:
    """Unknown URI schemes in header fields: for a registrar to judge (RFC 4475 3.3.4)."""
    register = taken("unksm2")
    assert (register.to.uri, register.from_.uri) == ("isbn:2983792873", "http://www.example.com")
    assert register.contacts[0].uri == "name:John_Smith"
    with pytest.raises(BadMessage, match=r"^416"):
        _ = register.to.sip


def test_bext01_extensions_nobody_has() -> None:
    """Proxy-Require and Require (RFC 4475 3.3.5)."""
    refusal = answer("bext01")
    assert refusal.status == 420
    unsupported = refusal.headers.values("Unsupported")
    assert unsupported == ["nothingSupportsThis", "nothingSupportsThisEither"]


def test_invut_a_body_nobody_reads() -> None:
    """Unknown Content-Type (RFC 4475 3.3.6)."""
    refusal = answer("invut")
    assert refusal.status == 415
    assert "application/sdp" in refusal.headers.values("Accept")


def test_regaut01_a_scheme_of_authorization_nobody_knows() -> None:
    """Unknown authorization scheme: as if there were none (RFC 4475 3.3.7)."""
    assert taken("regaut01").headers.get("Authorization") == "NoOneKnowsThisScheme opaque-data=here"


def test_multi01_several_values_where_there_is_one() -> None:
    """Multiple values in single value required fields (RFC 4475 3.3.8)."""
    assert refused("multi01", 400).via.branch == "z9hG4bKkdjuw"


def test_mcl01_two_lengths() -> None:
    """Multiple Content-Length values (RFC 4475 3.3.9)."""
    refused("mcl01", 400)


def test_bcast_a_response_that_is_not_for_us() -> None:
    """200 OK response with a broadcast Via header field value (RFC 4475 3.3.10)."""
    assert is_stray(response("bcast"))
    assert not is_stray(response("noreason"))


def test_zeromf_no_hops_are_left_and_none_are_needed() -> None:
    """Max-Forwards of zero (RFC 4475 3.3.11)."""
    assert taken("zeromf").max_forwards == 0
    assert refusal_of(taken("zeromf"), PHONE) is None


def test_cparam01_a_parameter_of_the_contact() -> None:
    """REGISTER with a Contact header parameter (RFC 4475 3.3.12)."""
    (contact,) = taken("cparam01").contacts
    assert (contact.uri, contact.params) == (
        "sip:+19725552222@gw1.example.net",
        {"unknownparam": None},
    )


def test_cparam02_a_parameter_of_the_uri() -> None:
    """REGISTER with a url-parameter (RFC 4475 3.3.13)."""
    (contact,) = taken("cparam02").contacts
    assert contact.params == {}
    assert contact.sip.params == {"unknownparam": None}


def test_regescrt_a_header_in_the_contact() -> None:
    """REGISTER with a URL escaped header (RFC 4475 3.3.14)."""
    (contact,) = taken("regescrt").contacts
    assert contact.sip.headers == {"Route": "%3Csip:sip.example.com%3E"}


def test_sdp01_an_answer_that_is_not_wanted() -> None:
    """Unacceptable Accept offering (RFC 4475 3.3.15)."""
    assert answer("sdp01").status == 406


def test_inv2543_a_call_of_the_old_protocol() -> None:
    """INVITE with RFC 2543 syntax (RFC 4475 3.4.1)."""
    invite = taken("inv2543")
    assert (invite.from_.tag, invite.via.has_cookie, invite.max_forwards) == ("", False, 70)
    assert invite.to.params == {"user": "phone"}
    assert len(invite.body) == 105


def test_a_call_to_a_number_is_one_to_a_number() -> None:
    """tel URIs (RFC 3966 3)."""
    assert TelUri.parse("tel:+1-201-555-0123").digits == "+12015550123"
