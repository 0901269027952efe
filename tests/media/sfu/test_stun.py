"""STUN: the vectors of RFC 5769, what is refused, and agreement with another implementation."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address

import pytest
from aioice import stun as other
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.datapath.plans import Path
from media.sfu.ice_lite import Credentials, IceLite
from media.sfu.stun import BindingRequest, seal

pytestmark = pytest.mark.unit

# RFC 5769, 2.1 to 2.3
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"
TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
RESPONSE_4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
RESPONSE_6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)
THEIR_END = ("192.0.2.1", 32853)

KEYS = st.binary(min_size=1, max_size=80)
PORTS = st.integers(1, 0xFFFF)
TRANSACTIONS = st.binary(min_size=12, max_size=12)


def parsed(data: bytes) -> BindingRequest:
    """A request that is understood."""
    request = BindingRequest.parse(data)
    assert request is not None
    return request


def attribute(kind: int, value: bytes = b"") -> bytes:
    """One attribute, padded."""
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) & 3)


def request(*attributes: bytes, key: bytes = b"key") -> bytes:
    """A signed binding request for the user fragment `us`."""
    return seal(1, TRANSACTION, attribute(6, b"us:them") + b"".join(attributes), key)


def unsealed(*attributes: bytes) -> bytes:
    """A binding request with these attributes and no others."""
    body = b"".join(attributes)
    return struct.pack("!HHI", 1, len(body), 0x2112A442) + TRANSACTION + body


# RFC 5769


def test_the_sample_request_is_read_and_its_integrity_holds() -> None:
    sample = parsed(REQUEST)
    assert (sample.transaction, sample.username) == (TRANSACTION, "evtj:h6vY")
    assert (sample.ufrag, sample.controlled, sample.nominates) == ("evtj", True, False)
    assert sample.unknown == ()
    assert sample.signed_with(PASSWORD)
    assert not sample.signed_with(PASSWORD + b"x")


@pytest.mark.parametrize(
    ("kind", "vector"), [(0x0001, REQUEST), (0x0101, RESPONSE_4), (0x0101, RESPONSE_6)]
)
def test_messages_are_sealed_as_in_the_samples(kind: int, vector: bytes) -> None:
    assert seal(kind, TRANSACTION, vector[20:-32], PASSWORD) == vector


@pytest.mark.parametrize(
    ("vector", "address"),
    [(RESPONSE_4, "192.0.2.1"), (RESPONSE_6, "2001:db8:1234:5678:11:2233:4455:6677")],
)
def test_addresses_are_masked_as_in_the_samples(vector: bytes, address: str) -> None:
    answer = parsed(REQUEST).success(PASSWORD, address, 32853)
    assert answer[20:-32] == vector[36:-32]


def agreed(data: bytes, key: bytes) -> other.Message:
    """What aioice reads in an answer of ours, which it finds well signed."""
    message = other.parse_message(data)
    assert message.message_method == other.Method.BINDING
    assert message.check_message_integrity(key)
    return message


# what is refused


@pytest.mark.parametrize("size", range(len(REQUEST)))
def test_a_request_that_is_cut_short_is_none(size: int) -> None:
    assert BindingRequest.parse(REQUEST[:size]) is None


@pytest.mark.parametrize("at", range(len(REQUEST) - 8))
def test_a_request_with_one_wrong_byte_is_refused(at: int) -> None:
    data = bytearray(REQUEST)
    data[at] ^= 0x41
    damaged = BindingRequest.parse(bytes(data))
    assert damaged is None or not damaged.signed_with(PASSWORD)


@pytest.mark.parametrize(
    "data",
    [
        RESPONSE_4,
        REQUEST + bytes(4),
        unsealed(attribute(8, bytes(16))),
        unsealed(struct.pack("!HH", 6, 0xFFFF)),
        unsealed(struct.pack("!HH", 6, 5) + b"us:th"),
        unsealed(attribute(6, b"\xff:them")),
        unsealed(attribute(0x8028, bytes(4))),
        request()[:-4] + bytes(4),
        request()[:2] + bytes(2) + request()[4:],
        request()[:4] + bytes(4) + request()[8:],
    ],
    ids=[
        "no request",
        "longer than it says",
        "short integrity",
        "attribute beyond the end",
        "no padding",
        "username not UTF-8",
        "wrong fingerprint",
        "fingerprint of zeros",
        "length of zero",
        "another cookie",
    ],
)
def test_what_is_malformed_is_none(data: bytes) -> None:
    assert BindingRequest.parse(data) is None


def test_a_fingerprint_must_stand_last() -> None:
    data = request()
    behind = data[:2] + struct.pack("!H", len(data) - 16) + data[4:] + attribute(0x8022)
    assert BindingRequest.parse(behind) is None


def test_a_request_without_integrity_is_signed_by_nobody() -> None:
    plain = parsed(unsealed(attribute(6, b"us:them")))
    assert plain.ufrag == "us"
    assert not plain.signed_with(b"")


def test_what_stands_after_the_integrity_is_passed_over() -> None:
    data = request()[:-8]
    late = attribute(0x0025) + attribute(0x8029, bytes(8)) + attribute(0x001C, bytes(32))
    longer = data[:2] + struct.pack("!H", len(data) + len(late) - 20) + data[4:] + late
    found = parsed(longer)
    assert found.signed_with(b"key")
    assert (found.nominates, found.controlled, found.unknown) == (False, False, ())


def test_of_an_attribute_that_stands_twice_the_first_is_read() -> None:
    assert parsed(request(attribute(6, b"me:them"))).ufrag == "us"


# what a leg answers


def replied(data: bytes) -> bytes:
    """The answer of a leg that is called `us` to a browser."""
    ice = IceLite(Credentials("us", "key"))
    reply = ice.handle(parsed(data), Path("udp", 0, *THEIR_END), 1)
    assert reply is not None
    return reply


def test_a_check_is_told_where_it_came_from() -> None:
    answer = agreed(replied(request()), b"key")
    assert answer.message_class == other.Class.RESPONSE
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == THEIR_END


def test_a_browser_that_is_controlled_is_told_of_the_conflict() -> None:
    answer = agreed(replied(request(attribute(0x8029, bytes(8)))), b"key")
    assert answer.message_class == other.Class.ERROR
    assert answer.attributes["ERROR-CODE"] == (487, "Role Conflict")


def test_attributes_that_must_be_understood_are_refused_by_name() -> None:
    data = request(attribute(0x7FFF), attribute(0x0003, b"abc"), attribute(0x8055))
    answer = replied(data)
    assert agreed(answer, b"key").attributes["ERROR-CODE"] == (420, "Unknown Attribute")
    assert attribute(0x000A, bytes.fromhex("7fff0003")) in answer


def test_a_strangers_unknown_attributes_are_not_even_refused() -> None:
    stranger = parsed(request(attribute(0x7FFF), key=b"another"))
    ice = IceLite(Credentials("us", "key"))
    assert ice.handle(stranger, Path("udp", 0, *THEIR_END), 1) is None
    assert (ice.path, ice.last_check) == (None, None)


# agreement with aioice


@given(
    TRANSACTIONS,
    KEYS,
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)),
    PORTS,
)
def test_aioice_reads_our_answers(
    transaction: bytes, key: bytes, address: IPv4Address | IPv6Address, port: int
) -> None:
    asked = parsed(seal(1, transaction, b"", key))
    message = agreed(asked.success(key, str(address), port), key)
    assert message.message_class == other.Class.RESPONSE
    assert message.transaction_id == transaction
    mapped = message.attributes["XOR-MAPPED-ADDRESS"]
    assert mapped == (str(address), port)


@given(TRANSACTIONS, KEYS, st.integers(300, 699), st.text(max_size=50))
def test_aioice_reads_our_errors(transaction: bytes, key: bytes, code: int, reason: str) -> None:
    asked = parsed(seal(1, transaction, b"", key))
    message = agreed(asked.error(key, code, reason), key)
    assert message.message_class == other.Class.ERROR
    assert message.attributes["ERROR-CODE"] == (code, reason)


@given(TRANSACTIONS, KEYS, st.text(max_size=100), st.booleans(), st.booleans(), st.booleans())
def test_we_read_requests_of_aioice(
    transaction: bytes, key: bytes, name: str, nominates: bool, controlled: bool, printed: bool
) -> None:
    attributes: dict[str, object] = {"USERNAME": name, "PRIORITY": 7, "SOFTWARE": "x" * 5}
    attributes["ICE-CONTROLLED" if controlled else "ICE-CONTROLLING"] = 1 << 63
    if nominates:
        attributes["USE-CANDIDATE"] = None
    message = other.Message(other.Method.BINDING, other.Class.REQUEST, transaction, attributes)
    message.add_message_integrity(key)
    if printed:
        message.add_fingerprint()
    found = parsed(bytes(message))
    assert (found.transaction, found.username) == (transaction, name)
    assert (found.nominates, found.controlled, found.unknown) == (nominates, controlled, ())
    assert found.signed_with(key)
    assert not found.signed_with(key + b"x")


def test_an_address_with_a_zone_is_answered_without_it() -> None:
    answer = parsed(REQUEST).success(PASSWORD, "fe80::1%eth0", 9)
    message = agreed(answer, PASSWORD)
    assert message.attributes["XOR-MAPPED-ADDRESS"] == ("fe80::1", 9)
