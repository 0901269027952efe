"""The event envelope and the facts of rooms, as logged, sent to clients and to webhooks."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from offhook.core.contracts.media import TrackKind, TrackSource

DisconnectReason = Literal[
    "client_initiated",
    "duplicate_identity",
    "participant_removed",
    "participant_banned",
    "room_deleted",
    "room_closed",
    "connection_timeout",
    "flooding",
    "join_failure",
    "media_failure",
    "server_shutdown",
]
ParticipantState = Literal["joining", "joined", "active", "disconnected"]


class Envelope(Struct, frozen=True, kw_only=True):
    """One fact. `seq` counts from 1 without a gap for each subject; a published field is never
    removed or given another meaning, and readers pass over what they do not know.

    `time` is UTC in microseconds here and ISO 8601 with milliseconds at the doors.
    """

    id: str
    type: str
    version: int
    account: str
    subject: str
    seq: int
    conversation_id: str | None
    causation_id: str | None
    time: int
    data: dict[str, Any]


class TrackView(Struct, frozen=True, kw_only=True):
    """A published track, as everybody in the room may know it."""

    sid: str
    source: TrackSource
    kind: TrackKind
    muted: bool


class ParticipantView(Struct, frozen=True, kw_only=True):
    """A participant, as everybody in the room may know it. `joined_at` is ISO 8601;
    `can_publish_sources`: what it may send now."""

    sid: str
    identity: str
    name: str
    state: ParticipantState
    joined_at: str
    metadata: str
    attributes: dict[str, str]
    can_publish: bool
    can_publish_sources: tuple[TrackSource, ...]
    moderator: bool
    tracks: tuple[TrackView, ...]
