"""Which task a reservation is of, so that all of one task are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the column, fill it in, and index it."""
    op.add_column("reservations", sa.Column("task_id", sa.String(34), nullable=True))
    reservations = sa.table("reservations", sa.column("task_id"), sa.column("body", sa.JSON))
    task = reservations.c.body["task"].as_string()
    op.execute(reservations.update().values(task_id=task))
    op.create_index("ix_reservations_task_id_reservation_id", *_of("task_id"))
    op.create_index("ix_reservations_account_id_reservation_id", *_of("account_id"))


def _of(column: str) -> tuple[str, list[str]]:
    return "reservations", [column, "reservation_id"]
