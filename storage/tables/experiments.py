"""The table of experiments with the default."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field

from scheduler.experiment import Ending, ExperimentState
from scheduler.job import Principal
from scheduler.press import RouteNames
from storage.columns import Text, Value, word
from storage.tables.row import Row, partial_index


class ExperimentRow(Row, table=True):
    """`slot` is always 1: of all that are not over there is one."""

    __tablename__ = "experiments"
    __table_args__: ClassVar[Any] = (
        partial_index("uq_experiments_open", "slot", where="state <> 'over'", unique=True),
    )

    id: int = Field(default=None, primary_key=True)
    slot: int = 1
    old_default: RouteNames = Field(sa_type=Value(RouteNames))
    new_default: RouteNames = Field(sa_type=Value(RouteNames))
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    thread: str | None = Field(default=None, sa_type=Text)
    started_by: Principal = Field(sa_type=Value(Principal))
    file: str = Field(sa_type=Text)
    began_at: datetime
    ends_at: datetime
    since: datetime
    state: ExperimentState = Field(sa_type=word(ExperimentState))
    ended_by: Principal | None = Field(default=None, sa_type=Value(Principal))
    ending: Ending | None = Field(default=None, sa_type=word(Ending))
    detail: str = Field(default="", sa_type=Text)
