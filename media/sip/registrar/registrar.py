"""Answers REGISTER: who may, for which address of record, and what is kept (RFC 3261 10.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from media.sip.auth import digest
from media.sip.auth.parameters import BadDigest
from media.sip.auth.server import DigestServer, Refused
from media.sip.message import BadMessage, Request, Response, SipUri
from media.sip.registrar.bindings import Binding, Bindings, RegistrationRefused
from media.sip.transaction.effects import Requested
from media.sip.transaction.hop import Hop
from media.sip.transport.guard import Guard
from offhook.core.clock import SECOND, Micros

#: How much worse than a message too many a wrong password is.
_WRONG_PASSWORD = 50


class Registrar:
    """One registrar for the `domains`. Everybody proves who they are, and registers themselves;
    `may` says who may register another address of record than the one of their own name."""

    def __init__(
        self,
        domains: Collection[str],
        bindings: Bindings,
        digests: DigestServer,
        guard: Guard,
        may: Callable[[str, str], bool] = lambda username, user: username == user,
    ) -> None:
        self.bindings = bindings
        self._domains = {domain.lower() for domain in domains}
        self._digests = digests
        self._guard = guard
        self._may = may

    def answer(self, asked: Requested, now: Micros) -> Response:
        """The answer to a REGISTER, after what it asks for is done."""
        request, tag = asked.request, asked.to_tag
        try:
            address = self.address_of(request.to.uri)
            if address is None:
                return request.respond(404, to_tag=tag)
            found = self._digests.check(self._credentials(request), _covered(request), now)
            if isinstance(found, Refused):
                return self._challenge(request, tag, found, asked.source, now)
            if not self._may(found.username, address.rpartition("@")[0]):
                return request.respond(403, to_tag=tag)
            return self._registered(request, tag, address, asked.source, now)
        except BadMessage as bad:
            return request.respond(bad.status, bad.reason, to_tag=tag)
        except BadDigest as bad:
            return request.respond(bad.sip_status, to_tag=tag)

    def address_of(self, uri: str) -> str | None:
        """The address of record that a URI names here; None when it is none of ours (step 5)."""
        found = SipUri.parse(uri)
        if found.host.lower() not in self._domains or not found.user:
            return None
        return f"{found.decoded_user}@{found.host.lower()}"

    def _credentials(self, request: Request) -> list[str]:
        return request.headers.all(self._digests.credentials_header)

    def _challenge(
        self, request: Request, tag: str, refused: Refused, source: Hop, now: Micros
    ) -> Response:
        """Ask who it is; whoever tries passwords is soon not listened to any more."""
        if refused.failed:
            self._guard.fault(source.host, now, _WRONG_PASSWORD)
        response = request.respond(self._digests.status, to_tag=tag)
        for name, value in self._digests.challenges(now, refused.stale):
            response.headers.add(name, value)
        return response

    def _registered(
        self, request: Request, tag: str, address: str, source: Hop, now: Micros
    ) -> Response:
        try:
            bindings = self.bindings.register(address, request, source, now)
        except RegistrationRefused as refused:
            response = request.respond(refused.status, refused.reason, to_tag=tag)
            if refused.min_expires:
                response.headers.add("Min-Expires", str(refused.min_expires))
            return response
        response = request.respond(200, to_tag=tag)
        for binding in bindings:
            response.headers.add("Contact", _told(binding, now))
        for path in request.headers.values("Path"):
            response.headers.add("Path", path)
        return response


def _covered(request: Request) -> digest.Request:
    return digest.Request(request.method, request.uri, request.body)


def _told(binding: Binding, now: Micros) -> str:
    """A contact with the seconds that it is still good for (step 8)."""
    left = -(-(binding.expires_at - now) // SECOND)
    params = {**binding.contact.params, "expires": str(left)}
    return str(type(binding.contact)(binding.contact.display, binding.contact.uri, params))
