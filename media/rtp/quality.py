"""How good a call sounded: a mean opinion score from delay, loss and codec (ITU-T G.107)."""

from __future__ import annotations

from dataclasses import dataclass

MS = 1000
#: Equipment impairment and robustness against loss by codec (ITU-T G.113, appendix I).
_CODECS = {
    "PCMU": (0.0, 25.1),
    "PCMA": (0.0, 25.1),
    "G722": (0.0, 20.0),
    "OPUS": (0.0, 30.0),
}
_BEST = 93.2


@dataclass(frozen=True, slots=True)
class Quality:
    """The rating R, 0 to 100, and the score MOS, 1 to 4.5."""

    rating: float
    mos: float


def estimate(codec: str, *, delay: int, loss: float) -> Quality:
    """Rate a call: `delay` one way from mouth to ear in microseconds, `loss` from 0 to 1.

    Loss is what the ear misses: late packets count, and are taken to be scattered.
    """
    impairment, robustness = _CODECS.get(codec.upper(), (0.0, 25.1))
    percent = 100 * min(1.0, max(0.0, loss))
    lossy = impairment + (95 - impairment) * percent / (percent + robustness)
    rating = max(0.0, _BEST - _delay_impairment(delay / MS) - lossy)
    return Quality(rating, _score(rating))


def _delay_impairment(ms: float) -> float:
    """Id of the E-model, as Cole and Rosenbluth have it."""
    return 0.024 * ms + (0.11 * (ms - 177.3) if ms > 177.3 else 0.0)


def _score(rating: float) -> float:
    """MOS of a rating (G.107, annex B)."""
    if rating <= 0:
        return 1.0
    return max(1.0, min(4.5, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6))
