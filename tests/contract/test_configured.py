"""Every store keeps what accounts set up alike, also when several change it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, InvalidInput, NotFound, OffhookError, PreconditionFailed
from offhook.core.ids import AccountId, ConfiguredId, RandomIds
from offhook.core.seal import Sealer
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from offhook.core.webhooks.webhook import Secret
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.queue import QUEUE, QueueSettings
from signalling.domain.configured.site import SITE, SiteSettings
from signalling.domain.configured.values import Target
from signalling.stores.configured import Configured
from signalling.stores.keeping import Keeping, forget
from tests.support.stores import MAIN, OTHER, make_accounts, open_store

pytestmark = pytest.mark.contract

NOW = Micros(1_700_000_000 * SECOND)
LATER = Micros(NOW + SECOND)
KEPT = Keeping(Sealer(bytes(32)), RandomIds())
UNITS = KEPT.configuring


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with open_store(place) as opened:
        await opened.write(make_accounts)
        yield opened


def queue(name: str = "Support", account: AccountId = MAIN, **more: Any) -> Configured[Any]:
    return drawn(QUEUE, QueueSettings(name=name, **more), account)


def site(to: str, name: str = "Shop", account: AccountId = MAIN) -> Configured[Any]:
    made = drawn(SITE, SiteSettings(name=name, target=Target(queue=to)), account)
    return replace(made, key=f"site_{made.id}", secrets=(Secret("s1"),))


def drawn(kind: Kind[Any], body: Any, account: AccountId) -> Configured[Any]:
    id = ConfiguredId(RandomIds().new(kind.prefix))
    return Configured(id=id, account=account, name="", body=body, created_at=NOW, updated_at=NOW)


def making(kind: Kind[Any], new: Configured[Any]) -> Callable[[Connection], Configured[Any]]:
    return lambda c: UNITS.create(c, kind, new, forget)


def renaming(id: str, name: str, revision: int | None = None) -> Callable[[Connection], Any]:
    def change(found: Configured[Any]) -> Configured[Any]:
        return replace(found, body=QUEUE.changed(found.body, {"name": name}))

    return lambda c: UNITS.change(c, MAIN, QUEUE, id, change, revision, LATER, forget)


def rotating(id: str, text: str) -> Callable[[Connection], Any]:
    def change(found: Configured[Any]) -> Configured[Any]:
        return found.rotated(text, LATER)

    return lambda c: UNITS.change(c, MAIN, SITE, id, change, None, NOW, forget)


def looking(kind: Kind[Any], account: AccountId, id: str) -> Callable[[Connection], Any]:
    return lambda c: UNITS.get(c, account, kind, id)


def deleting(id: str) -> Callable[[Connection], None]:
    return lambda c: UNITS.delete(c, MAIN, QUEUE, id, None, LATER)


async def test_an_object_comes_back_as_it_was_kept(store: Store) -> None:
    to = await store.write(making(QUEUE, queue(expression="skills.fr >= 3")))
    made = await store.write(making(SITE, site(to.id)))
    assert (made.name, made.revision) == ("Shop", 1)
    assert await store.read(lambda c: UNITS.get(c, MAIN, SITE, made.id)) == made
    assert await store.read(lambda c: UNITS.by_key(c, SITE, made.key or "")) == made
    assert await store.read(lambda c: UNITS.by_key(c, SITE, "site_none")) is None
    assert await store.read(lambda c: UNITS.all(c, MAIN)) == [(QUEUE, to), (SITE, made)]


async def test_what_is_anothers_is_not_there(store: Store) -> None:
    made = await store.write(making(QUEUE, queue()))
    for kind, account in ((QUEUE, OTHER), (SITE, MAIN)):
        with pytest.raises(NotFound):
            await store.read(looking(kind, account, made.id))
    with pytest.raises(InvalidInput) as refused:
        await store.write(making(SITE, site(made.id, account=OTHER)))
    assert (refused.value.code, refused.value.field) == ("unknown_queue", "target.queue")
    await store.write(making(QUEUE, queue(account=OTHER)))
    assert len(await store.read(lambda c: UNITS.page(c, OTHER, QUEUE, "", 10))) == 1


async def test_a_name_is_one_objects_until_it_is_deleted(store: Store) -> None:
    made = await store.write(making(QUEUE, queue()))
    with pytest.raises(Conflict) as refused:
        await store.write(making(QUEUE, queue()))
    assert refused.value.code == "queue_exists"
    await store.write(deleting(made.id))
    with pytest.raises(NotFound):
        await store.read(lambda c: UNITS.get(c, MAIN, QUEUE, made.id))
    again = await store.write(making(QUEUE, queue()))
    assert again.id != made.id


async def test_of_many_of_one_name_at_once_one_is_made(store: Store) -> None:
    answers = await asyncio.gather(
        *(store.write(making(QUEUE, queue())) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, Configured) for each in answers) == 1
    assert {each.code for each in answers if isinstance(each, Conflict)} == {"queue_exists"}
    assert await store.read(lambda c: UNITS.version(c, MAIN)) == 1


async def test_who_changes_what_was_changed_meanwhile_is_told(store: Store) -> None:
    made = await store.write(making(QUEUE, queue()))
    answers = await asyncio.gather(
        *(store.write(renaming(made.id, f"{n}", made.revision)) for n in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, PreconditionFailed) for each in answers) == 4
    found = await store.read(lambda c: UNITS.get(c, MAIN, QUEUE, made.id))
    assert (found.revision, found.updated_at, found.created_at) == (2, LATER, NOW)


async def test_no_change_without_a_condition_is_lost(store: Store) -> None:
    made = await store.write(making(QUEUE, queue()))
    await asyncio.gather(*(store.write(renaming(made.id, f"{n}")) for n in range(5)))
    found = await store.read(lambda c: UNITS.get(c, MAIN, QUEUE, made.id))
    assert found.revision == 6
    assert await store.read(lambda c: UNITS.version(c, MAIN)) == 6


async def test_what_others_name_is_not_deleted(store: Store) -> None:
    made = await store.write(making(QUEUE, queue()))
    await store.write(making(SITE, site(made.id)))
    await store.write(making(QUEUE, queue("Second", overflow=made.id)))
    with pytest.raises(Conflict, match=r"the queue 'Second', the site 'Shop'") as refused:
        await store.write(deleting(made.id))
    assert refused.value.code == "in_use"


async def test_a_queue_is_deleted_or_named_but_never_both(store: Store) -> None:
    for n in range(8):
        made = await store.write(making(QUEUE, queue(f"{n}")))
        one, other = await asyncio.gather(
            store.write(deleting(made.id)),
            store.write(making(SITE, site(made.id, f"{n}"))),
            return_exceptions=True,
        )
        assert isinstance(one, Conflict) != isinstance(other, InvalidInput)
        assert isinstance(one, OffhookError) != isinstance(other, OffhookError)


async def test_what_happened_is_logged_for_each_object(store: Store) -> None:
    made = await store.write(making(QUEUE, queue()))
    await store.write(renaming(made.id, "Sales"))
    await store.write(deleting(made.id))
    logged = await store.read(lambda c: KEPT.log.since(c, MAIN, made.id, 0))
    assert [(e.seq, e.type) for e in logged] == [
        (1, "queue.created"), (2, "queue.updated"), (3, "queue.deleted"),
    ]  # fmt: skip
    assert logged[1].data["object"]["name"] == "Sales"
    assert [e.data["revision"] for e in logged] == [1, 2, 3]


async def test_a_secret_is_rotated_and_the_one_before_counts_for_a_while(store: Store) -> None:
    to = await store.write(making(QUEUE, queue()))
    made = await store.write(making(SITE, site(to.id)))
    for text in ("s2", "s3"):
        await store.write(rotating(made.id, text))
    found = await store.read(lambda c: UNITS.get(c, MAIN, SITE, made.id))
    assert found.signing(NOW) == ["s3", "s2"]
    assert found.signing(LATER) == ["s3"]
    logged = await store.read(lambda c: KEPT.log.since(c, MAIN, made.id, 0))
    assert not any(secret in str(logged) for secret in ("s1", "s2", "s3"))
