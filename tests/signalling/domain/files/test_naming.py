"""Names of files: whatever somebody calls one, it is safe to show and to save."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.domain.files.kinds import KINDS, FileKind, kind_of
from signalling.domain.files.naming import LONGEST, LONGEST_BYTES, clean_name

pytestmark = pytest.mark.unit

PDF, PNG, JPEG = map(kind_of, ("application/pdf", "image/png", "image/jpeg"))


@pytest.mark.parametrize(
    ("given_name", "kind", "name"),
    [
        ("invoice.pdf", PDF, "invoice.pdf"),
        ("Rechnung März.PDF", PDF, "Rechnung März.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        (r"C:\Users\eve\x.pdf", PDF, "x.pdf"),
        ("photo.JPEG", JPEG, "photo.jpeg"),
        ("photo", JPEG, "photo.jpg"),
        ("invoice.pdf.exe", PDF, "invoice.pdf.exe.pdf"),
        ("invoice\u202efdp.exe", PDF, "invoicefdp.exe.pdf"),
        ("a\x00b\nc\x7f.png", PNG, "ab c.png"),
        ("\u2066secret\u2069.png", PNG, "secret.png"),
        ("zero\u200b\ufeffwidth.png", PNG, "zerowidth.png"),
        ("", PNG, "file.png"),
        ("....", PNG, "file.png"),
        (".png", PNG, "png.png"),
        ("/", PNG, "file.png"),
        (".htaccess", PDF, "htaccess.pdf"),
        ('a<b>:"c|d?*.png', PNG, "a_b___c_d__.png"),
        ("con.png", PNG, "_con.png"),
        ("NUL.txt.png", PNG, "_NUL.txt.png"),
        ("  a   b  .png", PNG, "a b.png"),
        ("क\u094d\u200dष.png", PNG, "क\u094d\u200dष.png"),
        ("e\u0301.png", PNG, "é.png"),
    ],
)
def test_a_name_is_made_safe(given_name: str, kind: FileKind, name: str) -> None:
    assert clean_name(given_name, kind) == name


def test_a_long_name_keeps_its_ending() -> None:
    for letter in ("a", "म", "😀"):
        name = clean_name(letter * 500 + ".pdf", PDF)
        assert name.endswith(letter + ".pdf")
        assert len(name) <= LONGEST
        assert len(name.encode()) <= LONGEST_BYTES


@given(st.text(max_size=300), st.sampled_from(KINDS))
def test_whatever_it_was_it_is_a_name_now(text: str, kind: FileKind) -> None:
    name = clean_name(text, kind)
    assert name.rpartition(".")[2] in kind.extensions
    assert len(name) <= LONGEST
    assert len(name.encode()) <= LONGEST_BYTES
    assert not set('/\\<>:"|?*') & set(name)
    assert name[0] not in " ."
    assert "  " not in name
    assert {unicodedata.category(letter) for letter in name if letter not in "\u200c\u200d"} & {
        "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp",
    } == set()  # fmt: skip
    assert clean_name(name, kind) == name
