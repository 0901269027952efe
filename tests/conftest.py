"""What holds for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import settings

# A machine that is busy with other things is no failure.
settings.register_profile("offhook", deadline=None)
settings.load_profile("offhook")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Fuzz targets run shortly unless told otherwise."""
    parser.addoption("--fuzz-seconds", type=float, default=1.5, help="seconds for each fuzz target")


@pytest.fixture
def nothing_blocks_the_loop() -> Iterator[None]:
    """Within the test, waiting on the event loop for a database, a socket, a lock or the time
    raises `BlockingError`; looking at a file does not."""
    with blockbuster_ctx() as blockbuster:
        for name, function in blockbuster.functions.items():
            if name.startswith(("os.", "io.")):
                function.deactivate()
        yield
