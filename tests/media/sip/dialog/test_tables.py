"""The tables of all machines of SIP are complete: the world may do anything at any time."""

from __future__ import annotations

from enum import Enum

import pytest

from media.sip.dialog import incoming, outgoing, repeating, session_timer
from media.sip.dialog.usage import ByeCame, ByeDone, DialogLost, HungUp
from media.sip.transaction import SendFailed, client, client_invite, server, server_invite
from media.sip.transaction.transaction import (
    Acked,
    Failure,
    Provisional,
    Repeated,
    Success,
    Unwanted,
)
from offhook.core.machine import Machine, Tick

pytestmark = pytest.mark.unit

_RESPONSES = (Provisional, Success, Failure)
_USAGE = (HungUp, ByeCame, ByeDone, DialogLost)
_IN = (incoming.CancelCame, incoming.AckCame, incoming.Unanswered)
_OUT = (outgoing.Progressed, outgoing.Accepted, outgoing.Refused)

#: Each machine, its states, and what may come to it at any time.
MACHINES: list[tuple[type[Machine], type[Enum], tuple[type, ...]]] = [
    (client.Client, client.State, (*_RESPONSES, SendFailed, Tick)),
    (client_invite.ClientInvite, client_invite.State, (*_RESPONSES, Unwanted, SendFailed, Tick)),
    (server.Server, server.State, (Repeated, SendFailed, Tick)),
    (
        server_invite.ServerInvite,
        server_invite.State,
        (Repeated, Acked, Unwanted, SendFailed, Tick),
    ),
    (outgoing.Outgoing, outgoing.State, (*_USAGE, *_OUT)),
    (incoming.Incoming, incoming.State, (*_USAGE, *_IN, Tick)),
    (
        repeating.Repeating,
        repeating.State,
        (repeating.Confirmed, repeating.Overtaken, Tick),
    ),
    (session_timer.SessionTimer, session_timer.State, (session_timer.Agreed, Tick)),
]


@pytest.mark.parametrize(("machine", "states", "events"), MACHINES, ids=str)
def test_in_every_live_state_anything_may_come(
    machine: type[Machine], states: type[Enum], events: tuple[type, ...]
) -> None:
    """What is not expected would be an error of ours, made by somebody else (RFC 3261 17)."""
    missing = [
        (state.name, event.__name__)
        for state in states
        for event in events
        if state.name != "TERMINATED" and not machine.expects(state, event)
    ]
    assert missing == []


@pytest.mark.parametrize(("machine", "states", "events"), MACHINES, ids=str)
def test_every_state_can_be_reached(
    machine: type[Machine], states: type[Enum], events: tuple[type, ...]
) -> None:
    """No state of the diagram is there for nothing (RFC 3261 17)."""
    reached = {target for row in machine.table.values() for target in row.targets}
    assert reached | {next(iter(states))} == set(states)
