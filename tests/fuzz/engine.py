"""Runs one target under libFuzzer (atheris), guided by coverage.

Run: python -m tests.fuzz.engine NAME SECONDS FOLDER SEED. What is found stays in FOLDER; the exit
code is not 0 when the target raised what it may not, took too long or too much memory. With the
same seed, and the same PYTHONHASHSEED, the same inputs come in the same order.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fuzz.target import Target, guarded

#: Seconds that one input may take, and megabytes of the whole process.
SLOWEST, MOST_MEMORY = 2, 1500
#: What guides each target: to prepare a module for that takes seconds, so only what it exercises.
GUIDING: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("stun", "rtp", "rtcp", "payloads"), ("media.sfu", "media.load.checks")),
    **dict.fromkeys(("publisher", "feedback", "handshake"), ("media.sfu",)),
    **dict.fromkeys(("sip_message", "sip_stream"), ("media.sip.message",)),
    **dict.fromkeys(("rtp_session", "rtp_dtmf", "rtp_said"), ("media.rtp", "media.sfu.datapath")),
    "sdp": ("media.sfu.sdp",),
    "fragment": ("signalling.domain.ice_fragment",),
    "sockets": ("signalling.api.sockets", "socketio.packet"),
    "tokens": ("signalling.domain.tokens", "signalling.services.tokens", "jwt"),
    "bodies": ("signalling.api.decoding", "signalling.api.http"),
    "files": ("signalling.domain.files",),
    "file_names": ("signalling.domain.files",),
    "names": ("signalling.domain.names",),
    "expressions": ("signalling.domain.routing",),
    "tables": ("signalling.domain.contacts",),
    "configured": ("signalling.domain.configured", "signalling.domain.hours"),
    "webhooks": ("offhook.core.webhooks.signature",),
    "sip_sdp": ("media.sip.sdp", "media.rtp.sdes"),
    "sip_digest": ("media.sip.auth",),
    "addresses": ("offhook.core.webhooks.addresses", "offhook.core.webhooks.signature"),
}


def _target(name: str) -> Target:
    import atheris

    if name not in GUIDING:
        raise SystemExit(f"there is no target {name!r}")
    with atheris.instrument_imports(include=list(GUIDING[name]), enable_loader_override=False):
        from tests.fuzz.targets import TARGETS
    return TARGETS[name]


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
