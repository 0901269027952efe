"""Migrations: forward only, quick when there is nothing to do, and true to the tables."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import offhook.core
import signalling
from offhook.core.errors import Misconfigured
from offhook.core.store import migrate
from offhook.core.store.migrations import versions
from offhook.core.store.sqlite import engine
from offhook.core.store.tables import metadata

pytestmark = pytest.mark.integration


def declare_all_tables() -> None:
    """Import every module of the core and the services that may define tables."""
    for package in (offhook.core, signalling):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "stores" in module.name:
                importlib.import_module(module.name)


def revisions() -> list[str]:
    return sorted(module.name[:4] for module in pkgutil.iter_modules(versions.__path__))


def test_an_empty_folder_gets_a_store_with_every_revision(tmp_path: Path) -> None:
    path = tmp_path / "data" / "store.db"
    assert migrate.upgrade(path) == revisions()
    assert migrate.current(path) == migrate.head() == revisions()[-1]


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


def test_the_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    declare_all_tables()
    path = tmp_path / "store.db"
    migrate.upgrade(path)
    made = engine(path, write=True)
    with made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    made.dispose()


def test_every_row_belongs_to_an_account() -> None:
    declare_all_tables()
    of_the_installation = {"nodes"}
    without = {
        table.name for table in metadata.tables.values() if "account_id" not in table.columns
    }
    assert without == of_the_installation


def test_a_store_from_the_future_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    migrate.upgrade(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(Misconfigured, match="9999") as refused:
        migrate.upgrade(path)
    assert refused.value.code == "store_too_new"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is a letter to my aunt" * 100)
    with pytest.raises(Misconfigured, match=re.escape(str(path))):
        migrate.upgrade(path)


def test_a_revision_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    first = importlib.import_module(f"{versions.__name__}.0001_core")
    monkeypatch.setattr(first.op, "create_index", _fail)
    with pytest.raises(OSError, match="disk full"):
        migrate.upgrade(path)
    monkeypatch.undo()
    assert migrate.current(path) is None
    assert migrate.upgrade(path) == revisions()


def _fail(*_: object, **__: object) -> None:
    raise OSError("disk full")
