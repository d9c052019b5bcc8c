"""What reviewers did with cases, labels that were taken back, and the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables; the queue is filled from the chain when somebody looks at it first."""
    op.add_column("labels", sa.Column("withdraws", sa.String(128)))
    op.create_index("labels_withdraws", "labels", ["withdraws"])
    op.create_table(
        "cases",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("key_id", sa.String(16)),
        sa.Column("act", sa.String(16)),
        sa.Column("verdict", sa.String(16)),
        sa.Column("label_id", sa.String(128)),
        sa.Column("golden", sa.String(16)),
        sa.Column("until", sa.String(27)),
        sa.Column("evaluation_seq", sa.BigInteger),
        sa.Column("reason", sa.String(128)),
        sa.Column("note", sa.Text),
    )
    op.create_index("cases_case", "cases", ["case_id", "seq"])
    op.create_index("cases_who", "cases", ["who", "event", "seq"])
    op.create_index("cases_act", "cases", ["act"])
    op.create_index("cases_golden", "cases", ["golden"])
    op.create_index("cases_evaluation", "cases", ["evaluation_seq"])
    _queue()


def _queue() -> None:
    op.create_table(
        "queue",
        sa.Column("case_id", sa.String(16), primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.Column("evaluation_seq", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("risk_score", sa.Integer),
        sa.Column("level", sa.String(8)),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("exposure_cny", sa.BigInteger, nullable=False),
        sa.Column("price_cny", sa.Float),
        sa.Column("content", sa.String(16), nullable=False),
        sa.Column("listing_id", sa.String(128), nullable=False),
        sa.Column("platform", sa.String(128)),
        sa.Column("seller_id", sa.String(128)),
        sa.Column("holder", sa.String(128)),
        sa.Column("until", sa.String(27)),
        sa.Column("unsure", sa.Integer, nullable=False),
        sa.Column("golden", sa.String(16)),
    )
    op.create_index("queue_rank", "queue", ["state", "rank", "case_id"])
    op.create_index("queue_listing", "queue", ["listing_id", "platform"])
    op.create_index("queue_evaluation", "queue", ["evaluation_seq"])
    op.create_index("queue_holder", "queue", ["holder"])
    op.create_table(
        "queue_bands",
        sa.Column("case_id", sa.String(16), primary_key=True),
        sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_index("queue_bands_band", "queue_bands", ["band"])
    op.create_table(
        "queue_cursor",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
