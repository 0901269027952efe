"""Who hears whom in a room, by identity."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the column."""
    op.add_column("rooms", sa.Column("hearing", sa.JSON, nullable=False, server_default="{}"))
