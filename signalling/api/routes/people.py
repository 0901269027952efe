"""/v1/rooms/{name}/participants, /tracks and /tokens: who is in a room, and who may come."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from offhook.core.clock import SECOND, isoformat
from offhook.core.contracts.grants import VideoGrant
from signalling.api import resources, shapes
from signalling.api.routes.rooms import NO_ROOM
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.domain import names
from signalling.domain.granting import GrantsChange
from signalling.domain.tokens import Claims

_NOBODY = Refusal(404, "participant_not_found", "Nobody of this identity is in the room.")
_NO_TRACK = Refusal(404, "track_not_found", "They publish no such track.")
_LAST = Refusal(409, "last_moderator", "Nobody would moderate a room by link any more.")
_MOST_TRACKS = 10_000


async def _list(ask: Ask) -> Answer:
    limit = ask.query.limit
    found = await ask.services.people.page(
        ask.account, ask.path["name"], ask.query.after, limit + 1
    )
    items, after = shapes.paged(found, limit, shapes.participant, lambda record: record.id)
    return Answer(resources.ParticipantPage(items=items, next=after))


async def _get(ask: Ask) -> Answer:
    found = await ask.services.people.get(ask.account, ask.path["name"], ask.path["identity"])
    return Answer(shapes.participant(found))


async def _change(ask: Ask) -> Answer:
    asked: resources.ParticipantPatch = ask.body
    grants = None
    if asked.grants is not None:
        grants = GrantsChange(**msgspec.structs.asdict(asked.grants))
    if grants is not None and grants.room_admin is not None:
        ask.require("rooms.admin", ask.path["name"])
    found = await ask.services.people.change(
        ask.account,
        ask.path["name"],
        ask.path["identity"],
        name=asked.name,
        metadata=asked.metadata,
        attributes=asked.attributes,
        grants=grants,
    )
    return Answer(shapes.participant(found))


async def _remove(ask: Ask) -> Answer:
    await ask.services.people.remove(ask.account, ask.path["name"], ask.path["identity"])
    return Answer()


async def _mute(ask: Ask) -> Answer:
    found = await ask.services.people.mute(
        ask.account,
        ask.path["name"],
        ask.path["identity"],
        ask.body.track,
        muted=ask.body.muted,
    )
    return Answer(shapes.participant(found))


async def _tracks(ask: Ask) -> Answer:
    found = await ask.services.people.page(ask.account, ask.path["name"], "", _MOST_TRACKS)
    return Answer(resources.TrackList(items=shapes.tracks(found)))


async def _token(ask: Ask) -> Answer:
    asked: resources.TokenCreate = ask.body
    room = (await ask.services.rooms.get(ask.account, ask.path["name"])).name
    if asked.grants.room_admin:
        ask.require("rooms.admin", room)
        ask.require("participants.moderate", room)
    sources = asked.grants.can_publish_sources
    grants = msgspec.structs.asdict(asked.grants) | {
        "can_publish_sources": None if sources is None else tuple(sources)
    }
    claims = Claims(
        sub=asked.identity,
        name=names.display_name(asked.name),
        metadata=names.metadata(asked.metadata),
        attributes=dict(names.attributes(asked.attributes)),
        video=VideoGrant(room_join=True, room=room, **grants),
    )
    token = await ask.services.tokens.issue(ask.account, claims, asked.ttl)
    expires = ask.services.parts.clock.now() + asked.ttl * SECOND
    return Answer(
        resources.Token(
            token=token,
            identity=asked.identity,
            room=room,
            url=f"{ask.origin}/r/{quote(room)}?token={token}",
            expires_at=isoformat(expires),
        )
    )


ROUTES = (
    Route(
        method="GET",
        path="/v1/rooms/{name}/participants",
        id="listParticipants",
        tag="Participants",
        summary="List who is in a room",
        handler=_list,
        permission="participants.read",
        query=resources.PageQuery,
        reply=resources.ParticipantPage,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="GET",
        path="/v1/rooms/{name}/participants/{identity}",
        id="getParticipant",
        tag="Participants",
        summary="Look at a participant",
        handler=_get,
        permission="participants.read",
        reply=resources.Participant,
        refusals=(NO_ROOM, _NOBODY),
    ),
    Route(
        method="PATCH",
        path="/v1/rooms/{name}/participants/{identity}",
        id="updateParticipant",
        tag="Participants",
        summary="Change a participant's name, metadata, attributes or grants",
        handler=_change,
        permission="participants.moderate",
        body=resources.ParticipantPatch,
        reply=resources.Participant,
        refusals=(NO_ROOM, _NOBODY, _LAST),
    ),
    Route(
        method="DELETE",
        path="/v1/rooms/{name}/participants/{identity}",
        id="removeParticipant",
        tag="Participants",
        summary="Send a participant away",
        handler=_remove,
        permission="participants.moderate",
        status=204,
        refusals=(NO_ROOM, _NOBODY),
    ),
    Route(
        method="POST",
        path="/v1/rooms/{name}/participants/{identity}/mute",
        id="muteTrack",
        tag="Participants",
        summary="Mute or unmute a participant's track",
        handler=_mute,
        permission="participants.moderate",
        body=resources.TrackMute,
        reply=resources.Participant,
        refusals=(NO_ROOM, _NOBODY, _NO_TRACK),
    ),
    Route(
        method="GET",
        path="/v1/rooms/{name}/tracks",
        id="listTracks",
        tag="Participants",
        summary="List what is published in a room",
        handler=_tracks,
        permission="participants.read",
        reply=resources.TrackList,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="POST",
        path="/v1/rooms/{name}/tokens",
        id="createToken",
        tag="Tokens",
        summary="Make a join token for a room",
        handler=_token,
        permission="tokens.issue",
        body=resources.TokenCreate,
        reply=resources.Token,
        status=201,
        refusals=(NO_ROOM,),
        creates=True,
    ),
)
