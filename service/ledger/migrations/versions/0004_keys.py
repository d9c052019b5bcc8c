"""Who may ask for what."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "keys",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("records.seq"), primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("token_digest", sa.String(64)),
        sa.Column("name", sa.String(128)),
        sa.Column("scopes", sa.Text),
        sa.Column("expires_at", sa.String(27)),
        sa.Column("per_minute", sa.Integer),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("keys_id", "keys", ["key_id"])
