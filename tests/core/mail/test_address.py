"""Which addresses letters may go to, and how they are shown to others."""

from __future__ import annotations

import pytest

from offhook.core.errors import InvalidInput
from offhook.core.mail.address import checked, mailbox, masked

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ada@example.org", "ada@example.org"),
        (" ada.l+shop@mail.example.org ", "ada.l+shop@mail.example.org"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("josé@example.org", "josé@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_ascii(given: str, kept: str) -> None:
    assert checked(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        *("", "ada", "ada@", "@example.org", "ada@example", "a da@example.org"),
        *("ada@example.org\r\nBcc: all@example.org", "<ada@example.org"),
        *("ada,eve@example.org", "ada@eve@example.org", ".ada@example.org", "a..b@example.org"),
        *('"ada"@example.org', "ada@[127.0.0.1]", "ada@-example.org", "ada@example..org"),
        *(f"{'a' * 65}@example.org", f"ada@{'x' * 64}.org", f"ada@{'x.' * 130}org"),
        *("ada@exa\u0000mple.org", "a\u202eda@example.org", "ada(x)@example.org"),
    ],
)
def test_what_is_no_address_or_hides_a_header_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(given)
    assert (refused.value.code, refused.value.field) == ("bad_email", "email")


def test_a_sender_has_a_name_or_none() -> None:
    assert str(mailbox("calls@example.org")) == "calls@example.org"
    named = mailbox('"The shop" <calls@example.org>')
    assert (named.display_name, named.addr_spec) == ("The shop", "calls@example.org")
    for bad in ("The shop", "A\nB <calls@example.org>", "<calls>", "a@b.c <d@e.f> g"):
        with pytest.raises(InvalidInput):
            mailbox(bad)


def test_an_address_is_known_again_by_its_owner_only() -> None:
    assert masked("ada@example.org") == "a…@example.org"
    assert masked("") == ""
