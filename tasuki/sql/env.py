"""What Alembic runs: the steps, on the connection that tasuki.sql.migrate hands over."""

from alembic import context

from tasuki.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
