"""Jobs, webhooks and what was delivered to them; risky evaluations are found without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        _seq(),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("job_kind", sa.String(16)),
        sa.Column("place", sa.String(16)),
        sa.Column("owner", sa.String(16)),
        sa.Column("options", sa.Text),
        sa.Column("bundle", sa.String(16)),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.Column("rejected", sa.BigInteger),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("file_name", sa.String(255)),
        sa.Column("error", sa.Text),
    )
    op.create_index("jobs_id", "jobs", ["job_id"])
    op.create_index("jobs_event", "jobs", ["event", "seq"])
    op.create_table(
        "webhooks",
        _seq(),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("webhook_id", sa.String(16), nullable=False),
        sa.Column("url", sa.String(1024)),
        sa.Column("levels", sa.Text),
        sa.Column("secret_digest", sa.String(64)),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("webhooks_id", "webhooks", ["webhook_id"])
    op.create_table(
        "deliveries",
        _seq(),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("webhook_id", sa.String(16), nullable=False),
        sa.Column("evaluation_seq", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("answer", sa.String(128), nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
    )
    op.create_index("deliveries_evaluation", "deliveries", ["webhook_id", "evaluation_seq", "seq"])
    op.create_index("deliveries_event", "deliveries", ["event", "seq"])
    op.create_index("evaluations_level", "evaluations", ["level", "seq"])
