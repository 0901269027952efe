"""Small files of every kind that may be sent, and some that pretend to be."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from signalling.domain.files.archive import Read
from signalling.domain.files.inspection import Inspection
from signalling.domain.files.kinds import kind_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"


def png(width: int = 2, height: int = 2) -> bytes:
    """A whole picture, all white."""
    rows = b"".join(b"\0" + b"\xff" * 3 * width for _ in range(height))
    return png_of(width, height, zlib.compress(rows))


def png_of(width: int, height: int, packed: bytes) -> bytes:
    """A picture that says it is so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def jpeg(width: int = 3, height: int = 2) -> bytes:
    """The head of a picture with a comment before its frame."""
    comment = b"\xff\xfe\x00\x05abc"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + comment + b"\xff" + frame + b"\xff\xd9"


def gif(width: int = 3, height: int = 2) -> bytes:
    """The head of a picture."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(width: int = 3, height: int = 2) -> bytes:
    """The head of a lossless picture."""
    bits = (width - 1) | (height - 1) << 14
    body = b"WEBPVP8L" + struct.pack("<I", 10) + b"\x2f" + struct.pack("<I", bits) + b"\0" * 5
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf() -> bytes:
    """A document of no pages."""
    return b"%PDF-1.7\n%%EOF\n" + b" " * 16


def zipped(*entries: tuple[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these entries, the first of them as it is."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number, (name, text) in enumerate(entries):
            archive.writestr(name, text, method if number else zipfile.ZIP_STORED)
    return whole.getvalue()


def office(type: str = DOCX, *more: tuple[str, str], main: str = "") -> bytes:
    """An office document whose package lists its main part."""
    listed = f'<Types><Override ContentType="{main or kind_of(type).main}"/></Types>'
    return zipped(("_rels/.rels", "<r/>"), ("[Content_Types].xml", listed), *more)


def open_document(type: str = ODT) -> bytes:
    """A document that tells its type first."""
    return zipped(("mimetype", type), ("content.xml", "<c/>"))


#: One good file of each kind, by its media type.
GOOD: dict[str, bytes] = {
    "image/png": png(),
    "image/jpeg": jpeg(),
    "image/gif": gif(),
    "image/webp": webp(),
    "application/pdf": pdf(),
    "text/plain": "Grüße, नमस्ते, مرحبا\n".encode(),
    "text/csv": b"a,b\r\n1,2\r\n",
    DOCX: office(DOCX),
    XLSX: office(XLSX),
    PPTX: office(PPTX),
    ODT: open_document(ODT),
    "application/vnd.oasis.opendocument.spreadsheet": open_document(
        "application/vnd.oasis.opendocument.spreadsheet"
    ),
    "application/vnd.oasis.opendocument.presentation": open_document(
        "application/vnd.oasis.opendocument.presentation"
    ),
}


def reading(data: bytes) -> Read:
    """Bytes as they are read from a shelf."""

    def read(offset: int, length: int) -> bytes:
        return data[offset : offset + length]

    return read


def inspect(type: str, data: bytes, piece: int = 7) -> None:
    """Look at a whole file that comes in small pieces; raises what it is refused with."""
    inspection = Inspection(kind_of(type))
    for at in range(0, len(data), piece):
        inspection.feed(data[at : at + piece])
    inspection.finish(reading(data))
