"""/v1/rooms/{name}/mute, /end, /hearing and /bans: what concerns everybody in a room, who hears
whom, and who stays out."""

from __future__ import annotations

from signalling.api import resources, shapes
from signalling.api.routes.rooms import NO_ROOM
from signalling.api.routing import Answer, Ask, Refusal, Route

_NO_BAN = Refusal(404, "ban_not_found", "Nobody of this identity is banned.")


async def _mute(ask: Ask) -> Answer:
    await ask.services.people.mute_all(ask.account, ask.path["name"])
    return Answer()


async def _end(ask: Ask) -> Answer:
    await ask.services.rooms.end(ask.account, ask.path["name"])
    return Answer()


async def _hearing(ask: Ask) -> Answer:
    found = await ask.services.people.hearing(ask.account, ask.path["name"])
    return Answer(shapes.hearing(found))


async def _decide_hearing(ask: Ask) -> Answer:
    asked: resources.RoomHearing = ask.body
    made = await ask.services.people.decide_hearing(
        ask.account, ask.path["name"], shapes.decided(asked)
    )
    return Answer(shapes.hearing(made))


async def _bans(ask: Ask) -> Answer:
    limit = ask.query.limit
    found = await ask.services.bans.page(ask.account, ask.path["name"], ask.query.after, limit + 1)
    items, after = shapes.paged(found, limit, shapes.ban, lambda ban: ban.sid)
    return Answer(resources.BanPage(items=items, next=after))


async def _ban(ask: Ask) -> Answer:
    asked: resources.BanCreate = ask.body
    made = await ask.services.bans.put(
        ask.account, ask.path["name"], asked.identity, permanent=asked.permanent
    )
    return Answer(shapes.ban(made))


async def _lift(ask: Ask) -> Answer:
    await ask.services.bans.lift(ask.account, ask.path["name"], ask.path["identity"])
    return Answer()


ROUTES = (
    Route(
        method="POST",
        path="/v1/rooms/{name}/mute",
        id="muteRoom",
        tag="Moderation",
        summary="Mute everybody's microphone",
        handler=_mute,
        permission="participants.moderate",
        status=204,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="POST",
        path="/v1/rooms/{name}/end",
        id="endMeeting",
        tag="Moderation",
        summary="End the meeting for everybody; a lasting room waits for the next one",
        handler=_end,
        permission="rooms.admin",
        status=204,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="GET",
        path="/v1/rooms/{name}/hearing",
        id="getHearing",
        tag="Moderation",
        summary="Tell who hears whom in a room, and who hears the hold music",
        handler=_hearing,
        permission="participants.read",
        reply=resources.RoomHearing,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="PUT",
        path="/v1/rooms/{name}/hearing",
        id="putHearing",
        tag="Moderation",
        summary="Decide who hears whom in a room, and who hears the hold music",
        handler=_decide_hearing,
        permission="participants.moderate",
        body=resources.RoomHearing,
        reply=resources.RoomHearing,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="GET",
        path="/v1/rooms/{name}/bans",
        id="listBans",
        tag="Moderation",
        summary="List who may not come in",
        handler=_bans,
        permission="participants.moderate",
        query=resources.PageQuery,
        reply=resources.BanPage,
        refusals=(NO_ROOM,),
    ),
    Route(
        method="POST",
        path="/v1/rooms/{name}/bans",
        id="createBan",
        tag="Moderation",
        summary="Send an identity away and let it in no more",
        handler=_ban,
        permission="participants.moderate",
        body=resources.BanCreate,
        reply=resources.Ban,
        status=201,
        refusals=(NO_ROOM,),
        creates=True,
    ),
    Route(
        method="DELETE",
        path="/v1/rooms/{name}/bans/{identity}",
        id="deleteBan",
        tag="Moderation",
        summary="Let an identity in again",
        handler=_lift,
        permission="participants.moderate",
        status=204,
        refusals=(NO_ROOM, _NO_BAN),
    ),
)
