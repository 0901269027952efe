"""Run by Alembic to migrate the connection that `offhook.core.store.migrate` hands in."""

from __future__ import annotations

from alembic import context

from offhook.core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
    on_version_apply=context.config.attributes["on_version_apply"],
)
with context.begin_transaction():
    context.run_migrations()
