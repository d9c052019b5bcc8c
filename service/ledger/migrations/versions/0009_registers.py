"""Which registers were imported, and which of them an answer asked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table; the chain leaves out what is empty, so older evaluations keep their digests."""
    op.create_table(
        "registers",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("register_kind", sa.String(64), nullable=False),
        sa.Column("register_digest", sa.String(64), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("complete", sa.Integer, nullable=False),
        sa.Column("entries", sa.Integer),
        sa.Column("source", sa.String(255)),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("why", sa.Text),
    )
    op.add_column("evaluations", sa.Column("registers", sa.Text))
