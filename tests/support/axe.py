"""What axe-core finds wrong with a page, and whether it scrolls sideways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_RUN = """
async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run(document, {runOnly: tags});
  return found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' '))]);
}
"""


class Looks:
    """Looks at a page again and again; `found` is what was wrong, by name of the look."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.found: dict[str, list[Any]] = {}

    async def look(self, name: str) -> None:
        """Look now."""
        await self._page.evaluate(_AXE.read_text(encoding="utf-8"))
        if complaints := await self._page.evaluate(_RUN):
            self.found[name] = complaints
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if beyond := await self._page.evaluate(wider):
            self.found[f"{name}, sideways"] = [beyond]
