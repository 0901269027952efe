"""Runs one target under libFuzzer (atheris), guided by coverage.

Run: python -m tests.fuzz.engine NAME SECONDS FOLDER SEED. What is found stays in FOLDER; the exit
code is not 0 when the target raised what it may not, took too long or too much memory. With the
same seed, and the same PYTHONHASHSEED, the same inputs come in the same order.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from pathlib import Path
from typing import cast

from tests.fuzz.target import Target, guarded

#: Seconds that one input may take, and megabytes of the whole process.
SLOWEST, MOST_MEMORY = 2, 1500
#: What is instrumented, by where the target is from: each module takes time to start.
_GUIDING = {
    "wire_targets": ["media.sfu", "media.load.checks"],
    "text_targets": [
        "media.sfu.sdp",
        "offhook.core.webhooks.addresses",
        "offhook.core.webhooks.signature",
        "signalling.api.decoding",
        "signalling.api.http",
        "signalling.api.sockets",
        "signalling.domain",
        "signalling.services.tokens",
        "jwt",
        "socketio.packet",
    ],
}


def _target(name: str) -> Target:
    import atheris

    for module, guiding in _GUIDING.items():
        with atheris.instrument_imports(include=guiding, enable_loader_override=False):
            found = importlib.import_module(f"tests.fuzz.{module}").TARGETS
        for target in found:
            if target.name == name:
                return cast(Target, target)
    raise SystemExit(f"there is no target {name!r}")


def main() -> None:
    """Fuzz; libFuzzer ends the process."""
    import atheris

    name, seconds, folder, seed = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    target = _target(name)
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.corpus()):
        (corpus / f"{number:04}").write_bytes(data)
    loop = asyncio.new_event_loop()

    async def inside() -> None:
        """Targets with timers need a running loop, which never turns."""
        options = [
            f"-seed={seed}",
            f"-max_total_time={seconds}",
            f"-timeout={SLOWEST}",
            f"-rss_limit_mb={MOST_MEMORY}",
            f"-max_len={target.longest}",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
            "-verbosity=0" if seconds == "0" else "-verbosity=1",
            str(corpus),
        ]
        atheris.Setup([sys.argv[0], *options], guarded(target))
        atheris.Fuzz()

    loop.run_until_complete(inside())


if __name__ == "__main__":
    main()
