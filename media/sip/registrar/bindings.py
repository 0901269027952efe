"""Where addresses of record are reached at the moment (RFC 3261 10.3). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.sip.message import BadMessage, NameAddr, Request, SipUri
from media.sip.message.numbers import delta_seconds
from media.sip.message.uri import scheme_of
from media.sip.transaction.hop import Hop
from offhook.core.clock import SECOND, Micros

#: Of a contact that does not say where it stands among the others (RFC 3261 20.10).
_USUAL_Q = 1.0


@dataclass(frozen=True, slots=True)
class RegistrarLimits:
    """Seconds that a registration lasts at least, at most, and when nothing is said; contacts of
    one address of record; addresses of record in all."""

    least: int = 60
    most: int = 7_200
    usual: int = 3_600
    contacts: int = 10
    addresses: int = 50_000


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of an address of record.

    `source` is where the registration came from, which is where a telephone behind a NAT or on a
    connection of its own is reached (RFC 5626 5.3); `path` what to route through (RFC 3327).
    """

    contact: NameAddr
    expires_at: Micros
    q: float
    call_id: str
    cseq: int
    source: Hop
    path: tuple[str, ...] = ()

    @property
    def instance(self) -> str:
        """Which telephone it is, when it says so (RFC 5626 4.1)."""
        return self.contact.params.get("+sip.instance") or ""


class RegistrationRefused(Exception):
    """A REGISTER that changes nothing; `min_expires` is for a 423."""

    def __init__(self, status: int, reason: str = "", min_expires: int = 0) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.min_expires = min_expires


class Bindings:
    """All contacts. Addresses of record are texts that the caller has made comparable."""

    def __init__(self, limits: RegistrarLimits | None = None) -> None:
        self._limits = limits or RegistrarLimits()
        self._bindings: dict[str, list[Binding]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._bindings.values()))

    def of(self, address: str, now: Micros) -> list[Binding]:
        """The contacts to try, those that are wanted first in front, the latest of equals first."""
        known = [each for each in self._bindings.get(address, ()) if each.expires_at > now]
        return sorted(known, key=lambda each: (-each.q, -each.expires_at))

    def register(self, address: str, request: Request, source: Hop, now: Micros) -> list[Binding]:
        """Do what a REGISTER asks for, all of it or nothing; the contacts afterwards.

        Raises `RegistrationRefused`, and `BadMessage` for what cannot be read.
        """
        kept = self.of(address, now)
        contacts = request.contacts
        if any(contact.uri == "*" for contact in contacts):
            changed = self._all_removed(kept, request)
        else:
            changed = list(kept)
            for contact in contacts:
                changed = self._changed(changed, contact, request, source, now)
        self._check_room(address, changed)
        self._keep(address, changed)
        return self.of(address, now)

    def forget(self, hop: Hop) -> None:
        """A connection is closed: those who were reached through it are so no more."""
        if hop.connection is None:
            return
        for address, known in list(self._bindings.items()):
            left = [each for each in known if each.source.connection != hop.connection]
            if len(left) < len(known):
                self._keep(address, left)

    def expire(self, now: Micros) -> None:
        """Let go of what is over."""
        for address, known in list(self._bindings.items()):
            self._keep(address, [each for each in known if each.expires_at > now])

    # --- one request ----------------------------------------------------------------------------

    def _all_removed(self, kept: Sequence[Binding], request: Request) -> list[Binding]:
        """The wildcard stands alone, and only to remove all (step 6)."""
        expires = delta_seconds(request.headers.get("Expires"))
        if len(request.contacts) > 1 or expires != 0:
            raise RegistrationRefused(400, "Wildcard Contact Without Expires 0")
        for binding in kept:
            _check_order(binding, request)
        return []

    def _changed(
        self,
        kept: list[Binding],
        contact: NameAddr,
        request: Request,
        source: Hop,
        now: Micros,
    ) -> list[Binding]:
        """One contact is added, refreshed or removed (step 7)."""
        known = next((each for each in kept if _same(each.contact, contact)), None)
        if known is not None:
            _check_order(known, request)
        left = [each for each in kept if each is not known]
        seconds = self._seconds(contact, request)
        if seconds == 0:
            return left
        return [
            *left,
            Binding(
                contact=contact,
                expires_at=Micros(now + seconds * SECOND),
                q=_q(contact),
                call_id=request.call_id,
                cseq=request.cseq.number,
                source=source,
                path=tuple(request.headers.values("Path")),
            ),
        ]

    def _seconds(self, contact: NameAddr, request: Request) -> int:
        """How long a contact is to be kept; 0 removes it."""
        wanted = contact.expires
        if wanted is None:
            wanted = delta_seconds(request.headers.get("Expires"))
        if wanted is None:
            return self._limits.usual
        if 0 < wanted < self._limits.least:
            raise RegistrationRefused(423, min_expires=self._limits.least)
        return min(wanted, self._limits.most)

    def _check_room(self, address: str, changed: Sequence[Binding]) -> None:
        if len(changed) > self._limits.contacts:
            raise RegistrationRefused(503, "Too Many Contacts")
        is_new = bool(changed) and address not in self._bindings
        if is_new and len(self._bindings) >= self._limits.addresses:
            raise RegistrationRefused(503, "Too Many Registrations")

    def _keep(self, address: str, bindings: list[Binding]) -> None:
        if bindings:
            self._bindings[address] = bindings
        else:
            self._bindings.pop(address, None)

    def __iter__(self) -> Iterator[str]:
        """The addresses of record that are reached somewhere."""
        return iter(list(self._bindings))


def _check_order(binding: Binding, request: Request) -> None:
    """What was sent before must not undo what was sent after (steps 6 and 7)."""
    if binding.call_id == request.call_id and request.cseq.number <= binding.cseq:
        raise RegistrationRefused(500, "CSeq Out Of Order")


def _same(one: NameAddr, other: NameAddr) -> bool:
    """Whether two contacts are one: the same telephone, or the same address (RFC 5626 6)."""
    instances = one.params.get("+sip.instance"), other.params.get("+sip.instance")
    if all(instances):
        flows = one.params.get("reg-id"), other.params.get("reg-id")
        return instances[0] == instances[1] and flows[0] == flows[1]
    if scheme_of(one.uri) not in ("sip", "sips") or scheme_of(other.uri) not in ("sip", "sips"):
        return one.uri == other.uri
    return SipUri.parse(one.uri) == SipUri.parse(other.uri)


def _q(contact: NameAddr) -> float:
    text = contact.params.get("q")
    if text is None:
        return _USUAL_Q
    try:
        value = float(text)
    except ValueError as error:
        raise BadMessage(400, "Malformed q") from error
    if not 0 <= value <= 1:
        raise BadMessage(400, "Malformed q")
    return value
