"""The demo data hold a contact centre in which a call can be taken at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signalling.services.accounts import MAIN
from tests.signalling.people import PASSWORD, Browser
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server on an empty store."""
    async with signalling(tmp_path, seed=False) as running:
        yield running


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server whose demo data are made before it starts, as the program does."""
    async with signalling(tmp_path, demonstration=True) as running:
        yield running


async def test_everybody_of_it_signs_in_and_does_their_work(empty: Signalling) -> None:
    assert empty.seeded is not None
    roles = {}
    for who in empty.seeded.staff:
        browser = Browser(empty)
        await browser.sign_in(who.given.login, who.given.password)
        await browser.change(who.given.password, PASSWORD)
        agents = (await browser.send("GET", "/v1/agents"))["items"]
        assert [each["login"] for each in agents] == ["emma", "chloe"]
        roles[who.given.login] = who.role
    assert roles == {"emma": "agent", "chloe": "agent", "sam": "supervisor"}


async def test_each_agent_fits_the_tasks_in_their_language(empty: Signalling) -> None:
    planned = await empty.services.configuration.planned(empty.services.main)
    [queue] = planned.plans.queues.values()
    [asked] = queue.requirements
    fits = {
        (profile.name, language)
        for profile in planned.profiles
        for language in ("en", "fr", "de")
        if asked.expression.holds(profile.attributes, {"language": language})
    }
    assert fits == {("Emma Clarke", "en"), ("Chloé Martin", "fr")}
    assert all(asked.expression.holds(p.attributes, {}) for p in planned.profiles)
    assert asked.relaxed_after


async def test_there_is_still_a_first_admin(empty: Signalling) -> None:
    users, main = empty.services.users, empty.services.main
    given = await users.first_admin(main)
    assert given is not None
    assert (await Browser(empty).sign_in(given.login, given.password))["role"] == "admin"
    assert await users.first_admin(main) is None


async def test_the_site_leads_to_the_queue_and_is_open(empty: Signalling) -> None:
    configuration, main = empty.services.configuration, empty.services.main
    planned = await configuration.planned(main)
    told = {plan.name: plan.available for plan in planned.plans.activities.values()}
    assert told == {"Available": True, "Break": False, "Lunch": False, "Offline": False}
    assert planned.plans.activities[planned.plans.offline].name == "Offline"
    found = await empty.services.parts.store.read(
        lambda c: empty.services.parts.kept.configuring.all(c, main)
    )
    [site] = [each for kind, each in found if kind.noun == "site"]
    assert [site.body.target.queue] == list(planned.plans.queues)
    assert site.body.hours is None
    assert "http://localhost:8092" in site.body.allowed_origins


async def test_a_store_in_use_gets_no_demo_data(server: Signalling) -> None:
    services = server.services
    assert await services.accounts.seed(services.demonstration) is None
    assert await services.users.page(services.main, "", 10) == []
    assert (await services.accounts.get(services.main)).name == MAIN
