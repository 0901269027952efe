"""The kinds of files that may be sent: how each is declared, and how its names end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.core.errors import UnsupportedMedia

#: What tells whether bytes are of a kind.
Form = Literal["picture", "text", "pdf", "office", "open_document"]


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind. `extensions`: how its names end, the usual one first. `main`: the type that the
    package of an office document declares."""

    type: str
    form: Form
    extensions: tuple[str, ...]
    main: str = ""

    @property
    def picture(self) -> bool:
        """Whether it may be shown where it was sent."""
        return self.form == "picture"


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."


def _office(name: str, extension: str, main: str) -> FileKind:
    kind = f"{_OFFICE}{name}"
    return FileKind(kind, "office", (extension,), f"{_OFFICE}{main}.main+xml")


def _open_document(name: str, extension: str) -> FileKind:
    return FileKind(f"{_OPEN}{name}", "open_document", (extension,), f"{_OPEN}{name}")


#: Every kind. Nothing that a browser would run: no SVG, no HTML, no office macros, no programs.
KINDS: tuple[FileKind, ...] = (
    FileKind("image/png", "picture", ("png",)),
    FileKind("image/jpeg", "picture", ("jpg", "jpeg", "jfif")),
    FileKind("image/gif", "picture", ("gif",)),
    FileKind("image/webp", "picture", ("webp",)),
    FileKind("application/pdf", "pdf", ("pdf",)),
    FileKind("text/plain", "text", ("txt", "text", "log", "md")),
    FileKind("text/csv", "text", ("csv",)),
    _office("wordprocessingml.document", "docx", "wordprocessingml.document"),
    _office("spreadsheetml.sheet", "xlsx", "spreadsheetml.sheet"),
    _office("presentationml.presentation", "pptx", "presentationml.presentation"),
    _open_document("text", "odt"),
    _open_document("spreadsheet", "ods"),
    _open_document("presentation", "odp"),
)
_BY_TYPE = {kind.type: kind for kind in KINDS} | {
    other: kind
    for kind in KINDS
    for other in {
        "image/jpeg": ("image/jpg", "image/pjpeg"),
        "text/plain": ("text/markdown",),
    }.get(kind.type, ())
}


def kind_of(declared: str, field: str = "type") -> FileKind:
    """The kind that a media type names, with or without parameters.

    Raises `UnsupportedMedia` (`file_type_not_allowed`).
    """
    essence = declared.partition(";")[0].strip().lower()
    kind = _BY_TYPE.get(essence)
    if kind is None:
        allowed = ", ".join(kind.extensions[0] for kind in KINDS)
        raise UnsupportedMedia(
            f"Files of this type cannot be sent here. These can: {allowed}.",
            code="file_type_not_allowed",
            field=field,
        )
    return kind
