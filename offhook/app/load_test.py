"""The command `load-test`: its options, the tokens it needs, what it prints."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import signal
import sys
from typing import TYPE_CHECKING

from offhook.app import commands
from offhook.app.config import Config
from offhook.core.errors import InvalidInput, Misconfigured

if TYPE_CHECKING:
    from media.load.plan import Plan, Seat
    from media.load.results import Results
    from media.load.run import LoadTest
    from signalling.domain.tokens import Claims

_DESCRIPTION = """\
Fill rooms with participants that speak the whole protocol but have no codecs: they send filler of
the right sizes at the right times, receive everything, and count it. The table at the end tells
joins, packets and delays; the exit code is 1 when a join failed, somebody was out early, or more
was lost than asked for and 1 % more. Ctrl-C ends the test early and prints what there is.

Delays are one-way, from one client to another in this process. Run it on another machine than the
server to measure the server alone; on the same one they share the processors."""

#: Seconds that tokens last beyond the test: joining many takes a while.
_SPARE = 3600
#: Sockets of a participant, and files that a process has open anyhow.
_FILES_EACH, _FILES_ANYHOW = 4, 100


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "load-test",
        help="fill rooms with light participants and measure",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", help="the server (default: the one of this machine's settings)")
    parser.add_argument("--insecure", action="store_true", help="take any TLS certificate")
    _add_people(parser)
    _add_media(parser)
    parser.add_argument("--key", metavar="ID", help="API key id (or OFFHOOK_API_KEY)")
    parser.add_argument("--secret", metavar="SECRET", help="its secret (or OFFHOOK_API_SECRET)")
    parser.add_argument(
        "--data-dir", metavar="DIR", help="folder of the store that signs without a key"
    )
    parser.set_defaults(command=run)


def _add_people(parser: argparse.ArgumentParser) -> None:
    people = parser.add_argument_group("people")
    people.add_argument("--rooms", type=int, default=1, metavar="N", help="rooms (default: 1)")
    people.add_argument(
        "--publishers",
        type=int,
        default=2,
        metavar="P",
        help="in each room, who send and receive (default: 2)",
    )
    people.add_argument(
        "--subscribers",
        type=int,
        default=0,
        metavar="S",
        help="in each room, who only receive (default: 0)",
    )
    people.add_argument(
        "--room-prefix", default="load", metavar="NAME", help="rooms are NAME-1, … (default: load)"
    )
    people.add_argument(
        "--ramp", type=float, default=20.0, metavar="N", help="joins a second (default: 20)"
    )
    people.add_argument(
        "--duration",
        default="30s",
        metavar="TIME",
        help="how long they stay once all are in: 30s, 5m; at most 60m (default: 30s)",
    )


def _add_media(parser: argparse.ArgumentParser) -> None:
    media = parser.add_argument_group("media")
    kinds = media.add_mutually_exclusive_group()
    kinds.add_argument("--audio", dest="kinds", action="store_const", const="audio", help="sound")
    kinds.add_argument("--video", dest="kinds", action="store_const", const="video", help="video")
    kinds.add_argument(
        "--both",
        dest="kinds",
        action="store_const",
        const="both",
        default="both",
        help="sound and video (default)",
    )
    media.add_argument(
        "--packets-per-second",
        type=float,
        default=100.0,
        metavar="N",
        help="of each video, 1200 bytes each, at most 30 bursts a second (default: 100)",
    )
    media.add_argument(
        "--loss",
        default="0%",
        metavar="SHARE",
        help="share of the datagrams that every client loses on purpose, of those it sends and of "
        "those it gets: 2%% (default: 0%%). Video is repaired; of sound twice as much is lost",
    )


def run(config: Config, given: argparse.Namespace) -> int:
    """Run a load test; return 1 when it did not go well."""
    from media.load.reach import reach
    from media.load.results import table
    from offhook.core.telemetry import configure_logs

    configure_logs(json=False, level="warning")
    plan = plan_of(given)
    plan.check()
    allow_files(_FILES_EACH * plan.participants + _FILES_ANYHOW)
    url = (given.url or config.url).rstrip("/")
    commands.run(reach(url, verify_tls=not given.insecure))
    seats = [*plan.seats(publishing=True), *plan.seats(publishing=False)]
    claims = [claims_of(seat) for seat in seats]
    signed = commands.sign_all(config, given, claims, int(plan.seconds) + _SPARE)
    conducted = _conduct(plan, url, dict(zip(seats, signed, strict=True)), not given.insecure)
    results = commands.run(conducted)
    commands.say(table(results))
    for complaint in results.complaints:
        sys.stderr.write(f"offhook: {complaint}\n")
    return 1 if results.complaints else 0


def plan_of(given: argparse.Namespace) -> Plan:
    """The plan that the options describe; raise `InvalidInput` for what cannot be read."""
    from media.load.plan import Plan
    from media.load.sources import Profile

    return Plan(
        rooms=given.rooms,
        publishers=given.publishers,
        subscribers=given.subscribers,
        seconds=commands.seconds(given.duration, "duration"),
        profile=Profile(
            audio=given.kinds != "video",
            video=given.kinds != "audio",
            packets_per_second=given.packets_per_second,
        ),
        loss=share(given.loss, "loss"),
        ramp=given.ramp,
        room_prefix=given.room_prefix,
    )


def share(text: str, field: str) -> float:
    """Read a share such as `2%` or `0.5%`; raise `InvalidInput`."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)\s*%", text.strip())
    if not found:
        raise InvalidInput(f"`{text}` is no share; write 2% or 0.5%.", field=field)
    return float(found[1]) / 100


def claims_of(seat: Seat) -> Claims:
    """What the token of a participant says."""
    from offhook.core.contracts.grants import VideoGrant
    from signalling.domain import names
    from signalling.domain.tokens import Claims

    room = names.room_name(seat.room, "room-prefix")
    video = VideoGrant(room_join=True, room=room, can_publish=None if seat.publishes else False)
    return Claims(sub=seat.identity, name=seat.identity, video=video)


def allow_files(number: int) -> None:
    """Let this process open so many files; raise `Misconfigured` when the system forbids it."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < number:
        if hard != resource.RLIM_INFINITY and hard < number:
            raise Misconfigured(
                f"So many participants need {number} open files, and the limit is {hard}: "
                f"raise it with `ulimit -n {number}`, or ask for fewer."
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


async def _conduct(plan: Plan, url: str, tokens: dict[Seat, str], verify_tls: bool) -> Results:
    import random

    from media.load.run import Door, LoadTest
    from offhook.core.clock import SystemClock
    from offhook.core.tasks import Tasks

    door = Door(url, tokens.__getitem__, verify_tls)
    async with Tasks() as tasks, LoadTest(plan, door, SystemClock(), random.SystemRandom()) as test:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(name, test.stop.set)
        if sys.stdout.isatty():
            tasks.spawn(_progress(test), "progress")
        await test.fill()
        if test.results().joined:
            await test.hold()
        return await test.finish()


async def _progress(test: LoadTest) -> None:
    """A line each second."""
    from media.load.results import progress

    before = test.results()
    while True:
        await asyncio.sleep(1)
        now = test.results()
        commands.say(progress(now, before))
        before = now
