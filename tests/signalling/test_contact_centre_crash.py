"""A contact centre is killed while visitors wait, ring and talk: all goes on where it was."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from offhook.core.clock import ManualClock
from offhook.core.store.place import Place
from tests.signalling.centre import Agent, Visitor, agent, site_key
from tests.signalling.people import PASSWORD, Browser
from tests.signalling.signalling import Person, Refused, Signalling, signalling
from tests.signalling.standing import CENTRE, Standing, standing
from tests.signalling.test_crash import kill

pytestmark = pytest.mark.integration


class Far:
    """A server in another process, as far as pages need to know it."""

    def __init__(self, running: Standing, http: aiohttp.ClientSession) -> None:
        self.url = running.url
        self.http = http
        self.people: list[Person] = []

    @property
    def server(self) -> Signalling:
        """For pages, which ask for its URL and its HTTP only."""
        return cast(Signalling, self)

    async def rest(self, path: str, auth: tuple[str, str]) -> list[dict[str, Any]]:
        """The items of a list, asked for by a program."""
        headers = {"Authorization": aiohttp.encode_basic_auth(*auth)}
        async with self.http.get(path, headers=headers) as reply:
            assert reply.status == 200, await reply.text()
            items: list[dict[str, Any]] = (await reply.json())["items"]
            return items


@contextlib.asynccontextmanager
async def far(running: Standing) -> AsyncIterator[Far]:
    """The door to a server in another process."""
    async with aiohttp.ClientSession(running.url) as http:
        made = Far(running, http)
        yield made
        for person in made.people:
            await person.close()


async def signs_in(there: Far, login: str, password: str) -> Agent:
    """An agent with a password of their own, available."""
    browser = Browser(there.server)
    await browser.sign_in(login, password)
    await browser.change(password, PASSWORD)
    made = Agent(there.server, login, browser)
    await made.works()
    return made


async def waits(there: Far, key: str, name: str, language: str = "en") -> Visitor:
    """A visitor who waits."""
    made = Visitor(there.server, name)
    await made.waits(key, language=language)
    return made


async def again(there: Far, key: str, before: Visitor) -> Visitor:
    """The same visitor's page, back at the server that was started again."""
    made = Visitor(there.server, before.name)
    made.resume = before.resume
    await made.opens(key)
    return made


async def comes_back(there: Far, before: Agent) -> Agent:
    """The same agent's page, back at the server that was started again."""
    browser = Browser(there.server)
    browser.cookies = before.browser.cookies
    made = Agent(there.server, before.login, browser)
    await made.enters()
    return made


async def resumes(there: Far, person: Person) -> None:
    """Somebody in the room of a call comes back to it."""
    person.server = there.server
    await person.resume()
    there.people.append(person)


async def test_after_a_kill_those_who_wait_ring_and_talk_go_on_where_they_were(
    tmp_path: Path, place: Place
) -> None:
    with standing(tmp_path, CENTRE, place=place) as first:
        async with far(first) as there:
            [site] = await there.rest("/v1/sites", first.auth)
            emma, chloe = [
                await signs_in(there, each, first.told["staff"][each]) for each in ("emma", "chloe")
            ]
            ines = await waits(there, site["key"], "Inès")
            in_room = [await emma.answers(), await ines.joins()]
            await ines.until(lambda visit: visit["state"] == "live")
            await emma.asks("hold", session=ines.state["session"], held=True)
            zoe = await waits(there, site["key"], "Zoé", "fr")
            offer = (await chloe.until(lambda desk: desk["offers"]))["offers"][0]
            line = [await waits(there, site["key"], name) for name in ("Ada", "Ben", "Cy")]
            before = {each["id"]: each for each in await there.rest("/v1/tasks", first.auth)}
            kill(first)
            for page in (emma, chloe, ines, zoe, *line):
                await page.hears("disconnected")
    with standing(tmp_path, place=place) as second:
        async with far(second) as there:
            key = site["key"]
            after = {each["id"]: each for each in await there.rest("/v1/tasks", first.auth)}
            for id, task in before.items():
                assert {**after[id], "age": 0, "state": 0} == {**task, "age": 0, "state": 0}
                assert after[id]["age"] >= task["age"]
            back = [await again(there, key, each) for each in line]
            assert [each.state["position"] for each in back] == [1, 2, 3]
            for person in in_room:
                await resumes(there, person)
            ines, emma = await again(there, key, ines), await comes_back(there, emma)
            assert (ines.state["state"], ines.state["held"]) == ("live", True)
            assert emma.state["contacts"][0]["held"]
            await emma.asks("hold", session=ines.state["session"], held=False)
            await ines.until(lambda visit: not visit["held"])
            chloe, zoe = await comes_back(there, chloe), await again(there, key, zoe)
            assert chloe.state["offers"][0]["session"] == offer["session"]
            assert chloe.state["agent"]["strikes"] == 0
            await chloe.answers()
            await zoe.joins()
            await zoe.until(lambda visit: visit["state"] == "live")
            given = [
                each["task"]
                for each in await there.rest("/v1/reservations", first.auth)
                if each["state"] == "accepted"
            ]
            assert len(given) == len(set(given)) == 2
            for page in (emma, chloe, ines, zoe, *back):
                await page.close()


async def test_an_offer_that_ran_out_while_the_server_was_dead_is_no_strike(
    tmp_path: Path, place: Place
) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, place=place, demonstration=True, clock=clock) as first:
        emma = await agent(first, "emma")
        await emma.works()
        ines = Visitor(first, "Inès")
        await ines.waits(await site_key(first))
        await emma.until(lambda desk: desk["offers"])
        await first.kill()
        cookies = emma.browser.cookies
    clock.advance(50)
    async with signalling(tmp_path, place=place, clock=clock) as second:
        browser = Browser(second)
        browser.cookies = cookies
        emma = Agent(second, "emma", browser)
        await emma.enters()
        state = await emma.until(lambda desk: desk["offers"])
        assert (state["agent"]["strikes"], state["agent"]["activity"] != "") == (0, True)
        await emma.answers()
        back = Visitor(second, "Inès")
        back.resume = ines.resume
        assert (await back.opens(await site_key(second)))["visit"]["state"] == "connecting"
        await emma.close()
        await back.close()


async def test_a_visitor_whose_page_does_not_come_back_after_a_restart_gives_up(
    tmp_path: Path, place: Place
) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, place=place, demonstration=True, clock=clock) as first:
        ines = Visitor(first, "Inès")
        await ines.waits(await site_key(first))
        await first.kill()
    async with signalling(tmp_path, place=place, clock=clock) as second:
        made = second.services.desks.at_hand(second.services.main)
        assert made is not None
        await made.owner.driver.settle()
        clock.advance(61)
        await made.owner.driver.settle()
        back = Visitor(second, "Inès")
        back.resume = ines.resume
        opened = await back.opens(await site_key(second))
        assert opened["visit"]["state"] == "abandoned"
        with pytest.raises(Refused) as refused:
            await back.asks("hang_up")
        assert refused.value.code == "session_over"
        await back.close()


async def test_a_call_to_which_nobody_comes_back_after_a_restart_ends(
    tmp_path: Path, place: Place
) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, place=place, demonstration=True, clock=clock) as first:
        emma = await agent(first, "emma")
        await emma.works()
        ines = Visitor(first, "Inès")
        await ines.waits(await site_key(first))
        await emma.answers()
        await ines.joins()
        await ines.until(lambda visit: visit["state"] == "live")
        await first.kill()
    async with signalling(tmp_path, place=place, clock=clock) as second:
        key = await site_key(second)
        back = Visitor(second, "Inès")
        back.resume = ines.resume
        assert (await back.opens(key))["visit"]["state"] == "live"
        clock.advance(30)
        over = await back.until(lambda visit: visit["state"] == "ended")
        assert over["ended"] == "connection_lost"
        await back.close()
