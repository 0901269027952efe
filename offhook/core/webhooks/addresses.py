"""Which addresses the server sends to by itself: public ones, and what the operator allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from offhook.core.errors import InvalidInput, Misconfigured

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL = 2000
_PORTS = {"http": 80, "https": 443}
#: Beside what `ipaddress` knows as not global: routed within a cloud or an organisation only.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "168.63.129.16/32",  # a cloud's own services
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible
        "64:ff9b:1::/48",  # local-use NAT64, RFC 8215
        "100::/64",
        "2001::/23",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(InvalidInput):
    """The server does not send to this address."""

    code = "address_refused"


class Unknown(InvalidInput):
    """The name leads to no address."""

    code = "address_unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: the host as written, without brackets, and the port."""

    url: str
    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, url: str, field: str = "url") -> Target:
        """Read an absolute http or https URL; raise `InvalidInput` for anything else."""
        if len(url) > MAX_URL:
            raise InvalidInput(f"A URL has at most {MAX_URL} characters.", field=field)
        if not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
            raise InvalidInput("A URL is of printable ASCII characters.", field=field)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise InvalidInput("This is no URL.", field=field) from error
        if parts.scheme not in _PORTS or not host or "\\" in url:
            raise InvalidInput("Give a URL that begins with https:// or http://.", field=field)
        if "@" in parts.netloc or parts.fragment or "%" in host:
            raise InvalidInput("A URL here has no user, no password and no fragment.", field=field)
        if port == 0:
            raise InvalidInput("There is no port 0.", field=field)
        return cls(url, parts.scheme, host, port or _PORTS[parts.scheme])


class AllowedAddresses:
    """What the operator allows beside public addresses. Each entry is an address, a network
    (`10.0.0.0/8`), a name, a name with a port (`sink:9000`), or one exact URL.

    Raises `Misconfigured` for an entry that is none of these.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._networks: list[Network] = []
        self._names: set[tuple[str, int | None]] = set()
        self._urls: set[str] = set()
        for entry in entries:
            self._add(entry.strip())

    def _add(self, entry: str) -> None:
        try:
            if "://" in entry:
                self._urls.add(Target.parse(entry).url)
            elif (network := _network(entry)) is not None:
                self._networks.append(network)
            elif "/" in entry:
                raise InvalidInput("This is no network.")
            else:
                target = Target.parse(f"http://{entry}/")
                explicit = urlsplit(target.url).port
                self._names.add((target.host, explicit))
        except InvalidInput as error:
            raise Misconfigured(
                f"`{entry}` is no address, network, name or URL.",
                field="webhook_allowed_addresses",
            ) from error

    def allows_name(self, target: Target) -> bool:
        """Whether the operator named this target, whatever its addresses are."""
        host, port = target.host, target.port
        return target.url in self._urls or not self._names.isdisjoint({(host, None), (host, port)})

    def check(self, target: Target, addresses: Iterable[str], field: str = "url") -> None:
        """Raise `Refused` (code `address_refused`) when one of the addresses of this target is not
        public and not allowed."""
        if self.allows_name(target):
            return
        for text in addresses:
            address = ipaddress.ip_address(text.partition("%")[0])
            if not self._may(address):
                raise Refused(
                    f"{target.host} leads to an address that is not public. The operator can allow "
                    "it with `webhook_allowed_addresses`.",
                    field=field,
                )

    def _may(self, address: Address) -> bool:
        if any(address in network for network in self._networks):
            return True
        inner = embedded(address)
        if inner is not None:
            return self._may(inner)
        return is_public(address)


def is_public(address: Address) -> bool:
    """Whether the whole internet reaches this very address."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _NEVER)


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, NAT64, 6to4 or Teredo."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None
