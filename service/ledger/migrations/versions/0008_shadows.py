"""What a bundle in the shadow said about listings that another answered."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shadows",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False),
        sa.Column("bundle", sa.String(16), nullable=False),
        sa.Column("evaluation_seq", sa.BigInteger, nullable=False),
        sa.Column("assessment", sa.String(16)),
        sa.Column("level", sa.String(8)),
        sa.Column("risk_score", sa.Integer),
        sa.Column("action", sa.String(8)),
        sa.Column("heads", sa.Text),
        sa.Column("error", sa.String(64)),
        sa.Column("skipped", sa.Integer),
    )
    op.create_index("shadows_evaluation", "shadows", ["bundle", "evaluation_seq"])
