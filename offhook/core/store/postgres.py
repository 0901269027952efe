"""How PostgreSQL is opened, and how its transactions begin and end."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import msgspec
import psycopg
import sqlalchemy
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import NullPool
from sqlalchemy.exc import DBAPIError

from offhook.core.errors import InvalidInput, Misconfigured
from offhook.core.store import late

#: What psycopg and libpq need 13 for: `pg_current_xact_id`.
OLDEST = 130000
#: The channel of LISTEN and NOTIFY.
CHANNEL = "offhook"
#: Seconds that an attempt to connect may take.
_CONNECT_TIMEOUT = 3
#: A host that vanished is noticed within about ten seconds, and not after two hours.
_ALIVE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
_RELAXED = "SET synchronous_commit = off"
#: Nobody waits for ever for a lock; the units are tried again.
_SETTINGS = "SET lock_timeout = '10s'"


def address(url: str) -> sqlalchemy.URL:
    """Read `postgresql://user@host/database`; raise `Misconfigured` when it is no such thing."""
    try:
        read = sqlalchemy.make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        read = None
    known = {"postgresql", "postgres", "postgresql+psycopg"}
    if read is None or read.drivername not in known or not read.database:
        raise Misconfigured(
            "`database_url` is not the address of a PostgreSQL database; it looks like "
            "postgresql://user:password@host:5432/offhook.",
            field="database_url",
        )
    return read.set(drivername="postgresql+psycopg")


def shown(url: str) -> str:
    """A database as people and logs may read it: never with a password."""
    read = address(url)
    host = read.host or read.query.get("host") or "this machine"
    return f"database {read.database} on {host}:{read.port or 5432}"


def engine(url: str, *, durable: bool = True) -> sqlalchemy.Engine:
    """An engine whose connections are the caller's to keep and close.

    `durable`: a commit returns when it is on the server's disk, whatever the server's default.
    """
    made = sqlalchemy.create_engine(
        address(url),
        poolclass=NullPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        json_serializer=msgspec.json.encode,
        json_deserializer=msgspec.json.decode,
        use_native_hstore=False,
        hide_parameters=True,
        connect_args={"connect_timeout": _CONNECT_TIMEOUT, "application_name": "offhook", **_ALIVE},
    )

    @sqlalchemy.event.listens_for(made, "connect")
    def prepare(connection: psycopg.Connection[Any], record: object) -> None:
        connection.execute(_DURABLE if durable else _RELAXED)
        connection.execute(_SETTINGS)

    return made


def require_usable(connection: sqlalchemy.Connection) -> None:
    """Raise `Misconfigured` when this database cannot hold a store."""
    raw = driver_of(connection)
    if raw.info.server_version < OLDEST:
        raise Misconfigured(
            f"This PostgreSQL is version {raw.info.server_version // 10000}; Offhook needs "
            f"{OLDEST // 10000} or later.",
            code="store_unusable",
            field="database_url",
        )
    encoding = raw.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Misconfigured(
            f"The database's encoding is {encoding}; make it with ENCODING 'UTF8'.",
            code="store_unusable",
            field="database_url",
        )


def cannot_open(url: str, error: DBAPIError) -> Misconfigured:
    """Why a database cannot be opened, in words and without its password."""
    return Misconfigured(
        f"The {shown(url)} cannot be opened: {' '.join(str(error.orig).split())}",
        code="store_unusable",
        field="database_url",
    )


def driver_of(connection: sqlalchemy.Connection) -> psycopg.Connection[Any]:
    """The driver's connection under SQLAlchemy's."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("this is no connection to PostgreSQL")
    return raw


class Transaction:
    """The transactions of one connection, one after another; each is a `with` of this.

    They are begun and ended on the driver's connection, which commits by itself as far as
    SQLAlchemy knows. What `late` collected is carried out at the end. A transaction sees one
    moment: a row that another changed since cannot be changed (`is_contention`).
    """

    def __init__(self, connection: sqlalchemy.Connection, *, write: bool) -> None:
        self._connection = connection
        self._pg = driver_of(connection).pgconn
        self._late = late.attach(connection)
        self._write = write
        self._begin = b"BEGIN ISOLATION LEVEL REPEATABLE READ"
        self._begin += b"" if write else b", READ ONLY"
        #: The number under which the server knows what became of it, once it is about to commit.
        self.id: str | None = None

    def __enter__(self) -> Self:
        self.id = None
        self._late.clear()
        self._do(self._begin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                if self._write:
                    self._last_words()
                self._do(b"COMMIT")
        finally:
            if self.is_open:
                self._do(b"ROLLBACK")

    @property
    def is_open(self) -> bool:
        """Whether there is one; there is none any more when the connection was lost."""
        return self._pg.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def start_over(self) -> None:
        """Undo everything that was done in it; it goes on."""
        self._late.clear()
        self._do(b"ROLLBACK")
        self._do(self._begin)

    def mark(self) -> None:
        """Remember this point, to `keep` or to `take_back` what is done after it."""
        self._late.mark()
        self._do(b"SAVEPOINT unit")

    def keep(self) -> None:
        """Forget the mark."""
        self._do(b"RELEASE unit")

    def take_back(self) -> None:
        """Undo what was done after the mark, and forget it."""
        self._late.take_back()
        self._do(b"ROLLBACK TO unit; RELEASE unit")

    def _last_words(self) -> None:
        """Learn the transaction's number, tell the others, and write what waits; it raises when a
        statement failed before, which PostgreSQL would answer by rolling the commit back."""
        asked = ["pg_current_xact_id_if_assigned()::text"]
        asked += [f"pg_notify('{CHANNEL}', '{word}')" for word in sorted(self._late.channels)]
        asked += [late.LOCK_LOG] if self._late.rows else []
        self.id = self._do(f"SELECT {', '.join(asked)}".encode())
        late.write(self._connection, locked=True)

    def _do(self, sql: bytes) -> str | None:
        """Run a statement without parameters; the first value that it returns."""
        result = self._pg.exec_(sql)
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise psycopg.errors.error_from_result(result)
        found = result.get_value(0, 0) if result.ntuples else None
        return None if found is None else found.decode()


def cause_of(error: BaseException) -> BaseException | None:
    """The driver's error under SQLAlchemy's."""
    return error.orig if isinstance(error, DBAPIError) else error


def is_contention(error: BaseException) -> bool:
    """Whether it was only that somebody else was there: changed a row, or held it for long."""
    return isinstance(
        cause_of(error),
        psycopg.errors.SerializationFailure
        | psycopg.errors.DeadlockDetected
        | psycopg.errors.LockNotAvailable,
    )


def is_taken(error: BaseException) -> bool:
    """Whether a row with this key is there already; perhaps since a moment ago, and unseen."""
    return isinstance(cause_of(error), psycopg.errors.UniqueViolation)


def in_words(error: BaseException) -> BaseException:
    """A unit's error as its caller gets it: what PostgreSQL cannot store is the caller's fault."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.DataError):
        refused = InvalidInput("A value cannot be stored: it is too long, too large or holds NUL.")
        refused.__cause__ = error
        return refused
    return error
