"""Calls for tests of dialogs: an INVITE of Ada's, what Ben answers, and both views of it."""

from __future__ import annotations

from media.sip.dialog import Dialog
from media.sip.dialog.dialog import establishing
from media.sip.message import Request, Response, parse
from tests.media.sip.transaction.endpoint import request

VIA = "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKnew"
P1, P2 = "<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>"


def invite(*routes: str, uri: str = "sip:ben@example.org", to_tag: str = "") -> Request:
    """Ada's INVITE as Ben gets it, by way of these routers, the last one first."""
    asking = request("INVITE", uri=uri, cseq="10", to_tag=to_tag)
    for route in routes:
        asking.headers.add("Record-Route", route)
    return asking


def answer(
    asking: Request, status: int = 200, tag: str = "b", contact: str = "<sip:ben@192.0.2.9>"
) -> Response:
    """Ben's response, as Ada reads it."""
    read = parse(establishing(asking, status, tag, contact).encode())
    assert isinstance(read, Response)
    return read


def both(*routes: str, status: int = 200) -> tuple[Dialog, Dialog]:
    """Ada's view of a dialog, and Ben's."""
    asking = invite(*routes)
    ben = Dialog.of_request(asking, "b")
    ada = Dialog.of_response(asking, answer(asking, status))
    if status >= 200:
        ben.confirm()
    return ada, ben


def arrives(sent: tuple[Request, str]) -> Request:
    """A request as the other end reads it."""
    read = parse(sent[0].encode())
    assert isinstance(read, Request)
    return read
