"""A server in a process of its own, to be asked from outside and killed: python -m ... <folder>"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from offhook.core.store.place import Place
from tests.signalling.signalling import signalling

_ROOT = Path(__file__).resolve().parents[2]


#: Has the first start make a contact centre too.
CENTRE = "--centre"
#: Says where the store is, when it is not in the folder.
_PLACE = "--place="


async def _stand(folder: Path, *allowed: str) -> None:
    """Serve until told to stop; say on standard output where, and with which key.

    `allowed`: where webhooks may go; `CENTRE`, whose people are told by login and password; and
    where the store is.
    """
    place = next((each.removeprefix(_PLACE) for each in allowed if each.startswith(_PLACE)), None)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with signalling(
        folder,
        failures_per_second=1000,
        knocks_per_second=1000,
        requests_per_second=1000,
        webhook_allowed_addresses=tuple(each for each in allowed if not each.startswith("--")),
        demonstration=CENTRE in allowed,
        place=place,
    ) as server:
        seeded = server.seeded
        told: dict[str, Any] = {"url": server.url}
        if seeded is not None:
            told |= {"key": seeded.key_id, "secret": seeded.key_secret}
            told["staff"] = {each.given.login: each.given.password for each in seeded.staff}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await stop.wait()


class Standing:
    """A running process; `told` is what it said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout
        self.told: dict[str, Any] = json.loads(process.stdout.readline())
        self.url = self.told["url"]

    @property
    def auth(self) -> tuple[str, str]:
        """The key and its secret, as the first start told them."""
        return self.told["key"], self.told["secret"]


@contextlib.contextmanager
def standing(folder: Path, *allowed: str, place: Place | None = None) -> Iterator[Standing]:
    """A server in a process of its own over the store in `folder`, or over that at `place`, whose
    webhooks may go to these addresses."""
    told = [str(folder), *allowed, *([] if place is None else [f"{_PLACE}{place}"])]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.signalling.standing", *told],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Standing(process)
    finally:
        process.terminate()
        process.wait(timeout=10)
        assert process.stdout
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_stand(Path(sys.argv[1]), *sys.argv[2:]))
