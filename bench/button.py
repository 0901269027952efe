"""From the visitor's click to the agent's page that rings, and the panel's first paint, in real
Chromium."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Frame, Page

from bench import report
from tests.e2e.office import open_office

CALLS = 20
_LIMIT = 15_000

#: Notes when a button of this name is in the page, by the clock that all pages of a machine share.
_WATCH = """
name => {
  window.__rang = null;
  const look = root => [...root.querySelectorAll('*')].some(each =>
    each.tagName === 'BUTTON' && each.textContent.trim().startsWith(name)
    || each.shadowRoot && look(each.shadowRoot));
  const watch = () => {
    if (look(document)) window.__rang = performance.timeOrigin + performance.now();
    else requestAnimationFrame(watch);
  };
  watch();
}
"""
_RANG = """
() => new Promise(resolve => {
  const look = () => window.__rang === null ? setTimeout(look, 5) : resolve(window.__rang);
  look();
})
"""
#: Notes when something is clicked.
_CLICKS = """
() => addEventListener('click', event => {
  window.__clicked = performance.timeOrigin + event.timeStamp;
}, {capture: true})
"""
_BEGAN = "performance.timeOrigin"
_SINCE_CLICK = "performance.timeOrigin + performance.now() - window.__clicked"
_PAINTED = """
() => new Promise(resolve => {
  const told = entries => {
    const found = entries.find(entry => entry.name === 'first-contentful-paint');
    if (found) resolve(performance.timeOrigin + found.startTime);
  };
  new PerformanceObserver(list => told(list.getEntries()))
    .observe({type: 'paint', buffered: true});
})
"""


async def panel(page: Page, shop: str) -> tuple[Frame, float]:
    """Press the button of the shop; the panel, and milliseconds from the click to its paint."""
    await page.goto(shop)
    await page.evaluate(_CLICKS)
    button = page.get_by_role("button", name="Call us")
    await button.click()
    shown = await page.wait_for_selector("iframe")
    found = None if shown is None else await shown.content_frame()
    assert found is not None
    painted = float(await found.evaluate(_PAINTED))
    return found, painted - float(await page.evaluate("window.__clicked"))


async def call(desk: Page, where: Browser, shop: str) -> tuple[float, float, float]:
    """Milliseconds from the click that opens the panel to its first paint and to its form, and from
    the click that starts the call to the agent's page that rings."""
    context = await where.new_context(locale="en-GB", permissions=["microphone"])
    page = await context.new_page()
    inside, painted = await panel(page, shop)
    await inside.get_by_label("Your name").wait_for()
    ready = float(await page.evaluate(_SINCE_CLICK))
    await inside.get_by_label("Your name").fill("Inès")
    await inside.get_by_label("What is it about?").select_option(label="An order")
    await inside.get_by_role("checkbox").check()
    await inside.get_by_role("button", name="Call us").click()
    start = inside.get_by_role("button", name="Start the call")
    await start.wait_for()
    await inside.evaluate(_CLICKS)
    await desk.evaluate(_WATCH, "Accept")
    await start.click()
    async with asyncio.timeout(_LIMIT / 1000):
        rang = float(await desk.evaluate(_RANG))
    rang -= float(await inside.evaluate("window.__clicked"))
    await inside.get_by_role("button", name=re.compile("Leave|Hang up")).first.click()
    await desk.get_by_role("button", name="Accept").wait_for(state="hidden", timeout=_LIMIT)
    await context.close()
    return painted, ready, rang


async def alone(where: Browser, url: str) -> float:
    """Milliseconds from asking for the panel's page to its first paint, with nothing cached."""
    context = await where.new_context(locale="en-GB")
    page = await context.new_page()
    await page.goto(url)
    took = float(await page.evaluate(_PAINTED)) - float(await page.evaluate(_BEGAN))
    await context.close()
    return took


async def measure(page: report.Report) -> None:
    """One agent, and one visitor after the other."""
    painted: list[float] = []
    ready: list[float] = []
    rang: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office:
            desk = (await office.agent("emma")).page
            where = desk.context.browser
            assert where is not None
            for _ in range(CALLS):
                shown, form, ringing = await call(desk, where, office.shop)
                painted.append(shown)
                ready.append(form)
                rang.append(ringing)
                page.pause()
            key = await site_key(where, office.shop)
            first = [await alone(where, f"{office.server.url}/visit/{key}") for _ in range(CALLS)]
    for name, took, most in (
        ("click on Start the call, to the agent's page that rings", rang, 1000),
        ("click on the button, to the first paint of the panel", painted, 300),
        ("click on the button, to the form that can be filled in", ready, None),
        ("the panel's page by itself, nothing cached, to its first paint", first, 300),
    ):
        page.figure(f"{name}: p50 of {CALLS}", report.percentile(took, 50), "ms")
        page.figure(f"{name}: p95", report.percentile(took, 95), "ms", at_most=most)


async def site_key(where: Browser, shop: str) -> str:
    """The key in the shop's page."""
    page = await where.new_page()
    await page.goto(shop)
    key = await page.locator("script[data-site]").get_attribute("data-site")
    await page.close()
    assert key is not None
    return key


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("button", "From the button on a stranger's page to the agent")
    asyncio.run(measure(page))
    page.note(
        "Everything on one machine with two cores: two Chromium pages, the server and Playwright. "
        "Each call is a fresh browser context; the agent's page is one all along. It rings when "
        "the button Accept is in the page. The frame is loaded with the shop's page, folded: the "
        "click shows it, with our mark until the form is there."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
