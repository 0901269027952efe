"""Requests that are made of another one: the ACK of a refusal, and CANCEL."""

from __future__ import annotations

from media.sip.message import Headers, Request, Response


def ack_of_failure(invite: Request, response: Response) -> Request:
    """The ACK of a final response from 300 up: the INVITE's, but for the tag in To (17.1.1.3)."""
    headers = _of_same_transaction(invite, "ACK")
    headers.put("To", response.headers.get("To") or "")
    return Request("ACK", invite.uri, headers)


def cancel_of(invite: Request) -> Request:
    """The CANCEL of a request; it takes the same way, and has the same branch (9.1)."""
    return Request("CANCEL", invite.uri, _of_same_transaction(invite, "CANCEL"))


def _of_same_transaction(invite: Request, method: str) -> Headers:
    """The headers that make a request part of another's transaction: one Via, the same Route."""
    headers = Headers()
    headers.add("Via", str(invite.via))
    for route in invite.headers.all("Route"):
        headers.add("Route", route)
    headers.add("Max-Forwards", "70")
    for name in ("From", "To", "Call-ID"):
        headers.add(name, invite.headers.get(name) or "")
    headers.add("CSeq", f"{invite.cseq.number} {method}")
    return headers
