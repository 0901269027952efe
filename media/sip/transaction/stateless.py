"""Answers that leave nothing behind: refusals under load, and of what cannot be read."""

from __future__ import annotations

from hashlib import blake2b

from media.sip.message import BadMessage, Request
from media.sip.transaction.effects import Effect, Ignored, Send
from media.sip.transaction.hop import Hop, answer_hop, stamp
from media.sip.transaction.keys import Key


class Stateless:
    """A server that remembers no request (RFC 3261 8.2.7).

    Its tags are made of the request and of a secret, so that copies get the same answer, the ACK
    of a refusal is known by its tag, and nobody can make up one.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = blake2b(secret, digest_size=32).digest()

    def tag(self, key: Key) -> str:
        """A tag for To in the answers of a transaction; the same for its CANCEL (9.2)."""
        return self._digest("transaction", key.branch, key.sent_by)

    def refuse(
        self, request: Request, source: Hop, status: int, reason: str, retry_after: int
    ) -> list[Effect]:
        """Answer it if that can be done at all; an ACK is never answered."""
        if request.method == "ACK":
            return [Ignored("malformed")]
        try:
            stamp(request, source)
            hop = answer_hop(request.via, source)
            response = request.respond(status, reason, to_tag=self._refusal_tag(request))
        except BadMessage:
            return [Ignored("malformed")]
        if retry_after:
            response.headers.put("Retry-After", str(retry_after))
        return [Send(response.encode(), hop)]

    def refused(self, ack: Request) -> bool:
        """Whether this is the ACK of an INVITE that was refused here."""
        return ack.to.tag == self._refusal_tag(ack)

    def _refusal_tag(self, request: Request) -> str:
        """Of what an INVITE and the ACK of its refusal have in common, whatever can be read."""
        number, *_ = (request.headers.get("CSeq") or "").split(maxsplit=1) or [""]
        return self._digest("refusal", request.headers.get("Call-ID") or "", number)

    def _digest(self, *parts: str) -> str:
        text = "\n".join(parts).encode("utf-8", "surrogateescape")
        return blake2b(text, key=self._secret, digest_size=8).hexdigest()
