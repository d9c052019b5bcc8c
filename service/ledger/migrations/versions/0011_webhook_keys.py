"""Which access key a change of a webhook, or the wish to tell it again, came with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns; the chain leaves out what is empty, so older records keep their digests."""
    for table in ("webhooks", "deliveries"):
        op.add_column(table, sa.Column("key_id", sa.String(16)))
