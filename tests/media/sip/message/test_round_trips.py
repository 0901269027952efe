"""What is written is read as the same: for any message, and for any value of it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sip.message import CSeq, Headers, NameAddr, Request, Response, SipUri, Via, parse
from media.sip.message.grammar import quote, split_list, unquote

pytestmark = pytest.mark.unit

_WORD = string.ascii_letters + string.digits
TOKENS = st.text(_WORD + "-.!%*_+`'~", min_size=1, max_size=12)
NAMES = st.text(_WORD, min_size=1, max_size=8)
#: What may stand in a header: anything that is no control character.
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
HOSTS = st.one_of(
    NAMES, st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str), st.just("a-b.example.com")
)
PORTS = st.none() | st.integers(0, 65535)
_VALUES = st.none() | TOKENS | TEXTS.map(quote)
PARAMS = st.dictionaries(TOKENS.map(str.lower), _VALUES, max_size=3)
_URI_PARAMS = st.dictionaries(NAMES.map(str.lower), st.none() | NAMES, max_size=3)
URIS = st.builds(
    SipUri,
    host=HOSTS,
    user=st.none() | st.builds(lambda text: SipUri.of(text, "h").user, TEXTS.filter(bool)),
    port=PORTS,
    params=_URI_PARAMS,
    headers=st.dictionaries(NAMES, NAMES, max_size=2),
    scheme=st.sampled_from(["sip", "sips"]),
)
ADDRESSES = st.builds(NameAddr, TEXTS, URIS.map(str), PARAMS)
VIAS = st.builds(Via, st.sampled_from(["UDP", "TCP", "TLS", "WSS"]), HOSTS, PORTS, PARAMS)
CSEQS = st.builds(CSeq, st.integers(0, 2**31 - 1), TOKENS)


@st.composite
def headers(draw: st.DrawFn, method: str) -> Headers:
    """What every message has, and some of what it may have."""
    made = Headers()
    for via in draw(st.lists(VIAS, min_size=1, max_size=3)):
        made.add(draw(st.sampled_from(["Via", "v", "VIA"])), str(via))
    made.add("From", str(draw(ADDRESSES)))
    made.add("t", str(draw(ADDRESSES)))
    made.add("Call-ID", draw(TOKENS))
    made.add("CSeq", f"{draw(st.integers(0, 2**31 - 1))} {method}")
    for contact in draw(st.lists(ADDRESSES, max_size=2)):
        made.add("Contact", str(contact))
    for name, value in draw(st.dictionaries(NAMES, TEXTS, max_size=3)).items():
        made.add(f"X-{name}", value.strip(" \t"))
    return made


@st.composite
def messages(draw: st.DrawFn) -> Request | Response:
    method, body = draw(TOKENS), draw(st.binary(max_size=60))
    made = draw(headers(method))
    if draw(st.booleans()):
        uri = draw(URIS.map(lambda uri: SipUri(uri.host, uri.user, None, uri.port, uri.params)))
        return Request(method, str(uri), made, body)
    return Response(draw(st.integers(100, 699)), draw(TEXTS), made, body)


@given(messages())
def test_a_message_is_read_as_it_was_written(message: Request | Response) -> None:
    once = parse(message.encode())
    once.headers.remove("Content-Length")
    assert once == message


@given(messages())
def test_a_message_that_was_read_is_written_as_it_came(message: Request | Response) -> None:
    data = message.encode()
    assert parse(data).encode() == data


@given(messages(), st.binary(max_size=9))
def test_what_follows_a_datagram_changes_nothing(message: Request | Response, more: bytes) -> None:
    """RFC 3261 18.3."""
    assert parse(message.encode() + more).body == message.body


@given(URIS)
def test_uris(uri: SipUri) -> None:
    """RFC 3261 19.1."""
    read = SipUri.parse(str(uri))
    assert read == uri
    assert str(read) == str(uri)


@given(TEXTS)
def test_users(text: str) -> None:
    """RFC 3261 19.1.2."""
    uri = SipUri.of(text, "h")
    assert SipUri.parse(str(uri)).decoded_user == text if text else uri.decoded_user == ""


@given(ADDRESSES)
def test_addresses(value: NameAddr) -> None:
    """RFC 3261 20.10."""
    assert NameAddr.parse(str(value)) == value


@given(VIAS)
def test_vias(value: Via) -> None:
    """RFC 3261 20.42."""
    assert Via.parse(str(value)) == value


@given(CSEQS)
def test_cseqs(value: CSeq) -> None:
    """RFC 3261 20.16."""
    assert CSeq.parse(str(value)) == value


@given(TEXTS)
def test_quoted_strings(text: str) -> None:
    """RFC 3261 25.1."""
    assert unquote(quote(text)) == text


@given(st.lists(ADDRESSES.map(str), max_size=4))
def test_lists_of_addresses(items: list[str]) -> None:
    """RFC 3261 7.3.1."""
    assert split_list(", ".join(items)) == items
