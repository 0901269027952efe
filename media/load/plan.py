"""What a load test is to do: how many people in how many rooms, what they send, for how long. Pure.

A plan that makes no sense is refused by the name of its field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from media.load.sources import Profile
from offhook.core.errors import InvalidInput

#: Seconds that a load test lasts at most, without its joins.
LONGEST = 3600
#: Participants of one process: two sockets for media and one for signalling each.
MOST_PARTICIPANTS = 2000
#: Packets a second of one video; a screen at its best has fewer.
MOST_PACKETS = 2000
#: More is no network that people can talk over; the server rightly pauses video long before.
MOST_LOSS = 0.3
FASTEST_RAMP = 1000


class Seat(NamedTuple):
    """One participant to come."""

    room: str
    identity: str
    publishes: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` begin when all have joined; `ramp` is joins begun in a second, None: no pause."""

    rooms: int = 1
    publishers: int = 2
    subscribers: int = 0
    seconds: float = 30.0
    profile: Profile = field(default_factory=Profile)
    #: Share of the datagrams that each client loses, of those it sends and of those it gets.
    loss: float = 0.0
    ramp: float | None = 20.0
    room_prefix: str = "load"
    #: Joins under way at a time.
    at_once: int = 20

    def check(self) -> None:
        """Raise `InvalidInput` with the field that makes no sense."""
        _within("rooms", self.rooms, 1, MOST_PARTICIPANTS)
        _within("publishers", self.publishers, 1, MOST_PARTICIPANTS)
        _within("subscribers", self.subscribers, 0, MOST_PARTICIPANTS)
        if self.participants > MOST_PARTICIPANTS:
            raise InvalidInput(
                f"{self.rooms} rooms of {self.publishers} publishers and {self.subscribers} "
                f"subscribers are {self.participants} participants; one load test runs "
                f"{MOST_PARTICIPANTS} at most.",
                field="rooms",
            )
        if not 1 <= self.seconds <= LONGEST:
            raise InvalidInput("duration must be from 1s to 60m.", field="duration")
        _within("packets-per-second", self.profile.packets_per_second, 1, MOST_PACKETS)
        if not 0 <= self.loss <= MOST_LOSS:
            most = round(100 * MOST_LOSS)
            raise InvalidInput(f"loss must be from 0% to {most}%.", field="loss")
        if self.ramp is not None:
            _within("ramp", self.ramp, 1, FASTEST_RAMP)

    @property
    def participants(self) -> int:
        """How many in all rooms together."""
        return self.rooms * (self.publishers + self.subscribers)

    def seats(self, *, publishing: bool) -> list[Seat]:
        """Those who publish or those who do not, one in each room before the next in any."""
        role, number = ("sender", self.publishers) if publishing else ("viewer", self.subscribers)
        return [
            Seat(f"{self.room_prefix}-{room}", f"{role}-{seat}", publishing)
            for seat in range(1, number + 1)
            for room in range(1, self.rooms + 1)
        ]

    @property
    def expected_loss(self) -> float:
        """The share that is lost without repair: by the sender's client, or by the receiver's."""
        return 1 - (1 - self.loss) ** 2


def _within(name: str, value: float, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(f"{name} must be from {least} to {most:,}.", field=name)
