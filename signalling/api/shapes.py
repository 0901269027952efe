"""What is stored, as the REST API shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from offhook.core.clock import Micros, isoformat
from offhook.core.contracts.events import Envelope
from offhook.core.contracts.media import KIND_OF_SOURCE, Hearing
from signalling.api import resources
from signalling.domain.standing import Ban
from signalling.stores.accounts import ApiKey
from signalling.stores.participants import ParticipantRecord
from signalling.stores.rooms import RoomRecord

T = TypeVar("T")
R = TypeVar("R")


def room(record: RoomRecord) -> resources.Room:
    """A room."""
    settings = record.settings
    return resources.Room(
        sid=record.id,
        name=record.name,
        title=settings.title,
        state=record.state.value,
        access=settings.access,
        metadata=settings.metadata,
        max_participants=settings.max_participants,
        empty_timeout=settings.empty_timeout,
        departure_timeout=settings.departure_timeout,
        max_duration=settings.max_duration,
        locked=settings.locked,
        participants=record.participants,
        created_at=isoformat(record.created_at),
        started_at=_when(record.started_at),
    )


def etag(record: RoomRecord) -> str:
    """The ETag of a room's settings: the same name made anew has another."""
    return f'"{record.id[-12:]}.{record.revision}"'


def participant(record: ParticipantRecord) -> resources.Participant:
    """Somebody in a room."""
    return resources.Participant(
        sid=record.id,
        identity=record.identity,
        name=record.profile.name,
        state=record.state.value,
        connected=record.connected,
        joined_at=isoformat(record.joined_at),
        metadata=record.profile.metadata,
        attributes=dict(record.profile.attributes),
        grants=record.grants,
        tracks=[track.view() for track in record.tracks],
    )


def ban(record: Ban) -> resources.Ban:
    """Somebody who may not come in."""
    return resources.Ban(
        sid=record.sid,
        identity=record.person,
        name=record.name,
        permanent=record.permanent,
        by=record.by,
        created_at=isoformat(record.at),
    )


def hearing(decided: Mapping[str, Hearing]) -> resources.RoomHearing:
    """Who hears whom."""
    return resources.RoomHearing(
        hearing={
            identity: resources.HearingOf(
                publishers=None if of.publishers is None else list(of.publishers), music=of.music
            )
            for identity, of in decided.items()
        }
    )


def decided(asked: resources.RoomHearing) -> dict[str, Hearing]:
    """Who is to hear whom."""
    return {
        identity: Hearing(
            publishers=None if of.publishers is None else tuple(of.publishers), music=of.music
        )
        for identity, of in asked.hearing.items()
    }


def tracks(records: Sequence[ParticipantRecord]) -> list[resources.Track]:
    """Everything that these people publish."""
    return [
        resources.Track(
            sid=track.sid,
            participant=record.id,
            identity=record.identity,
            source=track.source,
            kind=KIND_OF_SOURCE[track.source],
            muted=track.muted,
        )
        for record in records
        for track in record.tracks
    ]


def api_key(key: ApiKey) -> resources.ApiKey:
    """A key without its secret."""
    return resources.ApiKey(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        created_at=isoformat(key.created_at),
        last_used_at=_when(key.last_used_at),
    )


def new_api_key(key: ApiKey) -> resources.NewApiKey:
    """A key with its secret."""
    return resources.NewApiKey(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        created_at=isoformat(key.created_at),
        last_used_at=None,
        secret=key.secret,
    )


def event(envelope: Envelope) -> resources.Event:
    """Something that happened."""
    return resources.Event(
        id=envelope.id,
        type=envelope.type,
        version=envelope.version,
        account=envelope.account,
        subject=envelope.subject,
        seq=envelope.seq,
        conversation_id=envelope.conversation_id,
        causation_id=envelope.causation_id,
        time=isoformat(envelope.time),
        data=envelope.data,
    )


def paged(
    found: Sequence[T], limit: int, shape: Callable[[T], R], cursor: Callable[[T], str]
) -> tuple[list[R], str | None]:
    """The items of a page of which one more was read than `limit`, and the next cursor."""
    shown = found[:limit]
    more = len(found) > limit
    return [shape(item) for item in shown], cursor(shown[-1]) if more else None


def _when(at: Micros | None) -> str | None:
    return None if at is None else isoformat(at)
