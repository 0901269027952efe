"""The process that has the desk stops, dies or stands still: another has it, and all goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from offhook.core.contracts.media import Hearing
from offhook.core.errors import Unavailable
from signalling.domain.desk import ToRouter
from signalling.domain.events import Settings
from signalling.domain.routing import events as routing
from tests.signalling.centre import Agent, Visitor, agent, come_to, site_key
from tests.signalling.several import Several, several
from tests.signalling.signalling import Person, Signalling

pytestmark = pytest.mark.integration


@pytest.fixture(params=["one machine", "twins"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Several]:
    """One has the desk: on SQLite and the bus of this process, and on PostgreSQL and Redis."""
    twins = request.param == "twins"
    place = request.getfixturevalue("database") if twins else None
    async with several(
        tmp_path, place=place, redis=twins, demonstration=True, process_timeout=1.5
    ) as running:
        first = running.servers[0].services
        await first.desks.of(first.main)
        yield running


class Day:
    """Inès talks to Emma, held; Chloé is offered Zoé; Ada, Ben and Cy wait. Inès and Chloé are at
    the process that has the desk, the others at the other one."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.emma: Agent
        self.chloe: Agent
        self.ines: Visitor
        self.zoe: Visitor
        self.line: list[Visitor] = []
        self.in_room: list[Person] = []
        self.tasks: dict[str, Any] = {}

    @property
    def pages(self) -> list[Agent | Visitor]:
        """Everybody's."""
        return [self.emma, self.chloe, self.ines, self.zoe, *self.line]


async def begun(both: Several) -> Day:
    """A day at work."""
    owner, other = both.servers[:2]
    day = Day(await site_key(owner))
    day.emma, day.chloe = await agent(other, "emma"), await agent(owner, "chloe")
    for each in (day.emma, day.chloe):
        await each.works()
    day.ines = Visitor(owner, "Inès")
    await day.ines.waits(day.key)
    day.in_room = [await day.emma.answers(), await day.ines.joins()]
    await day.ines.until(lambda visit: visit["state"] == "live")
    await day.emma.asks("hold", session=day.ines.state["session"], held=True)
    day.zoe = Visitor(other, "Zoé")
    await day.zoe.waits(day.key, language="fr")
    await day.chloe.until(lambda desk: desk["offers"])
    for name in ("Ada", "Ben", "Cy"):
        day.line.append(Visitor(other, name))
        await day.line[-1].waits(day.key)
    day.tasks = await tasks(both, other)
    return day


async def tasks(both: Several, server: Signalling) -> dict[str, Any]:
    """All that is under way, by id, as a program is told."""
    return {each["id"]: each for each in (await both.api(server).get("/v1/tasks"))["items"]}


async def goes_on(both: Several, day: Day, server: Signalling) -> None:
    """All come to this process, and find things as they were: order, ages, offers, calls."""
    line = [await come_to(server, each, day.key) for each in day.line]
    assert [each.state["position"] for each in line] == [1, 2, 3]
    emma, chloe = await come_to(server, day.emma), await come_to(server, day.chloe)
    ines, zoe = await come_to(server, day.ines, day.key), await come_to(server, day.zoe, day.key)
    after = await tasks(both, server)
    for id, before in day.tasks.items():
        assert {**after[id], "age": 0, "state": 0} == {**before, "age": 0, "state": 0}
        assert after[id]["age"] >= before["age"]
    for person in day.in_room:
        person.server = server
        await person.resume()
    assert (ines.state["state"], ines.state["held"]) == ("live", True)
    await emma.asks("hold", session=ines.state["session"], held=False)
    await ines.until(lambda visit: not visit["held"])
    assert chloe.state["agent"]["strikes"] == 0
    await chloe.answers()
    await zoe.joins()
    await zoe.until(lambda visit: visit["state"] == "live")
    await nothing_twice(both, server)
    for page in (emma, chloe, ines, zoe, *line):
        await page.close()


async def nothing_twice(both: Several, server: Signalling) -> None:
    """No task was given to two agents."""
    offers = (await both.api(server).get("/v1/reservations"))["items"]
    given = [each["task"] for each in offers if each["state"] == "accepted"]
    assert len(given) == len(set(given)) == 2


async def test_after_the_death_of_its_process_the_desk_goes_on_at_another(both: Several) -> None:
    owner, other = both.servers
    day = await begun(both)
    await owner.kill()
    for page in day.pages:
        await page.hears("disconnected")
    await goes_on(both, day, other)


async def test_a_desk_whose_process_stops_goes_on_at_another(both: Several) -> None:
    owner, other = both.servers
    day = await begun(both)
    await owner.services.hand_over()
    far = [page for page in day.pages if page.server is other]
    for page in far:
        await page.hears("disconnected")
    for page in set(day.pages) - set(far):
        await page.close()
    for person in day.in_room:
        if person.server is owner:
            await person.lose_network()
    await goes_on(both, day, other)


async def test_a_process_that_was_paused_writes_nothing_more(both: Several) -> None:
    owner, other = both.servers
    day = await begun(both)
    made = owner.services.desks.at_hand(owner.services.main)
    assert made is not None
    owner.pause()
    for page in day.pages:
        if page.server is other:
            await page.hears("disconnected")
    ben = await come_to(other, day.line[1], day.key)
    late = made.owner.ask(ToRouter(routing.TaskCanceled(_task_of(made.desk, ben), "canceled")))
    asked = asyncio.ensure_future(late)
    await asyncio.sleep(0)
    owner.go_on()
    with pytest.raises(Unavailable):
        await asked
    for page in day.pages:
        await page.hears("disconnected")
    assert ben.state["state"] == "queued"
    await owner.until(lambda: owner.services.desks.at_hand(owner.services.main) is None)
    await ben.close()
    day.line[1] = ben
    for person in day.in_room:
        if person.server is owner:
            await person.hears("disconnected")
    await goes_on(both, day, owner)


def _task_of(desk: Any, visitor: Visitor) -> str:
    task: str = desk.sessions[visitor.state["session"]].task
    return task


async def test_nobody_need_ask_for_the_desk_to_go_on(both: Several) -> None:
    owner, other = both.servers
    day = await begun(both)
    await owner.kill()
    await other.until(lambda: other.services.desks.at_hand(other.services.main) is not None)
    for page in day.pages:
        await page.close()


async def test_programs_are_answered_while_the_desk_moves(both: Several) -> None:
    owner, other = both.servers
    day = await begun(both)
    await owner.kill()
    async with asyncio.timeout(5):
        after = await tasks(both, other)
    assert list(after) == list(day.tasks)
    for page in day.pages:
        await page.close()


async def test_who_left_the_call_while_the_desk_moved_is_known_to_have_left(both: Several) -> None:
    owner, other = both.servers
    emma = await agent(other, "emma")
    await emma.works()
    ines, key = Visitor(other, "Inès"), await site_key(other)
    await ines.waits(key)
    session = ines.state["session"]
    await other.services.rooms.create(
        other.services.main, f"call-{session}", Settings(access="token")
    )
    await emma.answers()
    person = await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    await owner.kill()
    await person.asks("leave")
    await ines.hears("disconnected")
    back = await come_to(other, ines, key)
    over = await back.until(lambda visit: visit["state"] == "ended")
    assert over["ended"] == "visitor_left"
    for page in (emma, ines, back):
        await page.close()


async def test_what_was_wanted_of_a_room_is_done_although_its_process_dies(both: Several) -> None:
    owner, other = both.servers
    emma = await agent(owner, "emma")
    await emma.works()
    ines = Visitor(owner, "Inès")
    await ines.waits(await site_key(owner))
    session = ines.state["session"]
    await other.services.rooms.create(
        other.services.main, f"call-{session}", Settings(access="token")
    )
    await emma.answers()
    await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    await other.kill()
    await emma.asks("hold", session=session, held=True)
    held, visitor = Hearing(publishers=(), music=True), f"visitor-{session}"
    rooms = owner.services.rooms
    await owner.until(
        lambda: [r.room.standing.hearing.get(visitor) for r in rooms.awake()] == [held]
    )
    for page in (emma, ines):
        await page.close()


async def test_desk_and_rooms_of_the_dead_may_go_to_different_processes(
    tmp_path: Path, database: str
) -> None:
    async with several(
        tmp_path, 3, place=database, redis=True, demonstration=True, process_timeout=1.5
    ) as three:
        first = three.servers[0].services
        await first.desks.of(first.main)
        day = await begun(three)
        await three.servers[0].kill()
        for page in day.pages:
            await page.hears("disconnected")
        await goes_on(three, day, three.servers[2])
