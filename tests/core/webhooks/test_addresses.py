"""Which addresses the server sends to: the whole table of those that it must not."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.errors import InvalidInput, Misconfigured
from offhook.core.webhooks.addresses import MAX_URL, AllowedAddresses, Refused, Target, is_public

pytestmark = pytest.mark.unit

TARGET = Target.parse("https://example.com/hook")

NOT_PUBLIC = {
    "this host": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.1.2.3", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    "link-local and metadata": ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0"],
    "clouds' own services": ["168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "unique local": ["fc00::1", "fd12:3456::1"],
    "site-local": ["fec0::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "broadcast and reserved": ["255.255.255.255", "240.0.0.1", "255.0.0.1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarks and protocols": ["198.18.0.1", "192.0.0.1", "192.88.99.1", "100::1", "5f00::1"],
    "IPv4 in IPv6": [
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
    ],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::"],
    "Teredo": ["2001:0:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe"],
}
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize(
    "address", [pytest.param(a, id=f"{kind}: {a}") for kind, all in NOT_PUBLIC.items() for a in all]
)
def test_what_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        AllowedAddresses().check(TARGET, [address])
    assert (refused.value.code, refused.value.field) == ("address_refused", "url")
    assert address not in refused.value.detail, "what a name leads to is not told"


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_not(address: str) -> None:
    AllowedAddresses().check(TARGET, [address])


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(Refused):
        AllowedAddresses().check(TARGET, ["8.8.8.8", "10.0.0.1"])


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    mapped = f"::ffff:{address}"
    if is_public(address):
        AllowedAddresses().check(TARGET, [mapped])
    else:
        with pytest.raises(Refused):
            AllowedAddresses().check(TARGET, [mapped])


@pytest.mark.parametrize(
    ("entry", "url", "addresses"),
    [
        ("10.0.0.0/8", "http://example.com/", ["10.1.2.3"]),
        ("10.0.0.0/8", "http://example.com/", ["::ffff:10.1.2.3"]),
        ("10.1.2.3", "http://10.1.2.3/", ["10.1.2.3"]),
        ("::1", "http://[::1]:81/", ["::1"]),
        ("fd00::/8", "http://x/", ["fd00::9"]),
        ("sink", "http://sink:9000/x", ["172.17.0.2"]),
        ("sink:9000", "http://sink:9000/x", ["172.17.0.2"]),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/any", ["127.0.0.1"]),
        ("http://127.0.0.1:8080/demo/sink", "http://127.0.0.1:8080/demo/sink", ["127.0.0.1"]),
    ],
)
def test_what_the_operator_allows_is_allowed(entry: str, url: str, addresses: list[str]) -> None:
    AllowedAddresses([entry]).check(Target.parse(url), addresses)


@pytest.mark.parametrize(
    ("entry", "url", "addresses"),
    [
        ("10.0.0.0/8", "http://example.com/", ["11.0.0.1", "192.168.0.1"]),
        ("sink:9000", "http://sink:9001/x", ["172.17.0.2"]),
        ("sink:9000", "http://other:9000/x", ["172.17.0.2"]),
        ("http://127.0.0.1:8080/demo/sink", "http://127.0.0.1:8080/v1/rooms", ["127.0.0.1"]),
        ("http://127.0.0.1:8080/demo/sink", "http://127.0.0.1:8080/demo/sink?x", ["127.0.0.1"]),
    ],
)
def test_nothing_else_comes_with_it(entry: str, url: str, addresses: list[str]) -> None:
    with pytest.raises(Refused):
        AllowedAddresses([entry]).check(Target.parse(url), addresses)


@pytest.mark.parametrize("entry", ["", "not a name", "10.0.0.0/99", "ftp://x/", "a@b", "http://"])
def test_an_entry_that_means_nothing_is_refused(entry: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        AllowedAddresses([entry])
    assert refused.value.field == "webhook_allowed_addresses"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://example.com#part",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://exa mple.com/",
        "http://example.com/\r\nHost: other",
        "http://example.com\\@127.0.0.1/",
        "http://éxample.com/",
        "http://ex%61mple.com/",
        f"http://example.com/{'a' * MAX_URL}",
    ],
)
def test_what_is_no_url_to_send_to_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Target.parse(url)
    assert (refused.value.status, refused.value.field) == (422, "url")


def test_a_url_is_taken_apart() -> None:
    assert Target.parse("http://Example.com/a?b") == Target(
        "http://Example.com/a?b", "http", "example.com", 80
    )
    assert Target.parse("https://[2606:4700::1]:8443/").host == "2606:4700::1"


@given(st.text(max_size=60).map(lambda text: f"http://{text}"))
def test_any_text_is_read_or_refused(url: str) -> None:
    try:
        target = Target.parse(url)
    except InvalidInput:
        return
    assert target.host
    assert 0 < target.port < 65536
