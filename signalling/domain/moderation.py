"""What moderators do to a room and to those in it, and who moderates when nobody would."""

from __future__ import annotations

import msgspec

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.machine import on
from signalling.domain.effects import DropBan, DropBans, Effect, HearMedia, KeepBan, Record
from signalling.domain.events import (
    BanLifted,
    Banned,
    EverybodyMuted,
    GrantsChanged,
    HearingChanged,
    Left,
    Settings,
    TrackMuted,
)
from signalling.domain.gathering import Gathering, State
from signalling.domain.granting import GrantsChange
from signalling.domain.names import person_of
from signalling.domain.participant import Participant, Patience
from signalling.domain.standing import Ban

_MODERATOR = GrantsChange(room_admin=True)


class Moderated(Gathering):
    """The part of a room's machine that is about moderation.

    In a room by link somebody moderates for as long as anybody is in: when the last moderator has
    gone, and has not come back within the time in which a lost socket may, the one who is in
    longest. What a moderator gave or took holds for the meeting, also after coming back; who is
    removed comes back, if at all, without moderating.
    """

    def __init__(self, settings: Settings, patience: Patience) -> None:
        super().__init__(settings, patience)
        #: Since when nobody moderates a room by link with people in it.
        self.unmoderated_since: Micros | None = None

    @on(TrackMuted, State.OPEN)
    def _track_muted(self, event: TrackMuted, now: Micros) -> list[Effect]:
        return self._feed(self._of(event.participant), self._told_by(event), now)

    @on(EverybodyMuted, State.OPEN)
    def _everybody_muted(self, event: EverybodyMuted, now: Micros) -> list[Effect]:
        effects: list[Effect] = []
        for participant in list(self.present()):
            if participant.id == event.by:
                continue
            for track in list(participant.tracks.values()):
                if track.source == "microphone" and not track.muted:
                    muted = TrackMuted(participant.id, track.sid, muted=True, by=event.by)
                    effects += self._feed(participant, self._told_by(muted), now)
        return effects

    @on(EverybodyMuted, State.IDLE)
    def _nobody_muted(self, event: EverybodyMuted, now: Micros) -> list[Effect]:
        return []

    def _told_by(self, event: TrackMuted) -> TrackMuted:
        """A hidden moderator is nobody's to know of: the mute is told as a program's."""
        by = self.participants.get(event.by or "")
        known = by is None or not by.grants.hidden
        return event if known else TrackMuted(event.participant, event.track, event.muted, by="")

    @on(GrantsChanged, State.OPEN)
    def _grants_changed(self, event: GrantsChanged, now: Micros) -> list[Effect]:
        participant = self._of(event.participant)
        if event.change.room_admin is False and self._is_the_last_moderator(participant):
            raise Conflict(
                "Somebody has to moderate a room by link: make another one moderator first.",
                code="last_moderator",
            )
        return self._change_grants(participant, event.change, now)

    def _change_grants(
        self, participant: Participant, change: GrantsChange, now: Micros
    ) -> list[Effect]:
        effects = self._feed(participant, GrantsChanged(participant.id, change), now)
        self.standing.granted[participant.identity] = participant.grants
        return effects

    @on(HearingChanged, State.IDLE, State.OPEN)
    def _hearing_changed(self, event: HearingChanged, now: Micros) -> list[Effect]:
        """Who is named may come later: the decision is about an identity, for the meeting."""
        changed = self.standing.hear(event.hearing, whole=event.whole)
        if not changed:
            return []
        decided = self.standing.hearing
        told: list[Effect] = [
            HearMedia(participant.id, decided.get(participant.identity))
            for participant in self.participants.values()
            if participant.identity in changed
        ]
        about = {who: msgspec.to_builtins(decided.get(who)) for who in sorted(changed)}
        logged = {"hearing": about, "hidden": True}
        return [Record("hearing_changed", {}, logged, hidden=True), *told]

    @on(Left, State.OPEN)
    def _left(self, event: Left, now: Micros) -> list[Effect]:
        participant = self._of(event.participant)
        if event.reason == "participant_removed":
            self._takes_moderation_from(participant)
        return self._out(participant, event.reason, now)

    @on(Banned, State.IDLE, State.OPEN)
    def _banned(self, event: Banned, now: Micros) -> list[Effect]:
        ban = event.ban
        self.standing.ban(ban)
        effects: list[Effect] = [KeepBan(ban), _audit("participant_banned", ban)]
        for participant in list(self.participants.values()):
            if person_of(participant.identity) == ban.person:
                self._takes_moderation_from(participant)
                effects += self._out(participant, "participant_banned", now)
        return effects

    @on(BanLifted, State.IDLE, State.OPEN)
    def _lifted(self, event: BanLifted, now: Micros) -> list[Effect]:
        ban = self.standing.lift(event.person)
        return [DropBan(ban), _audit("ban_lifted", ban)]

    def _bans_over(self) -> list[Effect]:
        """The room is no more, and with it the bans that were not for ever."""
        over = any(not ban.permanent for ban in self.standing.bans.values())
        return [DropBans()] if over else []

    # --- who moderates -----------------------------------------------------------------------

    def _succession(self, now: Micros) -> list[Effect]:
        """Have somebody moderate a room by link, if nobody does for long enough."""
        if self.settings.access != "link" or self.state is not State.OPEN or self._moderators():
            self.unmoderated_since = None
            return []
        if self.unmoderated_since is None:
            self.unmoderated_since = now
        heir, due = self._heir(), self._succession_at()
        if heir is None or due is None or now < due:
            return []
        self.unmoderated_since = None
        return self._change_grants(heir, _MODERATOR, now)

    def _succession_at(self) -> Micros | None:
        """When somebody else begins to moderate; None while there is nobody who could."""
        since = self.unmoderated_since
        if since is None or self._heir() is None:
            return None
        return Micros(since + self.patience.resume * SECOND)

    def _heir(self) -> Participant | None:
        return next((person for person in self.present() if person.connected), None)

    def _moderators(self) -> list[Participant]:
        people = self.participants.values()
        return [p for p in people if p.grants.room_admin and not p.grants.hidden]

    def _is_the_last_moderator(self, participant: Participant) -> bool:
        return self.settings.access == "link" and self._moderators() == [participant]

    def _takes_moderation_from(self, participant: Participant) -> None:
        grants = participant.grants
        if grants.room_admin:
            demoted = msgspec.structs.replace(grants, room_admin=False)
            self.standing.granted[participant.identity] = demoted


def _audit(type: str, ban: Ban) -> Record:
    """A fact for the event log, which nobody in the room is shown."""
    data = {"identity": ban.person, "permanent": ban.permanent, "by": ban.by}
    return Record(type, {}, {**data, "hidden": True}, hidden=True)
