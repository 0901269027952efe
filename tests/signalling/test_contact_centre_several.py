"""Two signalling processes and one contact centre: whoever reaches either is at the same desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from offhook.core.contracts.media import Hearing
from signalling.domain.events import Settings
from signalling.domain.routing.agent import State as Connection
from tests.signalling.centre import Agent, Visitor, agent, come_to, site_key
from tests.signalling.people import PASSWORD, Browser
from tests.signalling.rest import Api
from tests.signalling.several import Several, several
from tests.signalling.signalling import Refused, Signalling

pytestmark = pytest.mark.integration

#: Nobody dies here, and a busy machine is not to be taken for it.
CALM: dict[str, Any] = {"demonstration": True, "process_timeout": 10.0, "idle_socket": 1.0}


@pytest.fixture(params=["one machine", "twins"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Several]:
    """One has the desk: on SQLite and the bus of this process, and on PostgreSQL and Redis."""
    twins = request.param == "twins"
    place = request.getfixturevalue("database") if twins else None
    async with several(tmp_path, place=place, redis=twins, **CALM) as running:
        first = running.servers[0].services
        await first.desks.of(first.main)
        yield running


@pytest.fixture
async def emma(both: Several) -> AsyncIterator[Agent]:
    """Emma is at her desk, at the process that has it; she speaks English."""
    made = await agent(both.servers[0], "emma")
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def chloe(both: Several) -> AsyncIterator[Agent]:
    """Chloé is at her desk, at the other process; she speaks French."""
    made = await agent(both.servers[1], "chloe")
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def ines(both: Several) -> AsyncIterator[Visitor]:
    """A visitor who reaches the other process."""
    made = Visitor(both.servers[1], "Inès")
    yield made
    await made.close()


async def code_of(page: Agent | Visitor, command: str, **argument: Any) -> str:
    """With which code a command is refused."""
    with pytest.raises(Refused) as refused:
        await page.asks(command, **argument)
    return str(refused.value.code)


def machine(server: Signalling) -> Any:
    """The desk at the process that has it."""
    made = server.services.desks.at_hand(server.services.main)
    assert made is not None
    return made.desk


# pages


async def test_a_visitor_and_an_agent_of_different_processes_talk(
    both: Several, emma: Agent, ines: Visitor
) -> None:
    await ines.waits(await site_key(both.servers[1]))
    assert both.servers[1].services.desks.at_hand(both.servers[1].services.main) is None
    await emma.answers()
    await ines.joins()
    talking = await ines.until(lambda visit: visit["state"] == "live")
    assert talking["agent"]["name"] == "Emma Clarke"
    session = talking["session"]
    await emma.asks("hold", session=session, held=True)
    await ines.until(lambda visit: visit["held"])
    await ines.asks("hang_up")
    await ines.until(lambda visit: visit["state"] == "ended")
    await ines.asks("rate", stars=5, comment="Kind")
    await emma.until(lambda desk: desk["contacts"][0]["wrap_up_until"])
    await emma.asks("finish_wrap_up", session=session, disposition="Resolved", notes="Boots.")
    await emma.until(lambda desk: not desk["contacts"] and desk["agent"]["load"] == "idle")


async def test_an_agent_of_the_other_process_is_passed_the_call_and_writes_it_up(
    both: Several, emma: Agent, chloe: Agent, ines: Visitor
) -> None:
    await ines.waits(await site_key(both.servers[1]))
    await emma.answers()
    await ines.joins()
    session = (await ines.until(lambda visit: visit["state"] == "live"))["session"]
    desk = await emma.until(lambda desk: desk["colleagues"])
    await emma.asks("transfer", session=session, agent=desk["colleagues"][0]["id"])
    await chloe.answers()
    await ines.until(lambda visit: visit["agent"] and visit["agent"]["name"] == "Chloé Martin")
    await chloe.asks("hang_up", session=session)
    contact = (await chloe.until(lambda desk: desk["contacts"][0]["wrap_up_until"]))["contacts"][0]
    await chloe.asks("finish_wrap_up", session=contact["session"], disposition="Resolved")
    await chloe.until(lambda desk: not desk["contacts"])


async def test_a_later_page_takes_over_from_one_at_the_other_process(
    both: Several, chloe: Agent, ines: Visitor
) -> None:
    key = await site_key(both.servers[0])
    await ines.waits(key)
    for before, later in (
        (chloe, await come_to(both.servers[0], chloe)),
        (ines, await come_to(both.servers[0], ines, key)),
    ):
        await before.hears("taken_over")
        await before.hears("disconnected")
        assert later.socket.connected
        await later.close()


async def test_the_desk_knows_when_a_page_at_the_other_process_closes(
    both: Several, chloe: Agent, ines: Visitor
) -> None:
    await ines.waits(await site_key(both.servers[1]))
    session, who = ines.state["session"], chloe.state["agent"]["id"]
    for page in (ines, chloe):
        await page.close()
    desk = machine(both.servers[0])
    await both.servers[0].until(lambda: desk.sessions[session].away_until is not None)
    await both.servers[0].until(lambda: desk.router.agents[who].state is not Connection.PRESENT)
    again = await come_to(both.servers[1], chloe)
    assert desk.router.agents[who].state is Connection.PRESENT
    await again.close()


async def test_commands_are_refused_elsewhere_as_they_are_here(
    both: Several, chloe: Agent, ines: Visitor
) -> None:
    await ines.connect({"site": await site_key(both.servers[1])})
    assert await code_of(ines, "hang_up") == "not_begun"
    assert await code_of(ines, "dance") == "unknown_command"
    assert await code_of(ines, "open", language=7) == "invalid"
    await ines.asks("open", language="en")
    assert await code_of(ines, "fill", answers={}) == "required"
    assert await code_of(ines, "answer") == "session_over"
    assert await code_of(chloe, "accept", reservation="RS1") == "offer_over"
    assert await code_of(chloe, "cancel_task", task="TA1") == "not_allowed"
    stranger = Agent(both.servers[1], "nobody", Browser(both.servers[1]))
    with pytest.raises(Refused) as refused:
        await stranger.enters()
    assert refused.value.problem["status"] == 401
    await stranger.close()


async def test_limits_are_kept_by_the_process_that_was_reached(
    both: Several, ines: Visitor
) -> None:
    await ines.opens(await site_key(both.servers[1]))
    for _ in range(19):
        await ines.asks("open", language="en")
    assert await code_of(ines, "open", language="en") == "rate_limited"
    near = Visitor(both.servers[0], "Ada")
    await near.opens(await site_key(both.servers[0]))
    await near.close()


async def test_the_live_view_of_a_supervisor_elsewhere_goes_on(
    both: Several, ines: Visitor
) -> None:
    sam = await agent(both.servers[1], "sam")
    sam.event = "live"
    await sam.enters("live")
    await ines.waits(await site_key(both.servers[1]))
    [waiting] = (await sam.until(lambda live: live["waiting"]))["waiting"]
    await sam.asks("cancel_task", task=waiting["task"])
    await ines.until(lambda visit: visit["state"] == "ended")
    await sam.close()


# rooms of calls


async def test_a_call_goes_on_in_a_room_that_the_other_process_looks_after(
    both: Several, emma: Agent, ines: Visitor
) -> None:
    two = both.servers[1]
    await ines.waits(await site_key(two))
    session = ines.state["session"]
    room = f"call-{session}"
    await two.services.rooms.create(two.services.main, room, Settings(access="token"))
    await emma.answers()
    person = await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    assert [each.room.name for each in two.services.rooms.awake()] == [room]
    await emma.asks("hold", session=session, held=True)
    [owner] = two.services.rooms.awake()
    held = Hearing(publishers=(), music=True)
    await two.until(lambda: owner.room.standing.hearing[f"visitor-{session}"] == held)
    await person.asks("leave")
    over = await ines.until(lambda visit: visit["state"] == "ended")
    assert over["ended"] == "visitor_left"
    await two.until(lambda: not list(two.services.rooms.awake()))


# REST


async def test_programs_reach_the_desk_by_either_process(both: Several) -> None:
    near, far = both.api(both.servers[0]), both.api(both.servers[1])
    queue = (await far.get("/v1/queues"))["items"][0]["id"]
    key = {"Idempotency-Key": "once"}
    body = {"queue": queue, "channel": "message", "message": "Hello"}
    made = await far.post("/v1/tasks", body, headers=key, expect=201)
    assert await near.post("/v1/tasks", body, headers=key, expect=201) == made
    for program in (near, far):
        assert [each["id"] for each in (await program.get("/v1/tasks"))["items"]] == [made["id"]]
        assert (await program.get(f"/v1/queues/{queue}/state"))["waiting"] == 1
    changed = await far.patch(f"/v1/tasks/{made['id']}", {"priority": 7})
    assert (changed["priority"], machine(both.servers[0]).router.tasks[made["id"]].priority) == (
        7,
        7,
    )
    await far.post(f"/v1/sessions/{made['session']}/end", {})
    await near.post(f"/v1/sessions/{made['session']}/end", {}, expect=409)


# what is set up


async def test_what_was_set_up_through_one_process_holds_at_the_other(
    both: Several, emma: Agent
) -> None:
    far, who = both.api(both.servers[1]), emma.state["agent"]["id"]
    new = await far.post("/v1/activities", {"name": "Training", "available": False}, expect=201)
    found = await far.put(f"/v1/agents/{who}/state", {"activity": new["id"]})
    assert found["activity"] == new["id"]
    await emma.until(lambda desk: desk["agent"]["activity"] == new["id"])


async def test_somebody_whose_login_is_disabled_elsewhere_is_offered_nothing_more(
    both: Several, emma: Agent
) -> None:
    far, who = both.api(both.servers[1]), emma.state["agent"]["id"]
    users = (await far.get("/v1/users"))["items"]
    [user] = [each["id"] for each in users if each["login"] == "emma"]
    await far.patch(f"/v1/users/{user}", {"disabled": True})
    await far.get(f"/v1/agents/{who}/state", expect=404)
    assert who not in machine(both.servers[0]).router.agents


async def test_a_page_whose_sign_in_ended_at_the_other_process_is_told_so_and_closed(
    both: Several, emma: Agent, chloe: Agent
) -> None:
    for page, server in ((emma, both.servers[1]), (chloe, both.servers[0])):
        program = both.api(server)
        users = (await program.get("/v1/users"))["items"]
        [user] = [each["id"] for each in users if each["login"] == page.login]
        await program.patch(f"/v1/users/{user}", {"disabled": True})
        await page.hears("signed_out")
        await page.hears("disconnected")


async def test_tries_to_sign_in_are_counted_by_all_processes_together(both: Several) -> None:
    one, two = both.servers
    assert one.seeded is not None
    given = one.seeded.staff[0].given
    for number in range(40):
        with_server = both.servers[number % 2]
        body = {"login": given.login, "password": "wrong"}
        async with with_server.http.post("/v1/sign-in", json=body) as reply:
            if reply.status == 429:
                break
    body = {"login": given.login, "password": given.password}
    for server in (one, two):
        async with server.http.post("/v1/sign-in", json=body) as reply:
            assert reply.status == 429


@pytest.fixture
async def twins(tmp_path: Path, database: str) -> AsyncIterator[Several]:
    """On PostgreSQL and Redis; the first has the desk."""
    async with several(tmp_path, place=database, redis=True, **CALM) as running:
        first = running.servers[0].services
        await first.desks.of(first.main)
        yield running


async def test_plans_are_made_anew_as_soon_as_another_process_changed_them(twins: Several) -> None:
    one, two = twins.servers
    program = Api(two)
    new = await program.post("/v1/activities", {"name": "Training", "available": False}, expect=201)
    made = one.services.desks.at_hand(one.services.main)
    assert made is not None
    await one.until(lambda: new["id"] in made.planned.plans.activities)
    users = (await program.get("/v1/users"))["items"]
    [user] = [each["id"] for each in users if each["login"] == "emma"]
    before = len(made.desk.router.agents)
    await program.patch(f"/v1/users/{user}", {"disabled": True})
    await one.until(lambda: len(made.desk.router.agents) == before - 1)


async def test_one_signs_in_at_one_process_and_works_at_the_other(both: Several) -> None:
    one, two = both.servers
    assert one.seeded is not None
    [given] = [each.given for each in one.seeded.staff if each.given.login == "emma"]
    browser = Browser(one)
    await browser.sign_in(given.login, given.password)
    await browser.change(given.password, PASSWORD)
    emma = Agent(two, "emma", browser)
    await emma.works()
    await emma.close()
