"""What holds for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import settings

from offhook.core.store.place import Place
from tests.support.postgres import PostgresServer, run_postgres

# A machine that is busy with other things is no failure.
settings.register_profile("offhook", deadline=None)
settings.load_profile("offhook")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Fuzz targets run shortly unless told otherwise."""
    parser.addoption("--fuzz-seconds", type=float, default=2, help="seconds for each fuzz target")


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
