"""The chain, evaluations and erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "records",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("personal", sa.String(64)),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("records_at", "records", ["at"])
    _evaluations()
    op.create_table(
        "erasures",
        _seq(),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("erased", sa.Integer, nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )


def _seq() -> "sa.Column[int]":
    return sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False)


def _evaluations() -> None:
    op.create_table(
        "evaluations",
        _seq(),
        sa.Column("evaluation_id", sa.String(32), nullable=False),
        sa.Column("evaluation_status", sa.String(16), nullable=False),
        sa.Column("assessment", sa.String(16), nullable=False),
        sa.Column("level", sa.String(8)),
        sa.Column("risk_score", sa.Integer),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("heads", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("law_as_of", sa.String(10), nullable=False),
        sa.Column("bundle", sa.String(16), nullable=False),
        sa.Column("knowledge", sa.String(16), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("listing_digest", sa.String(64), nullable=False),
        sa.Column("listing_id", sa.String(128)),
        sa.Column("platform", sa.String(128)),
        sa.Column("seller_id", sa.String(128)),
        sa.Column("seller_name", sa.String(128)),
        sa.Column("seller_uscc", sa.String(32)),
        sa.Column("snapshot", sa.Text),
    )
    op.create_index("evaluations_id", "evaluations", ["evaluation_id"])
    op.create_index("evaluations_listing", "evaluations", ["listing_id", "platform", "seq"])
    op.create_index("evaluations_seller", "evaluations", ["seller_id", "seq"])
    op.create_index("evaluations_uscc", "evaluations", ["seller_uscc"])
    op.create_index("evaluations_seller_name", "evaluations", ["seller_name"])
