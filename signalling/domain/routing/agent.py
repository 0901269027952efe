"""An agent: the activity that was chosen, the connection, and the work in hand.

Whether an agent is busy is nowhere written: it is what the reservations say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from offhook.core.clock import Micros
from offhook.core.machine import earliest, on
from signalling.domain.routing.expression import Expression
from signalling.domain.routing.keeping import Kept
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held

#: Why an agent is in an activity: because they chose it.
CHOSEN = "chosen"
#: What an agent takes at once, and the channels of which only one can be had at a time.
CAPACITY = {"voice": 1, "video": 1, "chat": 3, "callback": 1, "message": 5}
EXCLUSIVE = frozenset({"voice", "video", "callback"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is configured of an agent; `order` is the place in `linear` and among equals.

    Work on one of the `exclusive` channels keeps work on another of them away, and everything else
    while it is wrapped up; other channels only count against their own capacity.
    """

    id: str
    name: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=lambda: CAPACITY)
    exclusive: frozenset[str] = EXCLUSIVE
    order: int = 0


class State(Enum):
    """How an agent's page is connected; `LOST` is for less than the grace."""

    ABSENT = "absent"
    PRESENT = "present"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Appeared:
    """A page of the agent is connected."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """No page is connected any more; `until` is when the agent counts as gone."""

    until: Micros


@dataclass(frozen=True, slots=True)
class Gone:
    """The grace is over."""


class Agent(Kept):
    """One agent at work; `deadline` is when the grace or the back-off ends."""

    KEPT = (
        *("id", "activity", "next_activity", "gone_at", "held_until", "strikes", "idle_since"),
        *("taken", "talked", "turns", "reason", "next_reason"),
    )
    state: State = State.ABSENT

    def __init__(self, profile: Profile, activity: str, now: Micros) -> None:
        self._derive()
        self.profile: Profile = profile
        self.id = profile.id
        self.activity = activity
        #: Takes effect when nothing is in hand.
        self.next_activity: str | None = None
        self.gone_at: Micros | None = None
        #: Until when nothing is offered, after an offer in vain.
        self.held_until: Micros | None = None
        #: Offers in a row that were not answered.
        self.strikes = 0
        self.idle_since = now
        #: Tasks taken, and microseconds talked, since the agent last came on.
        self.taken = 0
        self.talked = 0
        #: When each queue last asked the agent, as a number that counts turns.
        self.turns: dict[str, int] = {}

    def _derive(self) -> None:
        self.profile = Profile("")
        self.holding: dict[str, Reservation] = {}
        self.lines: tuple[str, ...] = ()
        #: Why nothing at all can be offered, in a word of `explaining`; the router keeps it true.
        self.obstacle: str | None = "absent"
        #: Why the activity is what it is, and why the next one is to come.
        self.reason = self.next_reason = CHOSEN
        self._view: dict[str, Any] | None = None
        self._known: dict[int, bool] = {}

    # --- what is known of the agent -------------------------------------------------------------

    @property
    def view(self) -> Mapping[str, Any]:
        """What expressions see: the attributes, `skills`, `name` and `id`."""
        if self._view is None:
            own = {"skills": self.profile.skills, "name": self.profile.name, "id": self.id}
            self._view = {**self.profile.attributes, **own}
        return self._view

    def become(self, profile: Profile) -> None:
        """Take on another profile."""
        self.profile = profile
        self._view = None
        self.forget()

    def forget(self) -> None:
        """Expressions may be others now."""
        self._known.clear()

    def fits(self, expression: Expression | None, task: Mapping[str, Any]) -> bool:
        """Whether the expression holds of the agent and the task; what does not depend on the task
        is remembered, as long as the plans are the same."""
        if expression is None:
            return True
        if expression.of_task:
            return expression.holds(self.view, task)
        known = self._known.get(id(expression))
        if known is None:
            known = self._known[id(expression)] = expression.holds(self.view)
        return known

    # --- the work in hand -----------------------------------------------------------------------

    def has_room(self, channel: str) -> bool:
        """Whether one more task of this channel can be offered."""
        exclusive = self.profile.exclusive if channel in self.profile.exclusive else ()
        used = 0
        for held in self.holding.values():
            if held.channel == channel:
                used += 1
            elif held.channel in exclusive:
                return False
        return used < self.profile.capacity.get(channel, 0)

    @property
    def wrapping_up(self) -> bool:
        """Whether the agent is ending a call, so that nothing else may come."""
        for held in self.holding.values():
            if held.state is Held.WRAPPING and held.channel in self.profile.exclusive:
                return True
        return False

    @property
    def has_room_at_all(self) -> bool:
        """Whether there is a channel on which one more task can be offered."""
        return any(self.has_room(channel) for channel in self.profile.capacity)

    def hold_off(self, until: Micros) -> None:
        """Offer nothing until then."""
        self.held_until = until if self.held_until is None else Micros(max(until, self.held_until))
        self._rearm()

    def let_on(self) -> None:
        """The back-off is over."""
        self.held_until = None
        self._rearm()

    # --- the connection -------------------------------------------------------------------------

    @on(Appeared, State.ABSENT, to=State.PRESENT)
    def _come_on(self, event: Appeared, now: Micros) -> list[Any]:
        self.taken = self.talked = self.strikes = 0
        self.idle_since = now
        return []

    @on(Appeared, State.LOST, to=State.PRESENT)
    @on(Appeared, State.PRESENT)
    def _come_back(self, event: Appeared, now: Micros) -> list[Any]:
        self.gone_at = None
        self._rearm()
        return []

    @on(Vanished, State.PRESENT, to=State.LOST)
    def _vanish(self, event: Vanished, now: Micros) -> list[Any]:
        self.gone_at = event.until
        self._rearm()
        return []

    @on(Gone, State.LOST, to=State.ABSENT)
    def _go(self, event: Gone, now: Micros) -> list[Any]:
        self.gone_at = None
        self._rearm()
        return []

    def _rearm(self) -> None:
        self.deadline = earliest(self.gone_at, self.held_until)
