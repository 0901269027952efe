"""What the router asks for: facts to record, agents to ask, customers to lead on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from offhook.core.clock import Micros


@dataclass(frozen=True, slots=True)
class Record:
    """Log a fact about `subject`, the id of a task, a reservation or an agent.

    The facts of all subjects together are enough to tell every queue's and agent's state. They
    name contacts and agents, and repeat nothing that a customer has written.
    """

    type: str
    subject: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """Ask an agent to take a task, or with `consult` to join in; the offer ends at `until`."""

    reservation: str
    task: str
    agent: str
    until: Micros
    consult: bool = False


@dataclass(frozen=True, slots=True)
class Rescind:
    """Stop asking an agent; `reason` says why: somebody else was faster, the customer left, …"""

    reservation: str
    task: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """An agent has the task: connect the two."""

    task: str
    reservation: str
    agent: str


@dataclass(frozen=True, slots=True)
class Released:
    """An agent has the task no more; the customer is with somebody else, or waits."""

    task: str
    reservation: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Consulted:
    """An agent has joined to be consulted."""

    task: str
    reservation: str
    agent: str


@dataclass(frozen=True, slots=True)
class ConsultOver:
    """The agent who was to be consulted did not come, or has left."""

    task: str
    reservation: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The agent to whom the task was passed on did not take it."""

    task: str
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Requeued:
    """The task waits again; the customer hears music."""

    task: str
    queue: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The customer's part is over; the agent may be wrapping up still."""

    task: str


@dataclass(frozen=True, slots=True)
class TaskEnded:
    """The task is over. `otherwise` is what the customer is led to, as the queue says, such as
    `callback`; it is empty when the reason is `completed` or the customer left."""

    task: str
    reason: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class AgentMoved:
    """The agent is in another activity."""

    agent: str
    activity: str
    reason: str


Effect = (
    Record
    | Offer
    | Rescind
    | Assigned
    | Released
    | Consulted
    | ConsultOver
    | TransferFailed
    | Requeued
    | TalkEnded
    | TaskEnded
    | AgentMoved
)
