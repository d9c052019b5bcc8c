"""Which access key a label, a change of a list or an activation came with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; the chain leaves out what is empty, so older records keep their digests."""
    for table in ("labels", "lists", "activations"):
        op.add_column(table, sa.Column("key_id", sa.String(16)))
