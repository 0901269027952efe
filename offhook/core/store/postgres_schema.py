"""Which revision a PostgreSQL database is at, and how it is brought to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from offhook.core.store.claims import lock_number
from offhook.core.store.postgres import cannot_open, engine, require_usable

_LOCK = lock_number("migrations")


def current(url: str) -> str | None:
    """The revision of a database; None when it has none yet. Raises `Misconfigured`."""
    with _connected(url) as connection:
        return _current(connection)


def upgrade(url: str, migrate: Callable[[Connection, str | None], list[str]]) -> list[str]:
    """Migrate a database in one transaction, one process at a time; return what that returns.

    `migrate` gets the revision at which it finds the database. Raises `Misconfigured`.
    """
    with _connected(url) as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        return migrate(connection, _current(connection))


def _current(connection: Connection) -> str | None:
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    made = engine(url)
    try:
        try:
            connection = made.connect().execution_options(isolation_level="READ COMMITTED")
        except DBAPIError as error:
            raise cannot_open(url, error) from error
        with connection:
            require_usable(connection)
            yield connection
    finally:
        made.dispose()
