"""Brings a store's schema up to this program's; quick when there is nothing to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offhook.core.errors import Misconfigured
from offhook.core.store.place import Place, is_postgres, shown

if TYPE_CHECKING:
    import sqlalchemy

_FOLDER = Path(__file__).parent / "migrations"


def head() -> str:
    """The newest revision that this program knows."""
    return _known()[-1][0]


def current(place: Place) -> str | None:
    """The revision of a store; None when it has none yet.

    Raises `Misconfigured` when the file is no database, or the database cannot be reached.
    """
    if is_postgres(place):
        from offhook.core.store import postgres_schema

        return postgres_schema.current(str(place))
    return _current_of_file(place)


def upgrade(place: Place) -> list[str]:
    """Bring a store up to `head`, in one transaction; return the revisions applied.

    Makes a SQLite file and its folder when they are missing; a database must be there. Several
    processes may do it at once. Raises `Misconfigured` when the store is newer than this program
    or cannot be opened.
    """
    if is_postgres(place):
        from offhook.core.store import postgres_schema

        return postgres_schema.upgrade(str(place), partial(_upgrade, place))
    found = _current_of_file(place)
    if found == head():
        return []
    _refuse_newer(place, found)
    from offhook.core.store.sqlite import engine

    Path(place).parent.mkdir(parents=True, exist_ok=True)
    writer = engine(place, write=True)
    try:
        with writer.begin() as connection:
            return upgrade_connection(connection)
    finally:
        writer.dispose()


def require_current(place: Place) -> None:
    """Raise `Misconfigured` when a store is older or newer than this program, naming what lacks."""
    found = current(place)
    _refuse_newer(place, found)
    missing = [f"{number} ({name})" for number, name in _known() if found is None or number > found]
    if missing:
        at = f"at revision {found}" if found else "empty"
        raise Misconfigured(
            f"The store {shown(place)} is {at} and this program needs {head()}. Missing: "
            f"{', '.join(missing)}. Run `offhook migrate`, or set `migrate = true`.",
            code="store_too_old",
            field="migrate",
        )


def _known() -> list[tuple[str, str]]:
    """The revisions of this program, each with its name, in order."""
    files = (_FOLDER / "versions").glob("[0-9]*.py")
    return sorted((file.stem[:4], file.stem[5:].replace("_", " ")) for file in files)


def _upgrade(place: Place, connection: sqlalchemy.Connection, found: str | None) -> list[str]:
    _refuse_newer(place, found)
    return [] if found == head() else upgrade_connection(connection)


def _refuse_newer(place: Place, found: str | None) -> None:
    if found is not None and found > head():
        raise Misconfigured(
            f"The store {shown(place)} is at revision {found} and this program knows {head()}: "
            "install the version that wrote it, or a later one.",
            code="store_too_new",
        )


def _current_of_file(path: Path | str) -> str | None:
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


def upgrade_connection(connection: sqlalchemy.Connection, to: str = "head") -> list[str]:
    """Run the revisions that this connection's database lacks, up to the one named `to`, in the
    caller's transaction."""
    import alembic.command
    from alembic.config import Config

    applied: list[str] = []
    config = Config(attributes={"connection": connection, "on_version_apply": _noting(applied)})
    config.set_main_option("script_location", str(_FOLDER))
    alembic.command.upgrade(config, to)
    return applied


def _noting(applied: list[str]) -> Callable[..., None]:
    def note(*, step: Any, **_: object) -> None:
        applied.append(step.up_revision_id)

    return note
