"""Several processes on one store: their heartbeats, and the owner of each room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables, and have rooms name their owner."""
    op.create_table(
        "processes",
        sa.Column("node_id", sa.String(64), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("node_id", name="pk_processes"),
    )
    op.add_column("rooms", sa.Column("owner", sa.String(64), nullable=True))
    op.add_column(
        "rooms",
        sa.Column("owner_epoch", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    )
