"""GStreamer's encoder as a process: started, waited for, told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import glob
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

_PYTHON = "/usr/bin/python3"
_SCRIPT = Path(__file__).with_name("gst_encoder.py")
#: What the encoder stands on, each by the package that brings it.
_NEEDED = {
    "python3-gi": "/usr/lib/python3/dist-packages/gi/__init__.py",
    "gir1.2-gst-plugins-bad-1.0": "/usr/lib/*/girepository-1.0/GstWebRTC-1.0.typelib",
    "gstreamer1.0-plugins-base": "/usr/lib/*/gstreamer-1.0/libgstopus.so",
    "gstreamer1.0-plugins-good": "/usr/lib/*/gstreamer-1.0/libgstvpx.so",
    "gstreamer1.0-plugins-bad": "/usr/lib/*/gstreamer-1.0/libgstwebrtc.so",
    "gstreamer1.0-nice": "/usr/lib/*/gstreamer-1.0/libgstnice.so",
}
_WITHIN = 15.0


class GstEncoder:
    """One that is running; everything it said is in `said`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[dict[str, Any]] = []

    async def says(self, **wanted: Any) -> dict[str, Any]:
        """The first thing that it says with these values, now or soon."""
        assert self._process.stdout
        async with asyncio.timeout(_WITHIN):
            while True:
                for told in self.said:
                    if all(told.get(name) == value for name, value in wanted.items()):
                        return told
                line = await self._process.stdout.readline()
                assert line, f"the encoder ended; it said {self.said}"
                if line.startswith(b"{"):
                    self.said.append(json.loads(line))

    async def stop(self) -> None:
        """Have it delete its session, and wait until it has ended."""
        if self._process.stdin and not self._process.stdin.is_closing():
            self._process.stdin.close()
            await self.says(what="deleted")
        async with asyncio.timeout(_WITHIN):
            await self._process.wait()

    def kill(self) -> None:
        """Let it vanish without a word."""
        if self._process.returncode is None:
            self._process.kill()


@contextlib.asynccontextmanager
async def gst_encoder(url: str, token: str, hertz: int) -> AsyncIterator[GstEncoder]:
    """Publish a tone and a picture to a WHIP endpoint until the block ends."""
    missing = [package for package, file in _NEEDED.items() if not glob.glob(file)]
    assert not missing, (
        f"GStreamer is missing: apt-get install -y --no-install-recommends {' '.join(missing)}"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        _PYTHON, str(_SCRIPT), url, token, str(hertz), stdin=pipe, stdout=pipe
    )
    encoder = GstEncoder(process)
    try:
        yield encoder
    finally:
        encoder.kill()
        await process.wait()
