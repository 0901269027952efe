"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A machine that is busy with other things is no failure.
settings.register_profile("offhook", deadline=None)
settings.load_profile("offhook")
