"""A job's own cap: the most that a run of it may cost."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("max_usd", sa.BigInteger(), nullable=True))
