"""Migrations: forward only, quick when there is nothing to do, and true to the tables."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import offhook.core
import signalling
from offhook.core.errors import Misconfigured
from offhook.core.store import migrate, postgres
from offhook.core.store.migrations import versions
from offhook.core.store.place import Place, is_postgres
from offhook.core.store.sqlite import engine
from offhook.core.store.tables import metadata
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.integration


def declare_all_tables() -> None:
    """Import every module of the core and the services that may define tables."""
    for package in (offhook.core, signalling):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "stores" in module.name:
                importlib.import_module(module.name)


def revisions() -> list[str]:
    return sorted(module.name[:4] for module in pkgutil.iter_modules(versions.__path__))


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a store may be made."""
    if request.param == "sqlite":
        yield tmp_path / "data" / "store.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.empty()
    yield url
    server.drop(url)


@contextmanager
def connected(place: Place) -> Iterator[Connection]:
    """A connection that may change everything."""
    made = postgres.engine(str(place)) if is_postgres(place) else engine(place, write=True)
    with made.connect() as connection:
        yield connection
    made.dispose()


def set_revision(place: Place, number: str) -> None:
    with connected(place) as connection:
        asked = text("UPDATE alembic_version SET version_num = :number")
        connection.execute(asked, {"number": number})
        connection.commit()


def test_an_empty_place_gets_a_store_with_every_revision(empty: Place) -> None:
    assert migrate.current(empty) is None
    assert migrate.upgrade(empty) == revisions()
    assert migrate.current(empty) == migrate.head() == revisions()[-1]
    assert migrate.upgrade(empty) == []


def test_a_store_that_is_up_to_date_is_left_alone_and_quickly(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    migrate.upgrade(path)
    began = time.perf_counter()
    assert migrate.upgrade(path) == []
    assert time.perf_counter() - began < 0.15


def test_revisions_are_numbered_without_a_gap() -> None:
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]


def test_no_revision_knows_a_way_back() -> None:
    for module in pkgutil.iter_modules(versions.__path__, f"{versions.__name__}."):
        assert not hasattr(importlib.import_module(module.name), "downgrade")


def test_the_tables_are_what_the_migrations_make(empty: Place) -> None:
    declare_all_tables()
    migrate.upgrade(empty)
    with connected(empty) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_row_belongs_to_an_account() -> None:
    declare_all_tables()
    of_the_installation = {"nodes", "processes"}
    without = {
        table.name for table in metadata.tables.values() if "account_id" not in table.columns
    }
    assert without == of_the_installation


def test_a_store_from_the_future_is_refused_with_both_revisions(empty: Place) -> None:
    migrate.upgrade(empty)
    set_revision(empty, "9999")
    for attempt in (migrate.upgrade, migrate.require_current):
        with pytest.raises(Misconfigured, match=f"9999.*{migrate.head()}") as refused:
            attempt(empty)
        assert refused.value.code == "store_too_new"


def test_an_older_store_says_in_words_what_is_missing(empty: Place) -> None:
    migrate.upgrade(empty)
    migrate.require_current(empty)
    set_revision(empty, "0001")
    with pytest.raises(Misconfigured, match=r"0001.* 0002 \(rooms\).*offhook migrate") as refused:
        migrate.require_current(empty)
    assert refused.value.code == "store_too_old"


def test_an_empty_store_says_that_everything_is_missing(empty: Place) -> None:
    with pytest.raises(Misconfigured, match=r"empty.*0001 \(core\), 0002 \(rooms\)"):
        migrate.require_current(empty)


def test_processes_that_start_together_migrate_once(postgres: PostgresServer) -> None:
    url = postgres.empty()
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate.upgrade, [url] * 4))
    assert sorted(applied) == [[], [], [], revisions()]
    postgres.drop(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is a letter to my aunt" * 100)
    with pytest.raises(Misconfigured, match=re.escape(str(path))):
        migrate.upgrade(path)


def test_a_revision_that_fails_leaves_the_store_as_it_was(
    empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = empty
    first = importlib.import_module(f"{versions.__name__}.0001_core")
    monkeypatch.setattr(first.op, "create_index", _fail)
    with pytest.raises(OSError, match="disk full"):
        migrate.upgrade(path)
    monkeypatch.undo()
    assert migrate.current(path) is None
    assert migrate.upgrade(path) == revisions()


def _fail(*_: object, **__: object) -> None:
    raise OSError("disk full")
