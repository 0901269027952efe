"""The processes that share a store, each with a heartbeat."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from offhook.core.clock import Micros
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import processes

_BEAT = Prepared(
    update(processes).where(processes.c.node_id == bindparam("node")).values(beat=bindparam("next"))
)
_NEW = Prepared(insert(processes))
_ALL = Prepared(select(processes).order_by(processes.c.node_id))
_ONE = Prepared(select(processes.c.beat).where(processes.c.node_id == bindparam("node")))
_FORGET = Prepared(delete(processes).where(processes.c.node_id == bindparam("node")))


@dataclass(frozen=True, slots=True)
class Presence:
    """One process as it last said that it is there; `beat` grows each time it does."""

    node: str
    started_at: Micros
    seen_at: Micros
    beat: int


class Presences:
    """The table `processes`."""

    def beat(self, connection: Connection, own: Presence) -> list[Presence]:
        """Say that this process is there; return all that said so."""
        row = {"started_at": own.started_at, "seen_at": own.seen_at}
        if _BEAT.run(connection, row | {"node": own.node, "next": own.beat}) == 0:
            _NEW.run(connection, row | {"node_id": own.node, "beat": own.beat})
        return [
            Presence(found.node_id, found.started_at, found.seen_at, found.beat)
            for found in _ALL.all(connection, {})
        ]

    def forget(self, connection: Connection, node: str) -> None:
        """The process has said goodbye, or was silent for long."""
        _FORGET.run(connection, {"node": node})


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Which processes may be succeeded: those that were found dead, or have said goodbye."""

    dead: frozenset[str]

    def __call__(self, connection: Connection, node: str) -> bool:
        """Whether this one may."""
        return node in self.dead or _ONE.one_or_none(connection, {"node": node}) is None
