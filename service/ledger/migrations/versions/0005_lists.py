"""What people decided about sellers, listings, brands and terms."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "lists",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("entry_id", sa.String(16), nullable=False),
        sa.Column("list_kind", sa.String(16)),
        sa.Column("effect", sa.String(8)),
        sa.Column("expires_on", sa.String(10)),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("value", sa.String(128)),
        sa.Column("reason", sa.Text),
    )
    op.create_index("lists_entry", "lists", ["entry_id"])
