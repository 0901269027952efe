"""Which process has the desk of an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the column; nobody has any desk yet."""
    op.add_column("desks", sa.Column("owner", sa.String(64), nullable=True))
