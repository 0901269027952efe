"""Which simulcast layer a subscriber gets. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: A layer this much smaller than what is asked for is as good.
_NEAR = 0.9


@dataclass(frozen=True, slots=True)
class LayerView:
    """What the choice depends on; sizes are None until a keyframe told them."""

    rid: str
    active: bool
    width: int | None
    height: int | None
    bitrate: int = 0

    @property
    def longer(self) -> int:
        """The longer side in pixels, 0 when unknown."""
        return max(self.width or 0, self.height or 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """How large a subscriber shows a track; None: as large as there is."""

    width: int | None = None
    height: int | None = None

    @property
    def longer(self) -> int | None:
        """The longer side in pixels."""
        return max(self.width or 0, self.height or 0) or None


def choose(views: Sequence[LayerView], wish: Wish, budget: int | None = None) -> str | None:
    """The smallest active layer that fills the wish and fits `budget` (bits per second).

    When none fills it, the largest below; when none fits, the smallest active one; None while
    nothing is active.
    """
    ordered = sorted(views, key=lambda view: (view.longer, view.bitrate))
    active = [view for view in ordered if view.active]
    if not active:
        return None
    top = _top(ordered, wish.longer)
    allowed = [view for view in ordered[: top + 1] if view.active] or active[:1]
    fitting = [view for view in allowed if budget is None or view.bitrate <= budget]
    return (fitting or allowed[:1])[-1].rid


def _top(ordered: Sequence[LayerView], longer: int | None) -> int:
    """The place of the smallest layer that is large enough; unknown sizes cannot be judged."""
    if longer is None or not all(view.longer for view in ordered if view.active):
        return len(ordered) - 1
    enough = (i for i, view in enumerate(ordered) if view.longer >= _NEAR * longer)
    return next(enough, len(ordered) - 1)
