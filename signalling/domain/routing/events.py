"""What happens to the router: from agents, customers, supervisors and the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from signalling.domain.routing.agent import Profile
from signalling.domain.routing.plans import Plans

# --- the configuration --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlansChanged:
    """There are other activities, queues or workflows; a queue opened or closed."""

    plans: Plans


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent is new, or has other skills, attributes or capacity; counts from the next offer."""

    profile: Profile


@dataclass(frozen=True, slots=True)
class AgentRemoved:
    """There is no such agent any more; what the agent has in hand goes back to its queues."""

    agent: str


# --- agents ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgentPresent:
    """A page of the agent is connected."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentAbsent:
    """The last page of the agent lost its connection."""

    agent: str


@dataclass(frozen=True, slots=True)
class ActivityChosen:
    """The agent, or a supervisor for the agent, chose an activity.

    With something in hand it becomes the next activity. With `at_once` it counts now, and what is
    offered is taken back; what the agent has accepted goes on all the same.
    """

    agent: str
    activity: str
    at_once: bool = False
    reason: str = "chosen"


# --- tasks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskAdded:
    """There is work to be done.

    It goes through `workflow`, or straight to `queue`, or to one agent: `only_agent` is rung for
    `ring_for` seconds in all, and on failure it goes to `queue`, if one is named. `contact` is who
    the customer is: somebody who gave up and comes back within the set time finds the old place.
    `waited` are seconds that count as waited already. `at_once`: it rings all of the queue who fit
    and are free, whatever its strategy, and waits `ring_for` seconds at most.
    """

    task: str
    channel: str
    workflow: str | None = None
    queue: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    contact: str | None = None
    priority: int = 0
    waited: float = 0
    preferred_agent: str | None = None
    only_agent: str | None = None
    ring_for: int = 30
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class TaskWithdrawn:
    """The customer left; while talking, that ends the talk. `reason` is told with the end."""

    task: str
    reason: str = "left"


@dataclass(frozen=True, slots=True)
class TaskCanceled:
    """A supervisor or a program ends it, whoever has it; there is no wrap-up."""

    task: str
    reason: str = "removed"


@dataclass(frozen=True, slots=True)
class TaskReprioritised:
    """It is more, or less, urgent."""

    task: str
    priority: int


@dataclass(frozen=True, slots=True)
class TaskRequeued:
    """It is taken from whoever has it, and waits again with its age, in `queue` if one is named.
    `not_to` is asked last of all, as one who was asked in vain."""

    task: str
    queue: str | None = None
    reason: str = "requeued"
    not_to: str | None = None


@dataclass(frozen=True, slots=True)
class TaskPulled:
    """It is given to an agent without asking: picked from the queue, or dialled by the agent."""

    task: str
    agent: str


@dataclass(frozen=True, slots=True)
class TaskTransferred:
    """Its agent passes it on without a word, to a queue or to another agent.

    When the other agent does not take it, it comes back to the one who passed it on, and from there
    to its queue.
    """

    task: str
    agent: str
    queue: str | None = None
    to_agent: str | None = None


# --- offers and work ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The agent takes it."""

    reservation: str
    agent: str


@dataclass(frozen=True, slots=True)
class OfferRejected:
    """The agent does not want it."""

    reservation: str
    agent: str


@dataclass(frozen=True, slots=True)
class OfferBusy:
    """The agent's device says that it is busy."""

    reservation: str
    agent: str


@dataclass(frozen=True, slots=True)
class WorkEnded:
    """The talk is over for this agent; `wrap_up` False goes without a wrap-up."""

    reservation: str
    wrap_up: bool = True


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """The agent needs so many seconds more."""

    reservation: str
    seconds: int


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The agent has written all that is to be written."""

    reservation: str


@dataclass(frozen=True, slots=True)
class ConsultAsked:
    """The agent who has the task asks another to join, while the customer waits or listens."""

    task: str
    agent: str
    to_agent: str


@dataclass(frozen=True, slots=True)
class ConsultEnded:
    """The other agent leaves again, or is not wanted any more before having answered."""

    reservation: str


@dataclass(frozen=True, slots=True)
class TransferCompleted:
    """The agent who was consulted keeps the task; the first one wraps up."""

    reservation: str
