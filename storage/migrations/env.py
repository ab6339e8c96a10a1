"""Alembic's way in: it uses the connection it is given, touches only our tables, and logs nothing."""

from alembic import context

from storage.migrate import VERSION_TABLE
from storage.migrations import ours
from storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    include_object=ours,
)
with context.begin_transaction():
    context.run_migrations()
