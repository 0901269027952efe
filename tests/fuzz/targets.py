"""All targets by name."""

from __future__ import annotations

from tests.fuzz import sip_targets, text_targets, wire_targets
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (*wire_targets.TARGETS, *sip_targets.TARGETS, *text_targets.TARGETS)
}
