"""All views of a desk."""

from __future__ import annotations

from signalling.domain.showing.supervisors import ToSupervisors
from signalling.domain.showing.visitors import ToVisitors


class Showing(ToVisitors, ToSupervisors):
    """Makes views of a desk."""
