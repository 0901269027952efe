"""How much one connection may send: packets and bytes of media, packets of RTCP, each second."""

from __future__ import annotations

from offhook.core.clock import SECOND

#: Thirty cameras in three layers are less.
MAX_PACKETS = 8000
MAX_OCTETS = 50_000_000 // 8
#: Reports, requests and transport feedback; a browser with thirty tracks sends about a hundred.
MAX_REPORTS = 1000
#: Seconds one after another with too much, until the connection is ended.
PATIENCE = 3


class Intake:
    """Counts what was authentic in windows of a second: what strangers forge costs nobody else."""

    __slots__ = ("_ends", "_octets", "_packets", "_reports", "_seconds", "_too_much", "dropped")

    def __init__(self) -> None:
        self._ends = 0
        self._packets = self._octets = self._reports = 0
        self._seconds = 0
        self._too_much = False
        self.dropped = 0

    @property
    def flooded(self) -> bool:
        """Whether too much has come for so long that the connection should end."""
        return self._seconds >= PATIENCE

    def takes(self, octets: int, now: int) -> bool:
        """Whether one more packet of media is within bounds."""
        if now >= self._ends:
            self._renew(now)
        self._packets += 1
        self._octets += octets
        if self._packets > MAX_PACKETS or self._octets > MAX_OCTETS:
            self._refuse()
            return False
        return True

    def takes_report(self, now: int) -> bool:
        """Whether one more packet of RTCP is within bounds."""
        if now >= self._ends:
            self._renew(now)
        self._reports += 1
        if self._reports > MAX_REPORTS:
            self._refuse()
            return False
        return True

    def _refuse(self) -> None:
        self.dropped += 1
        if not self._too_much:
            self._too_much = True
            self._seconds += 1

    def _renew(self, now: int) -> None:
        late = now - self._ends >= SECOND
        if late or not self._too_much:
            self._seconds = 0
        self._too_much = False
        self._packets = self._octets = self._reports = 0
        self._ends = now + SECOND
