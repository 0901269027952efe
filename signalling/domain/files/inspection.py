"""Whether bytes are what their sender says they are: while they come, and when all are there."""

from __future__ import annotations

import codecs
import re

from offhook.core.errors import UnsupportedMedia
from signalling.domain.files import archive, pictures
from signalling.domain.files.archive import Archive, BadArchive, Read
from signalling.domain.files.kinds import FileKind

#: So many of the first bytes say already whether a file can be of its kind.
_HEAD = 16
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
#: What no text has: control characters but for space of all sorts.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTENT_TYPES, _MIMETYPE = b"[Content_Types].xml", b"mimetype"
#: The list of types in an office document is a few kilobytes.
_LARGEST_LIST = 1024 * 1024
_MACROS = (b"macroEnabled", b"vbaProject")


class Inspection:
    """Looks at one file; each method raises `UnsupportedMedia` (`file_type_mismatch`)."""

    def __init__(self, kind: FileKind) -> None:
        self._kind = kind
        self._head = b""
        self._text = codecs.getincrementaldecoder("utf-8")()
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        """The next bytes."""
        before, self.size = self.size, self.size + len(chunk)
        if self._kind.form == "text":
            self._read_text(chunk)
        elif before < _HEAD:
            self._head = (self._head + chunk)[:_HEAD]
            if len(self._head) == _HEAD:
                self._look_at_head()

    def finish(self, read: Read) -> None:
        """There are no more bytes, and `read` gives any of them again."""
        match self._kind.form:
            case "text":
                self._read_text(b"", final=True)
            case "picture":
                self._measure(read)
            case "pdf":
                self._look_at_head()
            case "office" | "open_document":
                self._look_inside(read)

    def _read_text(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            text = self._text.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise self._mismatch("It is not text in UTF-8.") from error
        if _CONTROL.search(text):
            raise self._mismatch("It is not text.")

    def _look_at_head(self) -> None:
        if not self._head.startswith(_BEGINNINGS.get(self._kind.type, (archive.LOCAL,))):
            raise self._mismatch()

    def _measure(self, read: Read) -> None:
        size = pictures.size_of(read, self._kind.type)
        if size is None or 0 in size:
            raise self._mismatch()
        if size[0] * size[1] > pictures.MOST_POINTS:
            raise UnsupportedMedia(
                f"A picture has at most {pictures.MOST_POINTS // 1_000_000} million points.",
                code="picture_too_large",
            )

    def _look_inside(self, read: Read) -> None:
        self._look_at_head()
        try:
            found = Archive.parse(read, self.size)
            if self._kind.form == "office":
                self._require_office(found)
            else:
                self._require_open_document(found)
        except BadArchive as error:
            raise self._mismatch() from error

    def _require_office(self, found: Archive) -> None:
        """The package lists the types of its parts (ECMA-376, part 2); one is the document's."""
        listed = found.content(_CONTENT_TYPES, _LARGEST_LIST)
        if self._kind.main.encode() not in listed:
            raise self._mismatch()
        if any(word in text for word in _MACROS for text in (listed, *found.entries)):
            raise self._mismatch("Documents with macros cannot be sent here.")

    def _require_open_document(self, found: Archive) -> None:
        """The first entry tells the type, not packed (ODF 1.3, part 2, section 3.3)."""
        if found.content(_MIMETYPE, len(self._kind.main) + 1) != self._kind.main.encode():
            raise self._mismatch()

    def _mismatch(self, why: str = "") -> UnsupportedMedia:
        detail = why or f"The file is not what it says it is: {self._kind.extensions[0]}."
        return UnsupportedMedia(detail, code="file_type_mismatch")
