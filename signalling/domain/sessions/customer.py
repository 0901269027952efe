"""Who a visitor is and where they come from, as far as they, or their site's server, said."""

from __future__ import annotations

from msgspec import Struct, field


class Customer(Struct, frozen=True, kw_only=True):
    """Personal data: sealed where they are stored, never in the event log.

    `verified`: name, e-mail and `attributes` are vouched for by the site's own server;
    `page_attributes` and the page's address come from the browser and are not to be trusted.
    `callback_email` is where the link of a callback goes, when it was asked for there.
    """

    name: str = ""
    email: str = ""
    callback_email: str = ""
    phone: str = ""
    verified: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    page_attributes: dict[str, str] = field(default_factory=dict)
    page_url: str = ""
    page_title: str = ""
    referrer: str = ""
    message: str = ""
    comment: str = ""
    notes: str = ""

    @property
    def reach(self) -> str:
        """Where a letter about a callback goes; empty when that is not known."""
        return self.callback_email or self.email
