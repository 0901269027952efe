"""Whatever dies, pauses or breaks: every client is told each fact once, in order, and what was
accepted is among them."""

from __future__ import annotations

import asyncio
import contextlib
import random
from pathlib import Path

import pytest
from socketio.exceptions import SocketIOError

from tests.signalling.several import Several, several
from tests.signalling.signalling import Person, Refused, Signalling

pytestmark = pytest.mark.model

_STEPS = 14
_PATIENCE = 15.0


class Follower:
    """Somebody who stays in the room whatever happens, and notes the number of every fact."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.first = int(person.place["snapshot"]["seq"])
        self.numbers: list[int] = []
        self.said: list[str] = []
        self._heard = 0

    def note(self) -> None:
        """Take in what was told since."""
        new = self.person.facts[self._heard :]
        self._heard += len(new)
        self._take(new)

    def _take(self, facts: list[dict[str, object]]) -> None:
        for fact in facts:
            self.numbers.append(int(str(fact["seq"])))
            data = fact["data"]
            if fact["type"] == "chat_sent" and isinstance(data, dict):
                self.said.append(data["message"]["text"])

    @property
    def last(self) -> int:
        """The last fact it knows."""
        return self.numbers[-1] if self.numbers else self.first

    async def come_back(self, servers: list[Signalling], chance: random.Random) -> None:
        """Resume at one of these processes or another, until one lets it in."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                self.person.server = chance.choice(servers)
                self.note()
                try:
                    found = await self.person.resume(self.last)
                except Refused as refused:
                    if not refused.problem["retryable"]:
                        raise
                except (SocketIOError, OSError):
                    pass
                else:
                    self._take(found["missed"])
                    return
                with contextlib.suppress(SocketIOError):
                    await self.person.socket.disconnect()

    async def say(self, text: str) -> bool:
        """Whether what it said was accepted."""
        try:
            return bool((await self.person.raw("chat", {"text": text}))["ok"])
        except (SocketIOError, OSError):
            return False


class World:
    """The processes that live, those that stand still, and the people."""

    def __init__(self, house: Several, people: list[Follower], chance: random.Random) -> None:
        self.house = house
        self.living = list(house.servers)
        self.people = people
        self.chance = chance
        self.accepted: list[str] = []
        self.count = 0

    async def step(self) -> None:
        """Something happens, and then everybody who was cut off comes back."""
        happening = self.chance.choice([self.talk, self.talk, self.kill, self.pause, self.cut])
        await happening()
        await self.gather()

    async def talk(self) -> None:
        """Everybody says something at once."""
        lines = [f"line {self.count + n}" for n in range(len(self.people))]
        self.count += len(lines)
        answers = await asyncio.gather(
            *(who.say(line) for who, line in zip(self.people, lines, strict=True))
        )
        self.accepted += [line for line, ok in zip(lines, answers, strict=True) if ok]

    async def kill(self) -> None:
        """A process dies in the middle of talk; another is started."""
        victim = self.chance.choice(self.living)
        talking = asyncio.ensure_future(self.talk())
        await asyncio.sleep(self.chance.random() / 100)
        self.living.remove(victim)
        await victim.kill()
        self.living.append(await self.house.add())
        await talking

    async def pause(self) -> None:
        """A process stands still for so long that others give it up."""
        server = self.chance.choice(self.living)
        server.pause()
        others = [each for each in self.living if each is not server]
        node = server.services.processes.node
        async with asyncio.timeout(_PATIENCE):
            while True:
                if all(other.services.processes.dead(node) for other in others):
                    break
                await asyncio.sleep(0.02)
        server.go_on()

    async def cut(self) -> None:
        """Somebody's connection breaks."""
        who = self.chance.choice(self.people).person
        if who.socket.connected:
            await who.lose_network()

    async def gather(self) -> None:
        """Everybody is in the room again, and knows what everybody knows."""
        async with asyncio.timeout(2 * _PATIENCE):
            while True:
                for who in self.people:
                    if not who.person.socket.connected:
                        await who.come_back(self.living, self.chance)
                line = f"roll call {self.count}"
                self.count += 1
                if await self.people[0].say(line):
                    self.accepted.append(line)
                    if await self._all_heard(line):
                        return

    async def _all_heard(self, line: str) -> bool:
        """Whether everybody hears it before a connection breaks."""
        while True:
            for who in self.people:
                who.note()
            if all(line in who.said for who in self.people):
                return True
            if not all(who.person.socket.connected for who in self.people):
                return False
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("seed", range(2))
async def test_facts_have_no_gap_and_no_double_whatever_dies(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with several(tmp_path, count=3) as house:
        people = [
            Follower(await server.joined(name, room="attic"))
            for server, name in zip(house.servers, ("Ada", "Ben", "Cleo"), strict=True)
        ]
        world = World(house, people, chance)
        await world.gather()
        for _ in range(_STEPS):
            await world.step()
        for who in people:
            assert who.numbers == list(range(who.first + 1, who.last + 1))
            assert [line for line in world.accepted if who.said.count(line) != 1] == []
