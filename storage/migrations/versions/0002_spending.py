"""Spend: what each request reserved and settled, and what a day has spent under each cap."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.String()
BEFORE = sa.text("''")
"""Requests of before count under no day."""


def upgrade() -> None:
    op.add_column("calls", sa.Column("day", TEXT, nullable=False, server_default=BEFORE))
    op.add_column("calls", sa.Column("chat", TEXT, nullable=False, server_default=BEFORE))
    op.add_column(
        "calls", sa.Column("reserved", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("calls", sa.Column("settled", sa.BigInteger(), nullable=True))
    op.create_index("ix_calls_day", "calls", ["day"])
    op.create_table(
        "spending",
        sa.Column("day", TEXT, nullable=False),
        sa.Column("cap", sa.String(20), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("raised", sa.BigInteger(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", "cap", "key", name="pk_spending"),
    )
