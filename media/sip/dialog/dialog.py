"""A dialog: two tags, two counts, a target, and the way to it (RFC 3261 section 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from media.sip.dialog.route import Routed, record_routes, routed
from media.sip.message import BadMessage, Headers, Request, Response, SipUri
from offhook.core.errors import Conflict

#: The requests whose Contact moves the other end (12.2; RFC 3311, RFC 6665, RFC 3515).
TARGET_REFRESHING = frozenset({"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"})
#: What of the credentials of an INVITE its ACK repeats (13.2.2.4).
_CREDENTIALS = ("Authorization", "Proxy-Authorization")


class OutOfOrder(Conflict):
    """A request within a dialog has a number that is not above the last one: answer 500."""

    code = "cseq_out_of_order"


class DialogId(NamedTuple):
    """The name of a dialog, as one end has it (12)."""

    call_id: str
    local_tag: str
    remote_tag: str

    @classmethod
    def of(cls, message: Request | Response, *, ours: bool) -> DialogId:
        """The dialog that a message is within; `ours` for responses, and for what we sent."""
        sender, receiver = message.from_.tag, message.to.tag
        local, remote = (sender, receiver) if ours else (receiver, sender)
        return cls(message.call_id, local, remote)


@dataclass(slots=True)
class Dialog:
    """One end's view of a dialog.

    `local` and `remote` are From and To of our requests, with their tags, as they were first
    written; `target` is the URI of the other end itself, `routes` the way to it.
    """

    id: DialogId
    local: str
    remote: str
    target: str
    routes: tuple[str, ...]
    local_seq: int
    remote_seq: int | None = None
    early: bool = False
    #: Whether all of the way is to be by TLS (12.1.1).
    secure: bool = False
    #: Whether its Call-ID is ours, which settles who waits for longer after a glare (14.1).
    owns_call_id: bool = field(default=True)

    @classmethod
    def of_response(cls, request: Request, response: Response) -> Dialog:
        """As the UAC has it that sent `request` and hears a 101–299 with a tag (12.1.2).

        Raises `BadMessage` when there is no Contact to send to.
        """
        return cls(
            id=DialogId.of(response, ours=True),
            local=request.headers.get("From") or "",
            remote=response.headers.get("To") or "",
            target=_contact(response),
            routes=record_routes(response.headers, reverse=True),
            local_seq=request.cseq.number,
            early=response.status < 200,
            secure=is_secure(request.uri),
        )

    @classmethod
    def of_request(
        cls, request: Request, local_tag: str, *, local_seq: int = 0, secured: bool = False
    ) -> Dialog:
        """As the UAS has it that answers `request` under `local_tag` (12.1.1).

        `local_seq` is the number before that of our first request; `secured` says that the
        request came by TLS. It is early until `confirm`. Raises `BadMessage` (400) without Contact.
        """
        to = request.headers.get("To") or ""
        return cls(
            id=DialogId(request.call_id, local_tag, request.from_.tag),
            local=to if request.to.tag else f"{to};tag={local_tag}",
            remote=request.headers.get("From") or "",
            target=_contact(request),
            routes=record_routes(request.headers, reverse=False),
            local_seq=local_seq,
            remote_seq=request.cseq.number,
            early=True,
            secure=secured and is_secure(request.uri),
            owns_call_id=False,
        )

    def confirm(self, response: Response | None = None) -> None:
        """A 2xx ends the early state; at the UAC it also says anew which way to take (13.2.2.4)."""
        if response is not None and self.early:
            self.routes = record_routes(response.headers, reverse=True)
        self.early = False
        if response is not None:
            self.retarget(response)

    def request(
        self, method: str, via: str, *, contact: str = "", max_forwards: int = 70
    ) -> tuple[Request, str]:
        """A new request within the dialog, and the URI that it is sent to (12.2.1.1).

        `via` is the value of its Via, with a branch of its own; `contact` that of our Contact.
        """
        self.local_seq += 1
        return self._build(method, self.local_seq, via, contact, max_forwards)

    def ack(self, invite: Request, via: str, *, max_forwards: int = 70) -> tuple[Request, str]:
        """The ACK of a 2xx to `invite`: its number and its credentials (13.2.2.4)."""
        ack, hop = self._build("ACK", invite.cseq.number, via, "", max_forwards)
        for name in _CREDENTIALS:
            for value in invite.headers.all(name):
                ack.headers.add(name, value)
        return ack, hop

    def take(self, request: Request) -> None:
        """Note the number of a request that came within the dialog (12.2.2).

        Raises `OutOfOrder` when it is not above the last one; ACK and CANCEL have the number of
        their INVITE and are not counted.
        """
        if request.method in ("ACK", "CANCEL"):
            return
        number = request.cseq.number
        if self.remote_seq is not None and number <= self.remote_seq:
            raise OutOfOrder(f"{request.method} {number} came after {self.remote_seq}")
        self.remote_seq = number

    def retarget(self, message: Request | Response) -> None:
        """Send to the Contact of a message from now on, if it may move the other end (12.2).

        For a request, call this as it is accepted: one that is refused changes nothing (RFC 6141).
        """
        if message.cseq.method in TARGET_REFRESHING and message.contacts:
            self.target = _contact(message)

    def route(self) -> Routed:
        """The way that the next request takes."""
        return routed(self.target, self.routes)

    def _build(
        self, method: str, number: int, via: str, contact: str, max_forwards: int
    ) -> tuple[Request, str]:
        way = self.route()
        fields = [
            ("Via", via),
            *(("Route", route) for route in way.routes),
            ("Max-Forwards", str(max_forwards)),
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.id.call_id),
            ("CSeq", f"{number} {method}"),
        ]
        if contact:
            fields.append(("Contact", contact))
        return Request(method, way.uri, Headers(fields)), way.next_hop


def establishing(request: Request, status: int, to_tag: str, contact: str) -> Response:
    """The response of a UAS that makes a dialog: it tells the way back as it heard it (12.1.1)."""
    response = request.respond(status, to_tag=to_tag)
    for value in request.headers.all("Record-Route"):
        response.headers.add("Record-Route", value)
    response.headers.add("Contact", contact)
    return response


def ends_dialog(status: int) -> bool:
    """Whether this answer to one of our requests says that the other end is gone (12.2.1.2)."""
    return status in (408, 481)


def is_secure(uri: str) -> bool:
    """Whether a URI asks for TLS all the way."""
    return uri[:5].lower() == "sips:"


def _contact(message: Request | Response) -> str:
    """The one address that the other end is at."""
    contacts = message.contacts if "Contact" in message.headers else []
    if len(contacts) != 1 or contacts[0].uri == "*":
        raise BadMessage(400, "Contact Needed")
    SipUri.parse(contacts[0].uri)
    return contacts[0].uri
