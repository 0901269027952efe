"""How much may be sent: for one file, for one person, and for a whole meeting."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.errors import Conflict, Forbidden, InvalidInput, RateLimited, TooLarge


@dataclass(frozen=True, slots=True)
class Usage:
    """What was sent so far: files, their bytes, and how many of them are still on their way."""

    files: int = 0
    bytes: int = 0
    coming: int = 0


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Bytes of one file (0: there are no files), and what one person and a meeting may send."""

    size: int
    mine: Usage
    all: Usage

    def require_size(self, size: int) -> None:
        """Raise `Forbidden` (`files_off`), `InvalidInput` (`file_empty`), `TooLarge`
        (`file_too_large`)."""
        if not self.size:
            raise Forbidden("No files are sent here.", code="files_off")
        if size < 1:
            raise InvalidInput("The file is empty.", code="file_empty", field="size")
        if size > self.size:
            raise TooLarge(
                f"A file has at most {self.size} bytes.", code="file_too_large", field="size"
            )

    def require_place(self, size: int, mine: Usage, all: Usage) -> None:
        """Raise unless one more file of this size may be sent: `RateLimited`
        (`too_many_uploads`), `Conflict` (`your_files_full`, `room_files_full`)."""
        if mine.coming >= self.mine.coming:
            raise RateLimited(
                "Wait until your other files are there.", code="too_many_uploads", retry_after=5
            )
        if _over(self.mine, mine, size):
            raise Conflict("You cannot send more files in this meeting.", code="your_files_full")
        if _over(self.all, all, size):
            raise Conflict("No more files fit into this meeting.", code="room_files_full")


def _over(most: Usage, used: Usage, size: int) -> bool:
    return used.files >= most.files or used.bytes + size > most.bytes
