"""Writes the documents of socket protocols from their structs, so that both always agree."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from signalling.api import messages

_INTRO = """\
# The room protocol

*Made from `signalling/api/messages.py` by `make generate`; do not edit.*

A browser, or any other program, takes part in a room over socket.io, namespace `/room`, path
`/socket.io`, and two WebRTC peer connections: one to **publish** (the client offers) and one to
**subscribe** (the server offers). There is no glare, and nothing to roll back.

1. Get a token: `POST /r/<room>/token` (a page), `POST /v1/rooms/<room>/tokens` (a program with an
   API key), or `offhook token`. It is an HS256 JWT in LiveKit's shape.
2. Connect the namespace with `auth: {"token": …}`.
3. Send `join`. The ack has the snapshot, what you may do, and the ICE servers.
4. Send `offer` with the publish connection's description and the list of its live tracks; put the
   ack's `sdp` in as the answer. Offer again when a track comes or goes: the list is always whole.
5. When `offer` comes from the server, answer it with `answer` and its `version`.
6. Facts come as `fact` with `seq`, one by one without a gap. When the socket was lost, connect
   again and send `resume` with the last `seq` you saw: the ack has what you missed. Media go on
   meanwhile.
7. To send a file, announce it with `upload`, `PUT` its bytes where the ack says, and say it with
   `chat`. To fetch one that somebody sent, ask with `download` and `GET` what the ack names.

Every command is acked with `{"ok": true, "value": …}` or `{"ok": false, "error": …}`, where the
error is the problem document that HTTP would answer with. A command that is refused changes nothing
and closes nothing.
"""


#: What is bounded, how, and what is beyond it.
_LIMITS = (
    (
        "commands of a socket",
        "40 a second, 120 at once; each 4096 characters count as one more",
        "429 `rate_limited` with `retry_after`",
    ),
    (
        "the same, again and again",
        "100 refused at once, 5 a second",
        "told `leave` with reason `flooding`, and disconnected",
    ),
    (
        "commands that wait for their turn",
        "64",
        "409 `too_many_waiting`",
    ),
    (
        "files that are announced",
        "each counts as ten commands more; 5 of a person at a time",
        "429 `rate_limited`, `too_many_uploads` with `retry_after`",
    ),
    (
        "files of a person in a meeting, and of the meeting",
        "100 files and 200 MiB, 1000 files and `max_room_files_size`",
        "409 `your_files_full`, `room_files_full`",
    ),
    (
        "packets of a socket",
        "200 a second, 400 at once",
        "read later",
    ),
    (
        "packets that cannot be read",
        "20 at once, 1 a second",
        "disconnected",
    ),
    (
        "new connections of a participant in one direction",
        "10 at once, one in 2 seconds",
        "429 `too_many_connections` with `retry_after`",
    ),
    (
        "connections begun and not done, of one account and of a media node",
        "1500, 4000; each ends after 30 seconds",
        "`join` and `offer` are 429 `too_many_connecting`",
    ),
    (
        "what one connection sends",
        "50 Mbit/s, 8,000 packets and 1,000 RTCP packets a second",
        "dropped; after 3 seconds `leave` with reason `flooding`",
    ),
    (
        "sockets of one address",
        "`sockets_per_address`, and 50 new ones a second",
        "429 `too_many_sockets`, `rate_limited`",
    ),
    (
        "a socket that does not come to the namespace, or does not read",
        "10 seconds, 1000 packets",
        "disconnected",
    ),
    (
        "a socket without a place",
        "15 seconds, or 15 minutes with a good token",
        "disconnected",
    ),
)


@dataclass(frozen=True)
class Protocol:
    """A protocol of sockets. `limits` are what is bounded, how, and what is beyond it; `commands`
    have the shapes of what is sent and of the ack's value; `doors` are structs of HTTP."""

    intro: str
    limits: Sequence[tuple[str, str, str]]
    commands: Mapping[str, tuple[type[Struct], type[Struct] | None]]
    events: Mapping[str, type[Struct]]
    doors: Sequence[type[Struct]] = ()


def protocol_md() -> str:
    """The whole of docs/protocol.md."""
    commands, events, doors = messages.COMMANDS, messages.EVENTS, messages.PAGE_DOORS
    return document(Protocol(_INTRO, _LIMITS, commands, events, doors))


def document(protocol: Protocol) -> str:
    """All of a protocol: how it goes, its limits, commands, events and their values."""
    parts = [protocol.intro, _limits(protocol.limits), "## Commands\n"]
    for sent, reply in protocol.commands.values():
        parts.append(_section(sent))
        if reply is not None:
            parts.append(_section(reply))
    parts.append("## What the server tells\n")
    parts += [_section(kind) for kind in protocol.events.values()]
    if protocol.doors:
        parts.append("## Doors of the page\n")
        parts += [_section(kind) for kind in protocol.doors]
    parts.append("## Values\n")
    parts += [_section(kind) for kind in _values(protocol)]
    return "\n".join(parts)


def _limits(limits: Sequence[tuple[str, str, str]]) -> str:
    rows = "\n".join(f"| {what} | {most} | {beyond} |" for what, most, beyond in limits)
    return f"## Limits\n\n| what | how much | beyond it |\n|---|---|---|\n{rows}\n"


def _values(protocol: Protocol) -> list[type[Struct]]:
    """The structs that others have as fields, in order of name."""
    named = {kind for pair in protocol.commands.values() for kind in pair if kind}
    named |= {*protocol.events.values(), *protocol.doors}
    found: dict[str, type[Struct]] = {}
    waiting = list(named)
    while waiting:
        for field in msgspec.structs.fields(waiting.pop()):
            for kind in _structs(msgspec.inspect.type_info(field.type)):
                if kind not in named and kind.__name__ not in found:
                    found[kind.__name__] = kind
                    waiting.append(kind)
    return [found[name] for name in sorted(found)]


def _structs(info: msgspec.inspect.Type) -> list[type[Struct]]:
    match info:
        case msgspec.inspect.StructType(cls=kind):
            return [kind]
        case msgspec.inspect.CollectionType(item_type=item):
            return _structs(item)
        case msgspec.inspect.DictType(value_type=value):
            return _structs(value)
        case msgspec.inspect.UnionType(types=types):
            return [kind for inner in types for kind in _structs(inner)]
        case _:
            return []


def _section(kind: type[Struct]) -> str:
    lines = [f"### {kind.__name__}", "", inspect.cleandoc(kind.__doc__ or ""), ""]
    fields = msgspec.structs.fields(kind)
    if fields:
        lines += ["| field | type | default |", "|---|---|---|"]
        for field in fields:
            default = "" if field.required else f"`{_default(field)}`"
            shown = _type(msgspec.inspect.type_info(field.type)).replace("|", "\\|")
            lines.append(f"| `{field.encode_name}` | {shown} | {default} |")
        lines.append("")
    return "\n".join(lines)


def _default(field: msgspec.structs.FieldInfo) -> str:
    made = field.default
    if made is msgspec.NODEFAULT:
        made = field.default_factory()
    return msgspec.json.encode(made).decode()


def _type(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.Metadata(type=inner):
            return _type(inner)
        case msgspec.inspect.StructType(cls=kind):
            return f"[{kind.__name__}](#{kind.__name__.lower()})"
        case msgspec.inspect.CollectionType(item_type=item):
            return f"list of {_type(item)}"
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return f"map of {_type(key)} to {_type(value)}"
        case msgspec.inspect.UnionType(types=types):
            return " | ".join(_type(inner) for inner in types)
        case msgspec.inspect.LiteralType(values=values):
            return " | ".join(f"`{value}`" for value in values)
        case msgspec.inspect.NoneType():
            return "null"
        case _:
            return type(info).__name__.removesuffix("Type").lower()
