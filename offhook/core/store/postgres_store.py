"""The store on PostgreSQL: a few writer threads, a few readers, and a session with the others."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from offhook.core.clock import Clock
from offhook.core.errors import Unavailable
from offhook.core.store.claims import Claim
from offhook.core.store.link import Link, Outage
from offhook.core.store.postgres import cannot_open, engine, in_words, require_usable
from offhook.core.store.postgres_writer import Writer
from offhook.core.store.session import Session
from offhook.core.store.threads import ThreadedStore
from offhook.core.store.units import Outcome, Unit, answer, raised, take

#: At most this many units share a commit. PostgreSQL keeps 64 marks of a transaction at hand.
GROUP = 60
#: Seconds that units wait for a database that is away before they are refused.
PATIENCE = 5.0
#: How often a reading unit is begun anew because the connection was lost under it.
_LOSSES = 5


class PostgresStore(ThreadedStore):
    """A PostgreSQL database, which any number of processes may share. `migrate.upgrade` must have
    made its tables.

    Each writer takes all units that wait, commits them as one transaction, and only then answers
    them: under load the price of a commit is shared. A database that goes away is waited for; see
    `PATIENCE`. `durable`: see `postgres.engine`.
    Raises `Misconfigured` when the database cannot be opened.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        writers: int = 4,
        readers: int = 2,
        group: int = GROUP,
        durable: bool = True,
        patience: float = PATIENCE,
        on_commit: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__()
        self._on_commit = on_commit
        self._group = group
        self._engine = engine(url, durable=durable)
        self._try_to_open(url)
        self._outage = Outage(clock, patience)
        self._session = Session(self._engine, self._outage, self._outage.own)
        self._session.start()
        self._start(writers=writers, readers=readers)

    def listen(self, channel: str, heard: Callable[[], None]) -> Callable[[], None]:
        """By LISTEN; what was missed while the database was away counts as heard."""
        return self._session.listen(channel, heard)

    async def claim(self, name: str) -> Claim | None:
        """By an advisory lock of the session."""
        return await self._session.claim(name)

    async def release(self, claim: Claim) -> None:
        """Let go of it."""
        await self._session.release(claim)

    def _try_to_open(self, url: str) -> None:
        try:
            with self._engine.connect() as connection:
                require_usable(connection)
        except DBAPIError as error:
            raise cannot_open(url, error) from error

    def _write_all(self) -> None:
        link = Link(self._engine, self._outage, write=True)
        writer = Writer(link, self._on_commit)
        going_on = True
        while going_on:
            group, going_on = take(self._writes, self._group)
            if group:
                answer(writer.keep(group))
        link.close()

    def _read_all(self) -> None:
        link = Link(self._engine, self._outage, write=False)
        while (unit := self._reads.get()) is not None:
            answer([_read(link, unit)])
        link.close()

    async def close(self) -> None:
        """Finish what was handed in, without waiting for a database that is away."""
        self._outage.end()
        await super().close()

    def _let_go(self) -> None:
        self._session.close()
        self._engine.dispose()


def _read(link: Link, unit: Unit) -> Outcome:
    for _ in range(_LOSSES):
        try:
            connection, transaction = link.open()
            with transaction:
                return unit, unit.work(connection), None
        except BaseException as error:
            if not link.is_lost or isinstance(error, Unavailable):
                return unit, None, raised(in_words(error))
            link.close()
    return unit, None, Unavailable("the connection to the database is lost", code="store_failed")
