"""Agents: people with a login who take work, what they can, and how much at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from offhook.core.errors import InvalidInput
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.values import Channel, check_distinct, check_word
from signalling.domain.hours import Zones

Level = Annotated[int, Meta(ge=1, le=5, description="1 is a little, 5 is all.")]
Places = Annotated[int, Meta(ge=0, le=50)]
Value = str | float | int | bool | list[str]


class RingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an offer is told. `volume` is in percent; `auto_accept`: it is taken without a click."""

    tone: bool = True
    volume: Annotated[int, Meta(ge=0, le=100)] = 80
    notification: bool = True
    auto_accept: bool = False


class AgentSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent. `user`: the id or login of the person. `capacity`: how many contacts of each
    channel at a time. Of the channels in `exclusive` only one is taken at a time, as with the
    telephone. `order`: the place in queues that ask one agent after another."""

    user: Annotated[str, Meta(min_length=1, max_length=128)]
    skills: Annotated[dict[str, Level], Meta(max_length=100)] = field(default_factory=dict)
    attributes: Annotated[dict[str, Value], Meta(max_length=50)] = field(default_factory=dict)
    capacity: dict[Channel, Places] = field(
        default_factory=lambda: {"voice": 1, "video": 1, "chat": 3, "callback": 1, "message": 5}
    )
    exclusive: Annotated[list[Channel], Meta(max_length=5)] = field(
        default_factory=lambda: ["voice", "video", "callback"]
    )
    order: Annotated[int, Meta(ge=0, le=10_000)] = 0
    ring: RingSettings = RingSettings()


def _check(given: AgentSettings, zones: Zones) -> AgentSettings:
    for name in given.skills:
        check_word(name, f"skills.{name}")
    check_attributes(given.attributes)
    check_distinct(given.exclusive, "channel", "exclusive")
    user = given.user.strip()
    if not user:
        raise InvalidInput("Say whose agent this is.", field="user")
    return replace(given, user=user)


def check_attributes(given: Mapping[str, Value]) -> None:
    """Raise `InvalidInput` for an attribute that no expression can name, or that is too long."""
    for name, value in given.items():
        check_word(name, f"attributes.{name}")
        _check_value(value, f"attributes.{name}")


def _check_value(value: Value, where: str) -> None:
    texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if len(texts) > 50 or any(len(text) > 512 for text in texts):
        raise InvalidInput("An attribute has at most 50 values of 512 characters.", field=where)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput("This is no number.", field=where)


AGENT = Kind(
    noun="agent",
    plural="agents",
    prefix="AG",
    shape=AgentSettings,
    check=_check,
    only_one=lambda given: given.user,
    fixed=frozenset({"user"}),
    most=5_000,
)
