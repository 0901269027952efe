"""Browsers that are hard to reach: no UDP, only a relay, a bad line, another machine's page."""

from __future__ import annotations

import ssl
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Playwright

from tests.support.browser import Guest, browser, guest
from tests.support.coturn import coturn
from tests.support.impairment import NEAR, BadNetwork, Weather, bad_network
from tests.support.network import SERVER_ADDRESS, network
from tests.support.ports import free_port
from tests.support.server import Server, offhook_server

pytestmark = pytest.mark.e2e

_PAIR = """
async () => {
  const found = [];
  for (const connection of window.__connections) {
    if (connection.connectionState !== 'connected') continue;
    const stats = await connection.getStats();
    stats.forEach(report => {
      if (report.type !== 'transport' || !report.selectedCandidatePairId) return;
      const pair = stats.get(report.selectedCandidatePairId);
      const local = stats.get(pair.localCandidateId);
      found.push(`${local.candidateType}/${local.relayProtocol || local.protocol}`);
    });
  }
  return found;
}
"""

_SOUND = """
async () => {
  let samples = 0, concealed = 0, silent = 0, lost = 0, received = 0;
  for (const connection of window.__connections) {
    if (connection.connectionState !== 'connected') continue;
    (await connection.getStats()).forEach(report => {
      if (report.type !== 'inbound-rtp' || report.kind !== 'audio') return;
      samples += report.totalSamplesReceived || 0;
      concealed += report.concealedSamples || 0;
      silent += report.silentConcealedSamples || 0;
      lost += report.packetsLost || 0;
      received += report.packetsReceived || 0;
    });
  }
  return {samples, concealed, silent, lost, received};
}
"""


_A_SECOND = "() => new Promise(resolve => setTimeout(resolve, 1000))"


async def two_people(
    chromium: Playwright, folder: Path, server: Server, link: BadNetwork
) -> tuple[Guest, Guest]:
    """Ada is near the server, Ben behind the link; both are in the room."""
    secure = f"--unsafely-treat-insecure-origin-as-secure={server.url}"
    near = await browser(chromium, folder, 440, secure, loopback=False)
    far = await browser(
        chromium, folder, 880, secure, loopback=False, program=link.chromium(folder)
    )
    ada, ben = await guest(near, "Ada"), await guest(far, "Ben")
    await ada.join(f"{server.url}/r/demo")
    await ben.join(f"{server.url}/r/demo")
    return ada, ben


async def meet(ada: Guest, ben: Guest) -> None:
    """Both hear and see each other."""
    await ada.hears(880, within=20)
    await ben.hears(440, within=20)
    await ada.decodes(1)
    await ben.decodes(1)


async def part(*people: Guest) -> None:
    """Close their browsers."""
    for person in people:
        if where := person.page.context.browser:
            await where.close()


async def test_a_browser_without_udp_talks_over_tcp(chromium: Playwright, tmp_path: Path) -> None:
    web, media = free_port(), free_port()
    weather = Weather(only=frozenset({("tcp", web), ("tcp", media)}))
    async with bad_network(weather) as link:
        settings = {
            "OFFHOOK_HOST": NEAR,
            "OFFHOOK_PORT": str(web),
            "OFFHOOK_MEDIA_PORT": str(media),
        }
        async with offhook_server(tmp_path / "data", env=settings) as server:
            ada, ben = await two_people(chromium, tmp_path, server, link)
            await meet(ada, ben)
            ways = await ben.page.evaluate(_PAIR)
            assert len(ways) == 2
            assert {way.partition("/")[2] for way in ways} == {"tcp"}
            await part(ada, ben)
    assert weather.dropped > 0


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_browser_that_reaches_only_the_relay_talks_through_it(
    chromium: Playwright, tmp_path: Path, transport: str
) -> None:
    web = free_port()
    weather = Weather()
    async with bad_network(weather) as link, coturn(tmp_path, NEAR) as relay:
        weather.only = frozenset({("tcp", web), (transport, relay.port)})
        settings = {
            "OFFHOOK_HOST": NEAR,
            "OFFHOOK_PORT": str(web),
            "OFFHOOK_TURN_URLS": relay.urls(transport),
            "OFFHOOK_TURN_SECRET": relay.secret,
        }
        async with offhook_server(tmp_path / "data", env=settings) as server:
            ada, ben = await two_people(chromium, tmp_path, server, link)
            await meet(ada, ben)
            assert set(await ben.page.evaluate(_PAIR)) == {f"relay/{transport}"}
            await part(ada, ben)


async def test_a_lossy_and_slow_line_carries_a_conversation(
    chromium: Playwright, tmp_path: Path
) -> None:
    weather = Weather(loss=0.05, delay=0.1)
    settings = {"OFFHOOK_HOST": NEAR}
    async with (
        bad_network(weather) as link,
        offhook_server(tmp_path / "data", env=settings) as server,
    ):
        ada, ben = await two_people(chromium, tmp_path, server, link)
        await meet(ada, ben)
        before = await ben.page.evaluate(_SOUND)
        after = before
        while after["samples"] < before["samples"] + 10 * 48_000:
            await ben.page.evaluate(_A_SECOND)
            after = await ben.page.evaluate(_SOUND)
        await ben.hears(440)
        await ada.hears(880)
        await part(ada, ben)
    samples = after["samples"] - before["samples"]
    concealed = (after["concealed"] - before["concealed"]) / samples
    assert concealed < 0.10, f"{concealed:.1%} of what Ben heard was made up"
    assert after["lost"] > before["lost"]
    assert weather.dropped > 0


async def test_another_machine_opens_the_page_of_serve_lan(
    chromium: Playwright, tmp_path: Path
) -> None:
    async with network() as cable:
        port = free_port(SERVER_ADDRESS)
        settings = {"OFFHOOK_HOST": SERVER_ADDRESS, "OFFHOOK_PORT": str(port)}
        async with offhook_server(tmp_path / "data", "--lan", env=settings) as server:
            url = f"https://{SERVER_ADDRESS}:{port}"
            assert f"{url}/" in server.tail()
            trusted = ssl.create_default_context(cafile=str(tmp_path / "data" / "lan.crt"))
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{url}/healthz", ssl=trusted) as reply,
            ):
                assert reply.status == 200
            where = await browser(
                chromium,
                tmp_path,
                880,
                "--ignore-certificate-errors",
                loopback=False,
                program=cable.chromium(tmp_path),
            )
            ada, ben = await guest(where, "Ada"), await guest(where, "Ben")
            await ada.join(f"{url}/r/demo")
            await ben.join(f"{url}/r/demo")
            assert await ben.page.evaluate("window.isSecureContext")
            await ada.hears(880)
            await ada.decodes(1)
            await where.close()
