"""What people found out about listings that were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "labels",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False),
        sa.Column("label_id", sa.String(128), nullable=False),
        sa.Column("evaluation_seq", sa.BigInteger, nullable=False),
        sa.Column("evaluation_id", sa.String(32), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("source", sa.String(128)),
        sa.Column("decided_at", sa.String(27)),
        sa.Column("listing_id", sa.String(128)),
        sa.Column("platform", sa.String(128)),
        sa.Column("reason", sa.String(128)),
        sa.Column("analyst", sa.String(128)),
        sa.Column("note", sa.Text),
    )
    op.create_index("labels_id", "labels", ["label_id"], unique=True)
    op.create_index("labels_evaluation", "labels", ["evaluation_seq"])
    op.create_index("labels_listing", "labels", ["listing_id", "platform", "seq"])
