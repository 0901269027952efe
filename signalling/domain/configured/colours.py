"""Colours, and whether words can be read on them (WCAG 2.2, contrast ratio)."""

from __future__ import annotations

from typing import Final

from offhook.core.errors import InvalidInput

#: What words of usual size need (success criterion 1.4.3).
READABLE: Final = 4.5
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """White or black, whichever is read better on a colour; one of them always is."""
    return max(WHITE, BLACK, key=lambda ink: contrast(ink, colour))


def check_readable(ink: str, colour: str, field: str) -> None:
    """Raise `InvalidInput` (code `low_contrast`) when words of `ink` cannot be read on a colour."""
    found = contrast(ink, colour)
    if found < READABLE:
        raise InvalidInput(
            f"{ink} on {colour} has a contrast of {found:.1f}; words need {READABLE}.",
            code="low_contrast",
            field=field,
        )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
