"""The Content-Security-Policy of our answers."""

from __future__ import annotations

from collections.abc import Iterable


def content_policy(framed_by: Iterable[str]) -> str:
    """No inline code or styles, nothing from elsewhere; framed only by ourselves and by the
    sources that are named, such as `https://shop.example`."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            " ".join(("frame-ancestors 'self'", *framed_by)),
        )
    )
