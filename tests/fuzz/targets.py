"""All targets by name."""

from __future__ import annotations

from tests.fuzz import call_targets, rtp_targets, sip_targets, text_targets, wire_targets
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for targets in (wire_targets, sip_targets, call_targets, rtp_targets, text_targets)
    for target in targets.TARGETS
}
