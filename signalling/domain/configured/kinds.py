"""Every kind of object that an account sets up."""

from __future__ import annotations

from typing import Any, Final

from signalling.domain.configured.activity import ACTIVITY
from signalling.domain.configured.agent import AGENT
from signalling.domain.configured.disposition import DISPOSITION
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.queue import QUEUE
from signalling.domain.configured.reply import REPLY
from signalling.domain.configured.site import SITE
from signalling.domain.configured.workflow import WORKFLOW

KINDS: Final[tuple[Kind[Any], ...]] = (
    SITE,
    QUEUE,
    WORKFLOW,
    ACTIVITY,
    AGENT,
    DISPOSITION,
    REPLY,
)
BY_NOUN: Final[dict[str, Kind[Any]]] = {kind.noun: kind for kind in KINDS}
