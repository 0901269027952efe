"""/v1/rooms: make, find, set up and delete rooms."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from msgspec import UNSET

from offhook.core.errors import PreconditionFailed
from signalling.api import resources, shapes
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.domain.events import Settings
from signalling.stores.rooms import RoomRecord

NO_ROOM = Refusal(404, "room_not_found", "The account has no such room.")
_TAKEN = Refusal(409, "room_exists", "There is a room with this name already.")
_CHANGED = Refusal(412, "precondition_failed", "The room was changed since its ETag was read.")


def _answer(record: RoomRecord) -> Answer:
    return Answer(shapes.room(record), headers={"ETag": shapes.etag(record)})


async def _list(ask: Ask) -> Answer:
    limit = ask.query.limit
    found = await ask.services.rooms.page(ask.account, ask.query.after, limit + 1)
    items, after = shapes.paged(found, limit, shapes.room, lambda record: record.id)
    return Answer(resources.RoomPage(items=items, next=after))


async def _create(ask: Ask) -> Answer:
    asked: resources.RoomCreate = ask.body
    values = {k: v for k, v in msgspec.structs.asdict(asked).items() if k != "name"}
    values["max_participants"] = asked.max_participants or ask.services.settings.max_participants
    record = await ask.services.rooms.create(
        ask.account,
        asked.name,
        Settings(**values),
        lambda connection, made: ask.remember(CREATE, connection, _answer(made)),
    )
    return _answer(record)


async def _get(ask: Ask) -> Answer:
    return _answer(await ask.services.rooms.get(ask.account, ask.path["name"]))


async def _update(ask: Ask) -> Answer:
    asked: resources.RoomPatch = ask.body
    given = {k: v for k, v in msgspec.structs.asdict(asked).items() if v is not UNSET}
    record = await ask.services.rooms.update(
        ask.account,
        ask.path["name"],
        lambda settings: replace(settings, **given),
        await _revision(ask),
    )
    return _answer(record)


async def _delete(ask: Ask) -> Answer:
    await ask.services.rooms.delete(ask.account, ask.path["name"], await _revision(ask))
    return Answer()


async def _revision(ask: Ask) -> int | None:
    """The revision that If-Match names, which must be the present one."""
    if ask.if_match is None:
        return None
    record = await ask.services.rooms.get(ask.account, ask.path["name"])
    if shapes.etag(record) not in ask.if_match:
        raise PreconditionFailed("The room was changed since you read it.", field="If-Match")
    return record.revision


CREATE = Route(
    method="POST",
    path="/v1/rooms",
    id="createRoom",
    tag="Rooms",
    summary="Make a room",
    handler=_create,
    permission="rooms.write",
    body=resources.RoomCreate,
    reply=resources.Room,
    status=201,
    refusals=(_TAKEN,),
    creates=True,
    etag=True,
)

ROUTES = (
    Route(
        method="GET",
        path="/v1/rooms",
        id="listRooms",
        tag="Rooms",
        summary="List the rooms that are not finished",
        handler=_list,
        permission="rooms.read",
        query=resources.PageQuery,
        reply=resources.RoomPage,
    ),
    CREATE,
    Route(
        method="GET",
        path="/v1/rooms/{name}",
        id="getRoom",
        tag="Rooms",
        summary="Look at a room",
        handler=_get,
        permission="rooms.read",
        reply=resources.Room,
        refusals=(NO_ROOM,),
        etag=True,
    ),
    Route(
        method="PATCH",
        path="/v1/rooms/{name}",
        id="updateRoom",
        tag="Rooms",
        summary="Change a room: title, access, lock, limits",
        handler=_update,
        permission="rooms.admin",
        body=resources.RoomPatch,
        reply=resources.Room,
        refusals=(NO_ROOM, _CHANGED),
        etag=True,
        if_match=True,
    ),
    Route(
        method="DELETE",
        path="/v1/rooms/{name}",
        id="deleteRoom",
        tag="Rooms",
        summary="End a room for everybody in it",
        handler=_delete,
        permission="rooms.write",
        status=204,
        refusals=(NO_ROOM, _CHANGED),
        if_match=True,
    ),
)
