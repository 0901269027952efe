"""Files where several processes share a store: whichever is reached has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.signalling.files import announced, brought, fetched
from tests.signalling.several import several
from tests.support.files import png

pytestmark = pytest.mark.integration


async def test_a_file_is_brought_to_any_process_and_fetched_from_any(tmp_path: Path) -> None:
    async with several(tmp_path, 3) as processes:
        first, second, third = processes.servers
        ada, ben = await first.joined("Ada"), await second.joined("Ben")
        data = png(20, 20)
        given = await announced(ben, data)
        assert (await brought(third, given, data)).status == 201
        await ben.asks("chat", file=given["file"]["id"])
        file = (await ada.learns("chat_sent"))["message"]["file"]
        for server, who in ((first, ben), (second, ada), (third, ben)):
            link = await who.asks("download", file=file["id"])
            assert (await fetched(server, link)).body == data
