"""What a client missed: facts from the log, with what people said of themselves put back in."""

from __future__ import annotations

from typing import Any

import msgspec

from offhook.core.clock import isoformat
from offhook.core.contracts.events import Envelope
from offhook.core.ids import AccountId
from signalling.domain.events import Profile
from signalling.domain.participant import personal
from signalling.domain.views import ChatMessage, Fact
from signalling.services.parts import Parts
from signalling.stores.participants import ParticipantRecord

#: Facts that carry a whole `ParticipantView`.
_ABOUT_PEOPLE = frozenset({"participant_joined", "participant_updated"})


class History:
    """Reads a room's facts as one participant may know them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def missed(
        self, account: AccountId, room: str, participant: str, after: int, until: int
    ) -> list[Fact]:
        """The facts with `after` < seq <= `until`, in order and without a gap."""
        kept, store = self._parts.kept, self._parts.store
        logged = await store.read(lambda c: kept.missed(c, account, room, max(after, 0), until))
        about = {_participant(e) for e in logged if e.type in _ABOUT_PEOPLE}
        said = [e.data["message"]["sid"] for e in logged if e.type == "chat_sent"]
        people = await store.read(lambda c: kept.participants.by_ids(c, account, sorted(about)))
        lines = await store.read(lambda c: kept.chat.by_ids(c, account, said))
        named = {person.id: person for person in people}
        told = {line.sid: line for line in lines}
        return [_fact(envelope, participant, named, told) for envelope in logged]


def _fact(
    envelope: Envelope,
    participant: str,
    people: dict[str, ParticipantRecord],
    lines: dict[str, ChatMessage],
) -> Fact:
    at = isoformat(envelope.time)
    data = dict(envelope.data)
    if data.pop("hidden", False) and _participant(envelope) != participant:
        return Fact(seq=envelope.seq, type="hidden", at=at, data={})
    if envelope.type in _ABOUT_PEOPLE:
        data["participant"] = _named(data["participant"], people)
    elif envelope.type == "chat_sent":
        data["message"] = _spoken(data["message"], lines)
    return Fact(seq=envelope.seq, type=envelope.type, at=at, data=data)


def _participant(envelope: Envelope) -> str:
    about = envelope.data.get("participant", "")
    return str(about["sid"] if isinstance(about, dict) else about)


def _named(view: dict[str, Any], people: dict[str, ParticipantRecord]) -> dict[str, Any]:
    view = {key: value for key, value in view.items() if key != "contact"}
    person = people.get(view["sid"])
    return view | personal(Profile() if person is None else person.profile)


def _spoken(message: dict[str, Any], lines: dict[str, ChatMessage]) -> dict[str, Any]:
    line = lines.get(message["sid"])
    if line is None:
        return {"file": None} | message | {"name": "", "text": ""}
    told: dict[str, Any] = msgspec.to_builtins(line)
    return told
