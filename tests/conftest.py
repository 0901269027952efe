"""What holds for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from offhook.core.store.place import Place
from tests.support.postgres import PostgresServer, run_postgres

# A machine that is busy with other things is no failure.
settings.register_profile("offhook", deadline=None)
settings.load_profile("offhook")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Fuzz targets run shortly unless told otherwise."""
    parser.addoption("--fuzz-seconds", type=float, default=2, help="seconds for each fuzz target")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Workers that share the tests begin with the browsers and end with the fuzzing."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Workers take the tests by what must run in one of them."""
    return Sharing(config, log)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # the library's base has no types
    """The browsers take turns in one worker while the other takes the rest file by file; the
    fuzzing, each target by itself, fills up the end."""

    def _split_scope(self, nodeid: str) -> str:
        return ("browsers", nodeid.partition("::")[0], nodeid)[_turn(nodeid)]


def _turn(nodeid: str) -> int:
    kind = nodeid.removeprefix("tests/").partition("/")[0]
    return {"e2e": 0, "fuzz": 2}.get(kind, 1)


@pytest.fixture
def nothing_blocks_the_loop() -> Iterator[None]:
    """Within the test, waiting on the event loop for a database, a socket, a lock or the time
    raises `BlockingError`; looking at a file does not."""
    with blockbuster_ctx() as blockbuster:
        for name, function in blockbuster.functions.items():
            if name.startswith(("os.", "io.")):
                function.deactivate()
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all tests that need one; each makes a database of its own in it."""
    with run_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database with all tables."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a store may be: a test with it holds for both kinds."""
    if request.param == "sqlite":
        return tmp_path / "store.db"
    url: str = request.getfixturevalue("database")
    return url
