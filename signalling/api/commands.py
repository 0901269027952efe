"""What each socket command does: a few lines that call a use case and shape its result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from offhook.core.clock import isoformat
from offhook.core.errors import Conflict
from signalling.api import messages
from signalling.domain.granting import GrantsChange
from signalling.domain.views import BansChanged
from signalling.services.audience import Seat
from signalling.services.conversation import Wanted
from signalling.services.files import Pass
from signalling.services.services import Services


@dataclass(frozen=True, slots=True)
class Call:
    """Who commands: a socket, with a seat once it has joined."""

    services: Services
    socket: str
    token: str | None
    seat: Seat | None

    @property
    def seated(self) -> Seat:
        """The seat; raise `Conflict` (`not_joined`) before there is one."""
        if self.seat is None:
            raise Conflict("Join the room first.", code="not_joined")
        return self.seat

    def require_standing(self) -> None:
        """Raise `Conflict` (`already_joined`) when the socket has a place."""
        if self.seat is not None:
            raise Conflict("This socket has a place already.", code="already_joined")


async def _join(call: Call, command: messages.Join) -> messages.Joined:
    call.require_standing()
    entry = await call.services.joining.join(call.socket, call.token, command.name)
    call.services.audience.open(entry.seat)
    return messages.Joined(
        participant=entry.participant,
        resume_token=entry.resume_token,
        grants=entry.grants,
        ice_servers=entry.ice_servers,
        snapshot=entry.snapshot,
        server_version=call.services.settings.version,
        files=call.services.files.rules,
    )


async def _resume(call: Call, command: messages.Resume) -> messages.Resumed:
    call.require_standing()
    found = await call.services.joining.resume(call.socket, command.resume_token, command.last_seq)
    call.services.audience.open(found.seat)
    return messages.Resumed(
        participant=found.participant,
        resume_token=found.resume_token,
        grants=found.grants,
        media=found.media,
        snapshot=found.snapshot,
        missed=found.missed,
    )


async def _offer(call: Call, command: messages.Offer) -> messages.Answer:
    wanted = [Wanted(track.mid, track.source, track.muted) for track in command.tracks]
    sdp, tracks = await call.services.conversation.offer(call.seated, command.sdp, wanted)
    answered = [messages.AnsweredTrack(mid=track.mid, sid=track.sid) for track in tracks]
    return messages.Answer(sdp=sdp, tracks=answered)


async def _answer(call: Call, command: messages.AnswerOffer) -> None:
    await call.services.conversation.answer(call.seated, command.version, command.sdp)


async def _restart_subscribe(call: Call, command: messages.RestartSubscribe) -> None:
    await call.services.conversation.restart_subscribe(call.seated, fresh=command.fresh)


async def _mute(call: Call, command: messages.MuteTrack) -> None:
    await call.services.conversation.mute(call.seated, command.sid, muted=command.muted)


async def _subscription(call: Call, command: messages.Subscription) -> None:
    await call.services.conversation.subscription(call.seated, command.tracks)


async def _chat(call: Call, command: messages.SendChat) -> messages.ChatSent:
    text, file = command.text, command.file
    return messages.ChatSent(sid=await call.services.conversation.chat(call.seated, text, file))


async def _upload(call: Call, command: messages.Upload) -> messages.FilePass:
    name, type, size = command.name, command.type, command.size
    return _passed(await call.services.files.expect(call.seated, name, type, size))


async def _download(call: Call, command: messages.Download) -> messages.FilePass:
    return _passed(await call.services.files.link(call.seated, command.file))


def _passed(given: Pass) -> messages.FilePass:
    return messages.FilePass(
        file=given.file, url=given.url, ticket=given.ticket, expires_at=isoformat(given.until)
    )


async def _update(call: Call, command: messages.UpdateSelf) -> None:
    await call.services.conversation.update(call.seated, command.name, command.attributes)


async def _leave(call: Call, command: messages.Leave) -> None:
    if call.seat is not None:
        await call.services.joining.leave(call.socket)


async def _moderate_mute(call: Call, command: messages.ModerateMute) -> None:
    await call.services.moderation.mute(call.seated, command.participant, command.track)


async def _moderate_mute_all(call: Call, command: messages.ModerateMuteAll) -> None:
    await call.services.moderation.mute_all(call.seated)


async def _moderate_permissions(call: Call, command: messages.ModeratePermissions) -> None:
    change = GrantsChange(
        can_publish_sources=command.can_publish_sources,
        can_publish_data=command.can_publish_data,
        room_admin=command.moderator,
    )
    await call.services.moderation.permit(call.seated, command.participant, change)


async def _moderate_remove(call: Call, command: messages.ModerateRemove) -> None:
    await call.services.moderation.remove(call.seated, command.participant)


async def _moderate_ban(call: Call, command: messages.ModerateBan) -> None:
    moderation, permanent = call.services.moderation, command.permanent
    await moderation.ban(call.seated, command.participant, permanent=permanent)


async def _moderate_unban(call: Call, command: messages.ModerateUnban) -> None:
    await call.services.moderation.lift(call.seated, command.identity)


async def _moderate_bans(call: Call, command: messages.ModerateBans) -> BansChanged:
    return BansChanged(bans=call.services.moderation.bans(call.seated))


async def _moderate_lock(call: Call, command: messages.ModerateLock) -> None:
    await call.services.moderation.lock(call.seated, locked=command.locked)


async def _moderate_end(call: Call, command: messages.ModerateEnd) -> None:
    await call.services.moderation.end(call.seated)


#: By command; the argument is of the shape that `messages.COMMANDS` names.
HANDLERS: dict[str, Callable[[Call, Any], Awaitable[Struct | None]]] = {
    "join": _join,
    "resume": _resume,
    "offer": _offer,
    "answer": _answer,
    "restart_subscribe": _restart_subscribe,
    "mute": _mute,
    "subscription": _subscription,
    "chat": _chat,
    "upload": _upload,
    "download": _download,
    "update": _update,
    "leave": _leave,
    "moderate_mute": _moderate_mute,
    "moderate_mute_all": _moderate_mute_all,
    "moderate_permissions": _moderate_permissions,
    "moderate_remove": _moderate_remove,
    "moderate_ban": _moderate_ban,
    "moderate_unban": _moderate_unban,
    "moderate_bans": _moderate_bans,
    "moderate_lock": _moderate_lock,
    "moderate_end": _moderate_end,
}
