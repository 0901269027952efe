"""Contact centres at work through migrations: what was stored before is there, and is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from offhook.core.store import migrate
from offhook.core.store.place import Place, is_postgres
from tests.core.test_migrate import connected, empty

pytestmark = pytest.mark.integration
__all__ = ["empty"]

_ACCOUNT, _CONTACT = "AC" + "1" * 32, "CT" + "2" * 32
_SESSION, _TASK, _RESERVATION = "SE" + "3" * 32, "TA" + "4" * 32, "RS" + "5" * 32


def rows(connection: Connection, statement: str, **values: Any) -> list[Any]:
    """What a statement says."""
    found = connection.execute(text(statement), values)
    return list(found) if found.returns_rows else []


def at(place: Place, revision: str) -> None:
    """Bring a store up to a revision, and no further."""
    if not is_postgres(place):
        Path(place).parent.mkdir(parents=True)
    with connected(place) as connection:
        migrate.upgrade_connection(connection, revision)
        connection.commit()


def fill(place: Place) -> None:
    """A desk with a session, a task and an offer of it, as 0009 has them; and an offer of none."""
    with connected(place) as connection:
        of = {"account": _ACCOUNT}
        rows(connection, "INSERT INTO accounts VALUES (:account, 'main', 1)", **of)
        rows(
            connection,
            "INSERT INTO contacts (contact_id, account_id, created_at)"
            " VALUES (:contact, :account, 1)",
            contact=_CONTACT,
            **of,
        )
        rows(connection, "INSERT INTO desks (account_id, version) VALUES (:account, 41)", **of)
        rows(
            connection,
            "INSERT INTO sessions (session_id, account_id, site_id, contact_id, state, kept,"
            " opened_at, body) VALUES (:id, :account, 'ST', :contact, 'queued', :kept, 1, :body)",
            id=_SESSION,
            contact=_CONTACT,
            kept=True,
            body=json.dumps({"id": _SESSION}),
            **of,
        )
        for table, column, id, body in (
            ("tasks", "task_id", _TASK, {"id": _TASK}),
            ("reservations", "reservation_id", _RESERVATION, {"id": _RESERVATION, "task": _TASK}),
            ("reservations", "reservation_id", "RS0", {"id": "RS0"}),
        ):
            rows(
                connection,
                f"INSERT INTO {table} ({column}, account_id, state, kept, body)"  # noqa: S608
                " VALUES (:id, :account, 'pending', :kept, :body)",
                id=id,
                kept=True,
                body=json.dumps(body),
                **of,
            )
        connection.commit()


def test_a_desk_of_before_is_there_after_the_migrations_and_nobodys(empty: Place) -> None:
    at(empty, "0009")
    fill(empty)
    migrate.upgrade(empty)
    with connected(empty) as connection:
        assert rows(connection, "SELECT version, owner FROM desks") == [(41, None)]
        [(state, kept)] = rows(connection, "SELECT state, kept FROM sessions")
        assert (state, bool(kept)) == ("queued", True)
        found = rows(
            connection, "SELECT reservation_id, task_id FROM reservations ORDER BY reservation_id"
        )
        assert found == [("RS0", None), (_RESERVATION, _TASK)]
