"""The processes that share a store, each with a heartbeat, and the leases that they hold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import leases, processes

_BEAT = Prepared(
    update(processes).where(processes.c.node_id == bindparam("node")).values(beat=bindparam("next"))
)
_NEW = Prepared(insert(processes))
_ALL = Prepared(select(processes).order_by(processes.c.node_id))
_ONE = Prepared(select(processes.c.beat).where(processes.c.node_id == bindparam("node")))
_FORGET = Prepared(delete(processes).where(processes.c.node_id == bindparam("node")))

_LEASE = Prepared(select(leases).where(leases.c.name == bindparam("lease")))
#: By dialect: the first to name a lease makes it.
_LEASE_NEW = {
    "sqlite": Prepared(sqlite.insert(leases).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(leases).on_conflict_do_nothing()),
}
_LEASE_TAKE = Prepared(
    update(leases).where(leases.c.name == bindparam("lease"), leases.c.epoch == bindparam("seen"))
)


@dataclass(frozen=True, slots=True)
class Presence:
    """One process as it last said that it is there; `beat` grows each time it does."""

    node: str
    started_at: Micros
    seen_at: Micros
    beat: int


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a lease; `epoch` grows whenever it changes hands."""

    name: str
    holder: str
    epoch: int


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


class Leases:
    """The table `leases`."""

    def take(self, connection: Connection, name: str, holder: str, given_up: GivenUp) -> Held:
        """Take a lease that nobody has, or whose holder is given up; return who has it."""
        first = {"name": name, "holder": holder, "epoch": 1}
        row = _LEASE.one_or_none(connection, {"lease": name})
        if row is None:
            _LEASE_NEW[connection.dialect.name].run(connection, first)
            row = _LEASE.one_or_none(connection, {"lease": name})
        if row.holder == holder or not given_up(connection, row.holder):
            return Held(name, row.holder, row.epoch)
        after = {"holder": holder, "epoch": row.epoch + 1}
        if _LEASE_TAKE.run(connection, {"lease": name, "seen": row.epoch} | after) == 0:
            return Held(name, row.holder, row.epoch)
        return Held(name, holder, row.epoch + 1)
