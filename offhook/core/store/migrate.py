"""Brings a store's schema up to this program's; quick when there is nothing to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offhook.core.errors import Misconfigured

if TYPE_CHECKING:
    import sqlalchemy

_FOLDER = Path(__file__).parent / "migrations"


def head() -> str:
    """The newest revision that this program knows."""
    return max(file.name[:4] for file in (_FOLDER / "versions").glob("[0-9]*.py"))


def current(path: Path | str) -> str | None:
    """The revision of a SQLite file; None when it has none yet.

    Raises `Misconfigured` when the file is no database.
    """
    if not Path(path).exists():
        return None
    connection = sqlite3.connect(path, timeout=5)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise Misconfigured(f"the store {path} cannot be read: {error}") from error
        return None
    except sqlite3.DatabaseError as error:
        raise Misconfigured(f"the store {path} is not a SQLite database") from error
    finally:
        connection.close()
    return None if row is None else str(row[0])


def upgrade(path: Path | str) -> list[str]:
    """Bring a SQLite file up to `head`, in one transaction; return the revisions applied.

    Makes the file and its folder when they are missing. Raises `Misconfigured` when the store is
    newer than this program or cannot be opened.
    """
    found, newest = current(path), head()
    if found == newest:
        return []
    if found is not None and found > newest:
        raise Misconfigured(
            f"the store {path} is at revision {found} and this program knows {newest}: "
            "install the version that wrote it, or a later one",
            code="store_too_new",
        )
    from offhook.core.store.sqlite import engine

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    writer = engine(path, write=True)
    try:
        with writer.begin() as connection:
            return upgrade_connection(connection)
    finally:
        writer.dispose()


def upgrade_connection(connection: sqlalchemy.Connection) -> list[str]:
    """Run the revisions that this connection's database lacks, in the caller's transaction."""
    import alembic.command
    from alembic.config import Config

    applied: list[str] = []
    config = Config(attributes={"connection": connection, "on_version_apply": _noting(applied)})
    config.set_main_option("script_location", str(_FOLDER))
    alembic.command.upgrade(config, "head")
    return applied


def _noting(applied: list[str]) -> Callable[..., None]:
    def note(*, step: Any, **_: object) -> None:
        applied.append(step.up_revision_id)

    return note
