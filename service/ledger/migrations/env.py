"""What Alembic runs: migrations inside the transaction that service.ledger.database holds."""

from alembic import context

from service.ledger.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
