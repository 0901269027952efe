"""Fixtures of signalling's tests: a server with the demo data, and a program with its key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server with the demo data."""
    async with signalling(tmp_path) as running:
        yield running


@pytest.fixture
async def api(server: Signalling) -> Api:
    """The API as the seeded key sees it."""
    return Api(server)
