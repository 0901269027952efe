"""What docs/visit.md, docs/desk.md and docs/states.md say beside the structs and machines."""

from __future__ import annotations

from offhook.app.protocol_doc import Protocol, document
from offhook.core.machine import Machine
from signalling.api import desk_messages, visit_messages
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.task import Task
from signalling.domain.sessions.session import Session

_VISIT = """\
# The visitor's protocol

*Made from `signalling/api/visit_messages.py` by `make generate`; do not edit.*

The panel of the button, or any page or app in its place, speaks with the contact centre over
socket.io, namespace `/visit`, path `/socket.io`. It tells the whole contact after each change, so a
page only shows what it was told last.

1. Connect the namespace with `auth: {"site": key}`, the public key of the site.
2. Send `open`. The ack has what the site asks and shows, the contact as it is, and `resume`, a
   secret of this visitor. Keep it as long as the contact: with `auth: {"site": key, "resume": …}`
   another page of the site is in the same contact, with the same place in the queue.
3. Send `fill` with the form, then `start`. From then on `visit` tells place and wait.
4. When `visit` has a `call`, an agent has answered: join its room at `/room` with its token, as
   [the room protocol](protocol.md) has it. Before that there is no room.
5. After the call `visit` says how it ended, and whether it may be rated.

With `auth: {"site": key, "link": …}`, the secret of a callback's link, `open` opens that callback,
on any device; the link is the page `/visit/KEY#callback=SECRET`. When `visit` is `ringing`, an
agent is there, and `answer` takes the call.

A page that goes away keeps its place for a minute. Of two pages with one contact the later has it,
and the earlier is told `taken_over`.

Every command is acked with `{"ok": true, "value": …}` or `{"ok": false, "error": …}`, where the
error is the problem document that HTTP would answer with. A command that is refused changes
nothing. Any process of the server may be reached; what must be done by another one is carried
there. 503 `desk_elsewhere`, `owner_lost` and `bus_lost` say that the contact centre is moving to
another process: connect again, after `retry_after` seconds.
"""

_DESK = """\
# The desk's protocol

*Made from `signalling/api/desk_messages.py` by `make generate`; do not edit.*

Agents' and supervisors' pages, or programs in their place, work over socket.io, namespace `/desk`,
path `/socket.io`. It tells the whole desk after each change, so a page only shows what it was told
last.

1. Connect the namespace with the cookie of a sign-in, or with `auth: {"token": …}`, a token that an
   API key signed with a `desk` claim.
2. Send `enter`. The ack has who one is and the desk as it is; with `view` `live` the live view.
3. Choose an activity in which work is offered. `desk` then has `offers`, each until a time.
4. `accept` one. Its contact has a `call`: join its room at `/room` with its token, as
   [the room protocol](protocol.md) has it.
5. `hang_up` ends the call; then the contact is written up until `wrap_up_until`, or until
   `finish_wrap_up`.

An agent whose page goes away counts as there for a while, and what is offered meanwhile and not
answered is no fault. Of two pages of one agent the later has the desk; the earlier is told
`taken_over`.

Every command is acked as in the room protocol. Any process of the server may be reached; what must
be done by another one is carried there. 503 `desk_elsewhere`, `owner_lost` and `bus_lost` say that
the contact centre is moving to another process: connect again, after `retry_after` seconds.
"""

_SHARED = (
    (
        "commands of a socket",
        "10 a second, 40 at once",
        "429 `rate_limited` with `retry_after`",
    ),
    ("the same, again and again", "50 refused at once, 5 a second", "disconnected"),
    ("commands that wait for their turn", "32", "409 `too_many_waiting`"),
    ("a socket that does not open or enter", "60 seconds", "disconnected"),
    (
        "sockets of one address",
        "`sockets_per_address`, and 50 new ones a second",
        "429 `too_many_sockets`, `rate_limited`",
    ),
)
_OPENING = (
    ("`open` of one address", "20 at once, one in 5 seconds", "429 `rate_limited`"),
    ("`open` of one site", "500 at once, 50 a second", "429 `rate_limited`"),
    ("attributes of a page or identity", "20 of 500 characters", "422 `too_many`, `too_large`"),
    ("a message that is left", "4000 characters", "422 `too_large`"),
)
_WRITING = (("notes", "10,000 characters", "422 `too_large`"),)

_STATES = """\
# The contact centre's machines

*Made from the machines by `make generate`; do not edit.*

An arrow is where a machine may go when that happens. What does not move it is left out.
"""
_DRAWN: tuple[tuple[str, type[Machine]], ...] = (
    ("A session: one contact, from the click to the rating", Session),
    ("A task: the work that looks for an agent", Task),
    ("A reservation: the offer of a task to an agent, and the work after it", Reservation),
    ("An agent's connection", Agent),
)


def visit_md() -> str:
    """The whole of docs/visit.md."""
    commands, events = visit_messages.COMMANDS, visit_messages.EVENTS
    return document(Protocol(_VISIT, (*_SHARED, *_OPENING), commands, events))


def desk_md() -> str:
    """The whole of docs/desk.md."""
    commands, events = desk_messages.COMMANDS, desk_messages.EVENTS
    return document(Protocol(_DESK, (*_SHARED, *_WRITING), commands, events))


def states_md() -> str:
    """The whole of docs/states.md."""
    drawn = (f"## {title}\n\n```mermaid\n{_moves(machine)}\n```\n" for title, machine in _DRAWN)
    return "\n".join([_STATES, *drawn])


def _moves(machine: type[Machine]) -> str:
    """The diagram without what leaves a state as it is."""
    first, *lines = machine.diagram().split("\n")
    kept = []
    for line in lines:
        source, _, rest = line.strip().partition(" --> ")
        if source != rest.partition(":")[0]:
            kept.append(line)
    return "\n".join([first, *kept])
