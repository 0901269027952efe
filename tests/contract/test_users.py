"""Every store keeps people, their sign-ins and their tries alike, also when many come at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.ids import ContactId, RandomIds, SignInId, UserId
from offhook.core.seal import Sealer
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from signalling.domain.signing_in import IDLE, LASTS
from signalling.stores.users import SignIn, User, Users
from tests.support.stores import MAIN, OTHER, make_accounts, open_store

pytestmark = pytest.mark.contract

NOW = Micros(1_700_000_000 * SECOND)
USERS = Users(Sealer(bytes(32)))


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with open_store(place) as opened:
        await opened.write(make_accounts)
        yield opened


def somebody(login: str = "ada") -> User:
    ids = RandomIds()
    return User(
        id=UserId(ids.new("US")),
        account=MAIN,
        contact=ContactId(ids.new("CT")),
        login=login,
        name="Ada Lovelace",
        role="admin",
        password_hash="hash",
        must_change=True,
        created_at=NOW,
        password_at=NOW,
    )


def signed_in(user: User) -> SignIn:
    expires = Micros(NOW + LASTS)
    return SignIn(SignInId(RandomIds().new("SI")), user, NOW, NOW, expires)


async def test_a_person_comes_back_as_they_were_kept(store: Store) -> None:
    ada = somebody()
    await store.write(lambda c: USERS.insert_new(c, ada))
    assert await store.read(lambda c: USERS.by_login(c, MAIN, "ada")) == ada
    assert await store.read(lambda c: USERS.by_login(c, OTHER, "ada")) is None
    with pytest.raises(Conflict):
        await store.write(lambda c: USERS.insert_new(c, somebody()))


async def test_of_many_first_ones_at_once_one_is_made(store: Store) -> None:
    several = [somebody() for _ in range(6)]
    made = await asyncio.gather(
        *(store.write(partial(USERS.insert_first, user=who)) for who in several)
    )
    assert sorted(made) == [False] * 5 + [True]
    assert await store.read(lambda c: USERS.count(c, MAIN)) == 1


async def test_a_sign_in_is_found_by_its_digest_until_the_password_changes(store: Store) -> None:
    ada = somebody()
    here, there = signed_in(ada), signed_in(ada)
    await store.write(lambda c: USERS.insert_new(c, ada))
    await store.write(lambda c: USERS.sign_in(c, here, b"h" * 32, "Firefox"))
    await store.write(lambda c: USERS.sign_in(c, there, b"t" * 32, "Chrome"))
    assert await store.read(lambda c: USERS.by_digest(c, b"h" * 32)) == here
    await store.write(lambda c: USERS.seen(c, MAIN, here.id, Micros(NOW + SECOND)))
    seen = await store.read(lambda c: USERS.by_digest(c, b"h" * 32))
    assert seen == replace(here, seen_at=Micros(NOW + SECOND))
    await store.write(lambda c: USERS.change_password(c, ada, "new", (b"l" * 32, b"a" * 32), NOW))
    for digest in (b"h" * 32, b"t" * 32):
        assert await store.read(partial(USERS.by_digest, digest=digest)) is None


async def test_what_is_over_is_forgotten(store: Store) -> None:
    ada = somebody()
    await store.write(lambda c: USERS.insert_new(c, ada))
    await store.write(lambda c: USERS.sign_in(c, signed_in(ada), b"h" * 32, ""))
    await store.write(lambda c: USERS.prune(c, Micros(NOW + IDLE - SECOND)))
    assert await store.read(lambda c: USERS.by_digest(c, b"h" * 32)) is not None
    await store.write(lambda c: USERS.prune(c, Micros(NOW + IDLE)))
    assert await store.read(lambda c: USERS.by_digest(c, b"h" * 32)) is None


async def test_tries_at_once_count_as_many_and_a_right_one_clears_its_login(store: Store) -> None:
    login, address = b"l" * 32, b"a" * 32

    async def take() -> int:
        return await store.write(lambda c: USERS.tries.take(c, MAIN, login, address, NOW))

    waits = await asyncio.gather(*(take() for _ in range(8)))
    assert sorted(bool(wait) for wait in waits) == [False] * 5 + [True] * 3
    await store.write(lambda c: USERS.tries.give_back(c, MAIN, login, address))
    assert await take() == 0
