"""Real Chromium with a tone for a microphone, and what the tests ask of a room's page."""

from __future__ import annotations

import contextlib
import math
import struct
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--use-fake-device-for-media-stream=fps=10",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE 10.*",
)
_INSTALLED = CHROMIUM.exists()
_LOOPBACK = "--allow-loopback-in-peer-connection"

#: Keeps every peer connection of the page where the tests can look at it, and turns sound
#: processing off, which would swallow a steady tone. The product has no hook for either.
_WATCH = """
(() => {
  const Native = window.RTCPeerConnection;
  window.__connections = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...given) { super(...given); window.__connections.push(this); }
  };
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const native = devices.getUserMedia.bind(devices);
  devices.getUserMedia = constraints => {
    if (constraints && constraints.audio) {
      const audio = typeof constraints.audio === 'object' ? constraints.audio : {};
      constraints = {...constraints, audio: {...audio,
        echoCancellation: false, noiseSuppression: false, autoGainControl: false}};
    }
    return native(constraints);
  };
})();
"""

#: What Chromium itself writes when a server is away; the page cannot keep it from doing so.
_NETWORK = ("Failed to load resource", "WebSocket connection to")

#: The strongest frequencies of every remote audio track that is alive, with their level in dB.
_PEAKS = """
async () => {
  const tracks = [];
  for (const connection of window.__connections)
    for (const line of connection.getTransceivers()) {
      const receiving = ['recvonly', 'sendrecv'].includes(line.currentDirection);
      if (receiving && line.receiver.track.kind === 'audio') tracks.push(line.receiver.track);
    }
  const context = new AudioContext({sampleRate: 48000});
  await context.resume();
  const analysers = tracks.map(track => {
    const analyser = context.createAnalyser();
    analyser.fftSize = 16384;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    return analyser;
  });
  await new Promise(resolve => setTimeout(resolve, 700));
  const heard = analysers.map(analyser => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let best = 1;
    for (let i = 2; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
    return {hz: best * 48000 / 16384, db: bins[best]};
  });
  await context.close();
  return heard;
}
"""

_VIDEO = """
async () => {
  const seen = [];
  for (const connection of window.__connections) {
    if (connection.connectionState === 'closed') continue;
    (await connection.getStats()).forEach(report => {
      if (report.type === 'inbound-rtp' && report.kind === 'video')
        seen.push({mid: report.mid, frames: report.framesDecoded || 0,
                   width: report.frameWidth || 0, height: report.frameHeight || 0});
    });
  }
  return seen;
}
"""


def tone_file(folder: Path, hertz: int) -> Path:
    """A WAV file of one second and a whole number of periods, which Chromium loops."""
    path = folder / f"tone{hertz}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        samples = (int(9000 * math.sin(2 * math.pi * hertz * i / 48000)) for i in range(48000))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


@contextlib.asynccontextmanager
async def playwright() -> AsyncIterator[Playwright]:
    """Playwright with Debian's Chromium; a missing browser is a failure that says what to do."""
    if not _INSTALLED:
        raise AssertionError(
            "Chromium is missing: apt-get install -y --no-install-recommends chromium"
        )
    async with async_playwright() as running:
        yield running


async def browser(
    running: Playwright,
    folder: Path,
    hertz: int,
    *more: str,
    loopback: bool = True,
    program: Path = CHROMIUM,
) -> Browser:
    """A Chromium whose microphone is a tone of `hertz`."""
    flags = [*_FLAGS, f"--use-file-for-fake-audio-capture={tone_file(folder, hertz)}", *more]
    if loopback:
        flags.append(_LOOPBACK)
    return await running.chromium.launch(executable_path=str(program), args=flags)


class Guest:
    """Somebody in a room: a page, and what a person would do and notice on it."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)

    def _console(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(_NETWORK):
            self.complaints.append(message.text)

    async def join(self, url: str) -> None:
        """Open the link, give a name, press Join, and be in the call."""
        await self.page.goto(url)
        await self.page.get_by_role("textbox", name="Your name").fill(self.name)
        await self.press("Join")
        await self.button("Leave").wait_for()

    def button(self, name: str) -> Any:
        """A button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def press(self, name: str) -> None:
        """Press a button by its accessible name."""
        await self.button(name).click()

    def tile(self, name: str) -> Any:
        """The figure of a participant."""
        return self.page.get_by_role("figure", name=name, exact=True)

    async def sees(self, name: str, *, within: float = 10) -> None:
        """Wait until there is a tile of `name`."""
        await self.tile(name).first.wait_for(timeout=within * 1000)

    async def misses(self, name: str, *, within: float = 10) -> None:
        """Wait until there is no tile of `name` any more."""
        await self.tile(name).first.wait_for(state="detached", timeout=within * 1000)

    async def hears(self, *hertz: int, within: float = 10) -> None:
        """Wait until exactly these tones are heard, each on a track of its own."""
        heard: list[dict[str, float]] = []
        for _ in range(max(1, round(within))):
            heard = await self._peaks()
            tones = sorted(peak["hz"] for peak in heard if peak["db"] > -60)
            if len(tones) == len(hertz) and all(
                abs(a - b) < 4 for a, b in zip(tones, sorted(hertz), strict=True)
            ):
                return
        raise AssertionError(f"{self.name} hears {heard}, not {sorted(hertz)}")

    async def hears_one_of(self, hertz: Sequence[float], *, within: float = 10) -> None:
        """Wait until one track sounds and no other, the loudest of it one of these tones."""
        heard: list[dict[str, float]] = []
        for _ in range(max(1, round(within))):
            heard = await self._peaks()
            tones = [peak["hz"] for peak in heard if peak["db"] > -60]
            if len(tones) == 1 and min(abs(tones[0] - tone) for tone in hertz) < 4:
                return
        raise AssertionError(f"{self.name} hears {heard}, not one of {hertz}")

    async def _peaks(self) -> list[dict[str, float]]:
        return cast("list[dict[str, float]]", await self.page.evaluate(_PEAKS))

    async def video(self) -> list[dict[str, Any]]:
        """What is decoded of every incoming video."""
        return cast("list[dict[str, Any]]", await self.page.evaluate(_VIDEO))

    async def decodes(self, count: int, *, within: float = 10, width: int = 0) -> None:
        """Wait until `count` incoming videos go on being decoded (one at least `width` wide)."""
        before = {video["mid"]: video["frames"] for video in await self.video()}
        moving: list[dict[str, Any]] = []
        for _ in range(max(1, round(within * 4))):
            await self.page.wait_for_function(_A_FRAME)
            now = await self.video()
            moving = [v for v in now if v["frames"] > before.get(v["mid"], 0) + 4]
            if len(moving) == count and any(v["width"] >= width for v in moving):
                return
        raise AssertionError(f"{self.name} decodes {await self.video()}, not {count}")


#: A quarter of a second of the page's own time.
_A_FRAME = """
() => new Promise(resolve => setTimeout(() => resolve(true), 250))
"""


async def guest(
    where: Browser, name: str, *, context: BrowserContext | None = None, **options: Any
) -> Guest:
    """A person with a page of their own (in `context`, or in a new one)."""
    own = context or await where.new_context(
        **{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
    )
    await own.add_init_script(_WATCH)
    page = await own.new_page()
    return Guest(page, name)
