"""A room in which somebody comes, is heard and leaves, for ten minutes: does anything stay behind?

A tone and an ear stay in the room all the while. Every comer is a child process that publishes a
tone of its own, must be heard by the ear, and leaves.
"""

from __future__ import annotations

import asyncio

from bench import report
from bench.server import Measured, measured_server
from media.peers.control import Heard
from media.peers.probe import EarProbe, ToneProbe

SECONDS = 600.0
#: The first comers fill pools and caches; what is counted is the growth after them.
WARM = 20
RESIDENT_TONE = 440.0
#: Comers take these tones in turn, so that one who left is not taken for the next.
COMER_TONES = (600.0, 760.0, 920.0, 1080.0)
#: Hertz between a tone that was sent and the same heard.
NEAR = 5.0


async def come_and_go(server: Measured, ear: EarProbe, number: int) -> bool:
    """One comer; whether the ear heard it, with the resident, within its limit."""
    token = await server.token(f"comer-{number}")
    tone = COMER_TONES[number % len(COMER_TONES)]
    async with ToneProbe(server.url, token, tone=tone):
        try:
            await ear.until(lambda heard: _has(heard, RESIDENT_TONE) and _has(heard, tone))
        except TimeoutError:
            return False
    return True


def _has(heard: Heard, tone: float) -> bool:
    return any(abs(found - tone) < NEAR for found in heard.tones())


async def soak(page: report.Report) -> None:
    """Let people come and go until the time is over; compare the server before and after."""
    async with (
        measured_server() as server,
        ToneProbe(server.url, await server.token("resident"), tone=RESIDENT_TONE),
        EarProbe(server.url, await server.token("ear")) as ear,
    ):
        for number in range(WARM):
            await come_and_go(server, ear, number)
        memory, files, threads = server.memory(), server.open_files(), server.threads()
        loop = asyncio.get_running_loop()
        end, came, unheard = loop.time() + SECONDS, 0, 0
        while loop.time() < end:
            unheard += not await come_and_go(server, ear, WARM + came)
            came += 1
        page.figure("people who came and left", came, "")
        page.figure("of them not heard", unheard, "", at_most=0)
        page.figure("growth of memory", server.memory() - memory, "MB", at_most=10)
        page.figure("growth of open files", server.open_files() - files, "", at_most=0)
        page.figure("growth of threads", server.threads() - threads, "", at_most=0)


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("soak_rooms", "People who come and go for ten minutes")
    page.note(f"Counted from the state after the first {WARM} people.")
    asyncio.run(soak(page))
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
