"""A request that is sent twice is carried out once, and gets the same reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from offhook.core.clock import ManualClock
from offhook.core.errors import Conflict
from offhook.core.ids import AccountId
from offhook.core.store import idempotency
from offhook.core.store.idempotency import StoredReply
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from tests.support.stores import MAIN, OTHER, open_store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

ASKED = b"a" * 32
ASKED_OTHERWISE = b"b" * 32
REPLY = StoredReply(status=201, body=b'{"sid":"RM1"}', headers={"ETag": '"1"'})


class Keys:
    """The remembered replies of one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = ManualClock()

    async def claim(
        self, request: bytes = ASKED, account: AccountId = MAIN, key: str = "k"
    ) -> StoredReply | None:
        now = self.clock.now()
        return await self.store.write(lambda c: idempotency.claim(c, account, key, request, now))

    async def remember(self, reply: StoredReply = REPLY) -> None:
        now = self.clock.now()
        await self.store.write(lambda c: idempotency.remember(c, MAIN, "k", ASKED, reply, now))

    async def remembered(
        self, request: bytes = ASKED, account: AccountId = MAIN
    ) -> StoredReply | None:
        return await self.store.read(lambda c: idempotency.remembered(c, account, "k", request))


@pytest.fixture
async def keys(place: Place) -> AsyncIterator[Keys]:
    async with open_store(place) as store:
        yield Keys(store)


async def test_the_second_request_gets_the_first_ones_reply(keys: Keys) -> None:
    assert await keys.claim() is None
    await keys.remember()
    assert await keys.claim() == REPLY
    assert await keys.remembered() == REPLY


async def test_a_reply_may_be_kept_without_a_claim(keys: Keys) -> None:
    assert await keys.remembered() is None
    await keys.remember()
    assert await keys.remembered() == REPLY


async def test_a_key_that_is_used_for_another_request_is_refused(keys: Keys) -> None:
    await keys.remember()
    for look in (keys.claim, keys.remembered):
        with pytest.raises(Conflict) as refused:
            await look(ASKED_OTHERWISE)
        assert refused.value.code == "idempotency_key_reused"


async def test_of_two_requests_at_once_one_is_carried_out(keys: Keys) -> None:
    outcomes = await asyncio.gather(keys.claim(), keys.claim(), return_exceptions=True)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], Conflict)
    assert outcomes[1].code == "idempotency_in_progress"


async def test_a_request_that_failed_may_be_tried_again(keys: Keys) -> None:
    await keys.claim()
    await keys.store.write(lambda c: idempotency.release(c, MAIN, "k"))
    assert await keys.claim() is None


async def test_a_reply_cannot_be_released(keys: Keys) -> None:
    await keys.remember()
    await keys.store.write(lambda c: idempotency.release(c, MAIN, "k"))
    assert await keys.remembered() == REPLY


async def test_a_request_that_died_may_be_tried_again_after_a_minute(keys: Keys) -> None:
    await keys.claim()
    keys.clock.advance(61)
    assert await keys.claim(ASKED_OTHERWISE) is None


async def test_a_reply_is_forgotten_after_a_day(keys: Keys) -> None:
    await keys.remember()
    keys.clock.advance(24 * 3600 - 1)
    assert await keys.claim() == REPLY
    keys.clock.advance(2)
    now = keys.clock.now()
    assert await keys.store.write(lambda c: idempotency.prune(c, now)) == 1
    assert await keys.claim() is None


async def test_accounts_have_keys_of_their_own(keys: Keys) -> None:
    await keys.remember()
    assert await keys.remembered(account=OTHER) is None
    assert await keys.claim(account=OTHER) is None
