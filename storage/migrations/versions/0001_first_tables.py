"""The first tables: jobs, runs, calls, alerts, the outbox, people, the audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.Integer()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String()
WORD = sa.String(20)
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON()


def upgrade() -> None:
    jobs()
    runs()
    calls()
    imports()
    alerts()
    alert_jobs()
    deliveries()
    buttons()
    people()
    inbox()
    drafts()
    leases()
    experiments()


def must(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def may(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def place() -> list[sa.Column[Any]]:
    return [
        must("platform", TEXT),
        must("workspace", TEXT),
        must("chat", TEXT),
        may("thread", TEXT),
    ]


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_{table}_{column}")


def partial(name: str, table: str, *columns: str, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def jobs() -> None:
    op.create_table(
        "jobs",
        must("id", ID),
        must("name", TEXT),
        must("kind", WORD),
        must("prompt", TEXT),
        must("schedule", TEXT),
        must("zone", TEXT),
        must("anchor", MOMENT),
        may("next_fire_time", MOMENT),
        *place(),
        must("owner_platform", TEXT),
        must("owner_workspace", TEXT),
        must("owner_person", TEXT),
        must("owner_name", TEXT),
        must("created_at", MOMENT),
        must("state", WORD),
        may("pin_provider", TEXT),
        may("pin_model", TEXT),
        must("snapshot", JSON),
        must("consent_revision", sa.Integer()),
        must("revision", sa.Integer()),
        may("on_drift", WORD),
        must("free_only", sa.Boolean()),
        must("on_missed", WORD),
        may("repeat_left", sa.Integer()),
        may("until", MOMENT),
        may("timeout", sa.BigInteger()),
        must("retry", sa.Integer()),
        must("failures", sa.Integer()),
        must("unguarded_told", sa.Boolean()),
        must("answered_as", JSON),
        must("accepted_as", JSON),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    partial("ix_jobs_due", "jobs", "state", "next_fire_time", where="next_fire_time IS NOT NULL")
    op.create_index("ix_jobs_chat", "jobs", ["platform", "workspace", "chat"])


def runs() -> None:
    op.create_table(
        "runs",
        must("id", BIG),
        must("job_id", ID),
        must("fire_time", MOMENT),
        must("kind", WORD),
        must("state", WORD),
        must("attempt", sa.Integer()),
        may("worker", TEXT),
        may("lease_until", MOMENT),
        may("cancel_asked_by", TEXT),
        may("hold_reason", WORD),
        must("drifts", JSON),
        may("route", JSON),
        may("error", TEXT),
        may("output", TEXT),
        must("requests", sa.Integer()),
        may("input_tokens", BIG),
        may("output_tokens", BIG),
        may("served_model", TEXT),
        may("downstream", TEXT),
        may("cost", sa.BigInteger()),
        must("cost_source", WORD),
        may("note", TEXT),
        may("decided", TEXT),
        may("started_at", MOMENT),
        may("finished_at", MOMENT),
        may("authorised", JSON),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("job_id", "fire_time", name="uq_runs_job_id_fire_time"),
        refers("runs", "job_id", "jobs.id"),
    )
    unfinished = "finished_at IS NULL"
    partial("ix_runs_open", "runs", "state", "fire_time", where=unfinished)
    partial("ix_runs_open_of_job", "runs", "job_id", "state", where=unfinished)


def calls() -> None:
    op.create_table(
        "calls",
        must("run_id", BIG),
        must("attempt", sa.Integer()),
        must("step", sa.Integer()),
        must("worker", TEXT),
        must("route", JSON),
        must("at", MOMENT),
        sa.PrimaryKeyConstraint("run_id", "attempt", "step", name="pk_calls"),
        refers("calls", "run_id", "runs.id"),
    )


def imports() -> None:
    op.create_table(
        "imports",
        must("source", TEXT),
        must("key", TEXT),
        must("job_id", ID),
        must("at", MOMENT),
        refers("imports", "job_id", "jobs.id"),
        sa.PrimaryKeyConstraint("source", "key", name="pk_imports"),
    )


def alerts() -> None:
    op.create_table(
        "alerts",
        must("id", ID),
        *place(),
        must("provider", TEXT),
        must("model", TEXT),
        must("bills", TEXT),
        must("reason", WORD),
        must("route", JSON),
        must("state", WORD),
        must("revision", sa.Integer()),
        must("opened_at", MOMENT),
        may("closed_at", MOMENT),
        may("message", TEXT),
        may("hangs", JSON),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    one = ("platform", "workspace", "chat", "provider", "model", "bills", "reason")
    partial("uq_alerts_open", "alerts", *one, where="state = 'open'", unique=True)
    op.create_index("ix_alerts_state", "alerts", ["state"])


def alert_jobs() -> None:
    op.create_table(
        "alert_jobs",
        must("alert_id", ID),
        must("job_id", ID),
        must("drifts", JSON),
        must("held_fires", sa.Integer()),
        may("last_held", MOMENT),
        may("decision", WORD),
        may("decided_by", TEXT),
        may("decided_at", MOMENT),
        sa.PrimaryKeyConstraint("alert_id", "job_id", name="pk_alert_jobs"),
        refers("alert_jobs", "alert_id", "alerts.id"),
        refers("alert_jobs", "job_id", "jobs.id"),
    )
    partial("ix_alert_jobs_undecided", "alert_jobs", "job_id", where="decision IS NULL")


def deliveries() -> None:
    op.create_table(
        "deliveries",
        must("id", BIG),
        must("kind", WORD),
        *place(),
        must("facts", JSON),
        must("tried", JSON),
        may("alert_id", ID),
        must("state", WORD),
        must("attempts", sa.Integer()),
        must("doubts", sa.Integer()),
        must("due", MOMENT),
        may("message", TEXT),
        may("error", TEXT),
        must("created_at", MOMENT),
        may("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    unfinished = "finished_at IS NULL"
    chat = ("platform", "workspace", "chat")
    partial("ix_deliveries_open", "deliveries", *chat, "id", where=unfinished)
    partial("ix_deliveries_open_of_alert", "deliveries", "alert_id", where=unfinished)


def buttons() -> None:
    op.create_table(
        "buttons",
        must("token", TEXT),
        must("press", JSON),
        *place(),
        must("expires_at", MOMENT),
        may("pressed_by", JSON),
        may("pressed_at", MOMENT),
        sa.PrimaryKeyConstraint("token", name="pk_buttons"),
    )
    op.create_index("ix_buttons_chat", "buttons", ["platform", "workspace", "chat"])
    op.create_index("ix_buttons_expires_at", "buttons", ["expires_at"])


def people() -> None:
    op.create_table(
        "people",
        must("platform", TEXT),
        must("workspace", TEXT),
        must("person", TEXT),
        must("name", TEXT),
        may("zone", TEXT),
        sa.PrimaryKeyConstraint("platform", "workspace", "person", name="pk_people"),
    )
    op.create_table(
        "admins",
        must("platform", TEXT),
        must("workspace", TEXT),
        must("person", TEXT),
        must("name", TEXT),
        must("at", MOMENT),
        sa.PrimaryKeyConstraint("platform", "workspace", "person", name="pk_admins"),
    )
    op.create_table(
        "offers",
        must("id", ID),
        must("salt", TEXT),
        must("digest", TEXT),
        must("expires_at", MOMENT),
        must("attempts_left", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
    )
    op.create_table(
        "fingerprint_keys",
        must("id", ID),
        must("key", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_fingerprint_keys"),
    )
    op.create_table(
        "halts",
        must("id", ID),
        must("who", TEXT),
        must("reason", TEXT),
        must("at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_halts"),
    )
    op.create_table(
        "audit",
        must("id", BIG),
        must("at", MOMENT),
        must("platform", TEXT),
        must("workspace", TEXT),
        must("person", TEXT),
        must("name", TEXT),
        must("action", TEXT),
        must("object", TEXT),
        must("detail", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_object", "audit", ["object", "id"])
    op.create_table(
        "events",
        must("platform", TEXT),
        must("event", TEXT),
        must("handling", TEXT),
        must("at", MOMENT),
        sa.PrimaryKeyConstraint("platform", "event", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])


def inbox() -> None:
    op.create_table(
        "updates",
        must("platform", TEXT),
        must("number", sa.BigInteger()),
        must("body", TEXT),
        must("at", MOMENT),
        must("tries", sa.Integer()),
        may("finished_at", MOMENT),
        may("error", TEXT),
        sa.PrimaryKeyConstraint("platform", "number", name="pk_updates"),
    )
    waits, over = "finished_at IS NULL", "finished_at IS NOT NULL"
    partial("ix_updates_unfinished", "updates", "platform", "at", where=waits)
    partial("ix_updates_finished", "updates", "finished_at", where=over)


def drafts() -> None:
    one = ("platform", "workspace", "chat", "thread", "by_workspace", "by_person")
    op.create_table(
        "drafts",
        *[must(name, TEXT) for name in one],
        must("answers", JSON),
        must("expires_at", MOMENT),
        sa.PrimaryKeyConstraint(*one, name="pk_drafts"),
    )
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"])


def leases() -> None:
    op.create_table(
        "leases",
        must("name", TEXT),
        must("holder", TEXT),
        must("until", MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def experiments() -> None:
    op.create_table(
        "experiments",
        must("id", ID),
        must("slot", sa.Integer()),
        must("old_default", JSON),
        must("new_default", JSON),
        *place(),
        must("started_by", JSON),
        must("file", TEXT),
        must("began_at", MOMENT),
        must("ends_at", MOMENT),
        must("since", MOMENT),
        must("state", WORD),
        may("ended_by", JSON),
        may("ending", WORD),
        must("detail", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_experiments"),
    )
    partial("uq_experiments_open", "experiments", "slot", where="state <> 'over'", unique=True)
