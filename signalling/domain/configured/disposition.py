"""Dispositions: the words with which agents say how a contact ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from signalling.domain import names
from signalling.domain.configured.kind import Kind, named
from signalling.domain.configured.values import (
    Name,
    QueueRef,
    Reference,
    check_distinct,
    of_ids,
)
from signalling.domain.hours import Zones


class DispositionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A disposition. `queues`: for whose contacts it may be chosen, empty: for all. `note`: whether
    the agent has to write one with it."""

    name: Name
    group: Annotated[str, Meta(max_length=names.NAME_LIMIT)] = ""
    outcome: Literal["resolved", "follow_up", "unresolved", "not_reached"] = "resolved"
    note: bool = False
    queues: Annotated[list[QueueRef], Meta(max_length=100)] = field(default_factory=list)


def _check(given: DispositionSettings, zones: Zones) -> DispositionSettings:
    check_distinct(given.queues, "queue", "queues")
    return replace(given, name=named(given.name), group=names.display_name(given.group, "group"))


def _references(given: DispositionSettings) -> Iterator[Reference]:
    return of_ids("queue", given.queues, "queues")


DISPOSITION = Kind(
    noun="disposition",
    plural="dispositions",
    prefix="DS",
    shape=DispositionSettings,
    check=_check,
    references=_references,
)
