"""What a room knows of people beyond their presence: who is banned, who moderates, who hears whom,
who was sent away, and who may come back to a room that is locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from offhook.core.clock import Micros
from offhook.core.contracts.events import DisconnectReason
from offhook.core.contracts.media import Hearing
from offhook.core.errors import Forbidden, NotFound
from signalling.domain.granting import narrowed
from signalling.domain.names import person_of
from signalling.domain.views import Grants

#: Of so many who have left a meeting it is known that they were there.
KNOWN_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody who may not come in. `person` is an identity, or what all guests of one browser
    have in common. A ban ends with the room, unless it is `permanent`: then it is for the name.
    `name` is what the person was called, personal data of `contact`; `by` is who banned."""

    sid: str
    person: str
    at: Micros
    permanent: bool = False
    by: str = ""
    name: str = ""
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody left the meeting, and why."""

    identity: str
    at: Micros
    reason: DisconnectReason


class Standing:
    """One room's memory of people. All but the bans is of one meeting, and forgotten with it."""

    def __init__(self) -> None:
        self.bans: dict[str, Ban] = {}
        #: Who came first, in a room by link.
        self.founder: str | None = None
        #: The grants that a moderator gave, by identity: they replace those of the token.
        self.granted: dict[str, Grants] = {}
        #: What was decided about whom somebody hears, by identity; others hear everybody.
        self.hearing: dict[str, Hearing] = {}
        self._removed: dict[str, Micros] = {}
        self._known: dict[str, None] = {}

    def restore(
        self,
        *,
        bans: Iterable[Ban],
        granted: Mapping[str, Grants],
        hearing: Mapping[str, Hearing],
        departures: Iterable[Departure],
    ) -> None:
        """Know what was known when the room was stored."""
        self.bans = {ban.person: ban for ban in bans}
        self.granted = dict(granted)
        self.hearing = dict(hearing)
        for departure in departures:
            self.left(departure)

    def forget_meeting(self) -> None:
        """The meeting is over."""
        self.founder = None
        self.granted.clear()
        self.hearing.clear()
        self._removed.clear()
        self._known.clear()

    # --- coming in ---------------------------------------------------------------------------

    def banned(self, identity: str) -> bool:
        """Whether this identity may not come in."""
        return person_of(identity) in self.bans

    def knows(self, identity: str) -> bool:
        """Whether they were in this meeting and left it by themselves."""
        return identity in self._known

    def sent_away(self, identity: str, issued_at: Micros | None) -> bool:
        """Whether a moderator sent them away since their token was issued."""
        at = self._removed.get(identity)
        return at is not None and (issued_at is None or issued_at <= at)

    def require_welcome(self, identity: str, issued_at: Micros | None) -> None:
        """Raise `Forbidden` (`banned`, `removed`) for who may not come in."""
        if self.banned(identity):
            raise Forbidden("The host has banned you from this room.", code="banned")
        if self.sent_away(identity, issued_at):
            raise Forbidden(
                "The host removed you from this room; this token does not let you back in.",
                code="removed",
            )

    def grants_for(self, identity: str, grants: Grants, *, by_link: bool) -> Grants:
        """What somebody may do who comes in with these grants of a token.

        Powers are an identity's; what was forbidden holds for all guests of the same browser.
        """
        given = self.granted.get(identity)
        if given is not None:
            return msgspec.structs.replace(given, hidden=grants.hidden)
        for other, theirs in self.granted.items():
            if person_of(other) == person_of(identity):
                grants = narrowed(grants, theirs)
        if by_link and not grants.hidden:
            self.founder = self.founder or identity
            if self.founder == identity:
                grants = msgspec.structs.replace(grants, room_admin=True)
        return grants

    # --- who hears whom ----------------------------------------------------------------------

    def hear(self, hearing: Mapping[str, Hearing | None], *, whole: bool) -> set[str]:
        """Take decisions about whom somebody hears; return whose are others than before."""
        before = self.hearing
        kept = {} if whole else before
        self.hearing = {who: what for who, what in {**kept, **hearing}.items() if what is not None}
        return {
            who
            for who in before.keys() | self.hearing.keys()
            if before.get(who) != self.hearing.get(who)
        }

    def hears(self, identity: str, other: str) -> bool:
        """Whether somebody receives what the other sends."""
        hearing = self.hearing.get(identity)
        return hearing is None or hearing.lets_through(other)

    # --- going -------------------------------------------------------------------------------

    def left(self, departure: Departure) -> None:
        """Somebody is out."""
        identity = departure.identity
        if departure.reason in {"participant_removed", "participant_banned"}:
            self._known.pop(identity, None)
            self._removed[identity] = departure.at
        elif departure.reason != "join_failure":
            self._known.pop(identity, None)
            self._known[identity] = None
            if len(self._known) > KNOWN_KEPT:
                del self._known[next(iter(self._known))]

    def ban(self, ban: Ban) -> None:
        """Let this person in no more."""
        self.bans[ban.person] = ban

    def lift(self, person: str) -> Ban:
        """Let this person in again; raise `NotFound` (`ban_not_found`)."""
        ban = self.bans.pop(person, None)
        if ban is None:
            raise NotFound("Nobody of this identity is banned.", code="ban_not_found")
        return ban
