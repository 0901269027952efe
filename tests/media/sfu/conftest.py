"""What the tests of the SFU share: a media node, peers on loopback, a publisher in memory."""

from __future__ import annotations

import aioice.ice
import pytest

from tests.media.sfu.plane import Plane


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves 127.0.0.1 out of its candidates; these peers have no other address."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda *_, **__: ["127.0.0.1"])


@pytest.fixture
async def plane() -> Plane:
    """A publisher with three layers of video, and audio, in memory."""
    return Plane()
