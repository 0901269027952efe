"""The account's event log, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.core.contracts.events import Envelope
from offhook.core.ids import AccountId
from signalling.services.parts import Parts


class Events:
    """Reads what happened."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def page(
        self,
        account: AccountId,
        after: str | None,
        limit: int,
        types: Sequence[str],
        subject: str | None,
        *,
        newest_first: bool = False,
    ) -> list[Envelope]:
        """Events in the order they were logged, or newest first; those behind the event `after`."""
        log = self._parts.kept.log
        return await self._parts.store.read(
            lambda c: log.page(
                c,
                account,
                after=after,
                limit=limit,
                types=types,
                subject=subject,
                newest_first=newest_first,
            )
        )
