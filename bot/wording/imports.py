"""What came over from hermes-agent, line by line: imported, unguarded, left out, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.hermes import LeftOut, Ready, Why
from bot.message import (
    Block,
    Bullets,
    Button,
    Line,
    Message,
    Paragraph,
    Tone,
    bold,
    code,
    line,
)
from bot.wording import facts, prices
from scheduler.drift import Drift
from scheduler.job import Job, JobId, JobState, Place, unguarded_axes
from scheduler.press import Action, Press, RouteNames
from scheduler.route import Route


@dataclass(frozen=True, slots=True)
class Imported:
    """One import. `brought` are the stored jobs by key, `known` those that came before; both empty in
    a `dry_run` of a first import. `drifted` says by key what would hold a job at its next fire."""

    name: str
    found: Sequence[Ready | LeftOut]
    brought: Mapping[str, Job]
    known: Mapping[str, JobId]
    drifted: Mapping[str, Sequence[Drift]]
    dry_run: bool

    @property
    def fresh(self) -> list[Ready]:
        return [
            each for each in self.found if isinstance(each, Ready) and each.key not in self.known
        ]

    def left_out(self, why: Why) -> list[LeftOut]:
        return [each for each in self.found if isinstance(each, LeftOut) and each.why is why]


def imported(report: Imported) -> Message:
    """The report on the machine: every entry of the file on a line of its own, and a count."""
    fresh = report.fresh
    known = [each for each in report.found if isinstance(each, Ready) and each.key in report.known]
    blocks: list[Block] = []
    for heading, lines in (
        ("Imported:", [_fresh(each, report) for each in fresh]),
        ("Here already, and left as they are:", [_known(each, report) for each in known]),
        ("Not imported:", [_left_out(each) for each in report.left_out(Why.UNSUPPORTED)]),
        ("Over there already:", [_left_out(each) for each in report.left_out(Why.OVER)]),
        ("Could not be read:", [_left_out(each) for each in report.left_out(Why.UNREADABLE)]),
    ):
        if lines:
            blocks += [Paragraph(line(bold(heading))), Bullets(tuple(lines))]
    blocks.append(Paragraph(line(_count(report, len(known)))))
    blocks += _what_now(fresh)
    number = facts.count(len(fresh), "job")
    if report.dry_run:
        title = f"Dry run of {report.name}: {number} would be imported, and nothing was changed."
    else:
        title = f"{number} imported from {report.name}."
    return Message(title, tuple(blocks), tone=Tone.GOOD if fresh else Tone.PLAIN)


def _fresh(each: Ready, report: Imported) -> Line:
    stored = report.brought.get(each.key)
    number = f" as job {stored.id}" if stored else ""
    job = each.job
    parts: list[Line] = [
        line(f"line {each.line}: ", bold(job.name), f" ({each.key}){number}: "),
        facts.when(job),
        line(f"; to {_where(job.place)}; "),
        facts.guard(job),
    ]
    if job.state is JobState.PAUSED:
        parts.append(line("; paused"))
    if drifts := report.drifted.get(each.key):
        words = ", ".join(facts.drift_words(drift) for drift in drifts)
        parts.append(line("; ", bold("drifted"), f", its next fire will be held: {words}"))
    parts += [line(f"; {note}") for note in each.notes]
    return tuple(inline for part in parts for inline in part)


def _known(each: Ready, report: Imported) -> Line:
    return line(f"line {each.line}: {each.job.name} ({each.key}) is job {report.known[each.key]}")


def _left_out(each: LeftOut) -> Line:
    return line(f"line {each.line}: ", bold(each.called), f": {each.field}: {each.what}")


def _where(place: Place) -> str:
    if place.platform == "terminal":
        return "the terminal"
    named = f"{place.platform}:{place.chat}"
    if place.platform == "slack":
        named = f"slack:{place.workspace}:#{place.chat}"
    return f"{named}, thread {place.thread}" if place.thread else named


def _count(report: Imported, known: int) -> str:
    fresh = report.fresh
    unguarded = sum(bool(unguarded_axes(each.job)) for each in fresh)
    paused = sum(each.job.state is JobState.PAUSED for each in fresh)
    over = len(report.left_out(Why.OVER))
    entries = f"{len(report.found)} {'entry' if len(report.found) == 1 else 'entries'}"
    return (
        f"{entries}: {len(fresh)} imported ({unguarded} UNGUARDED, {paused} paused),"
        f" {known} here already, {len(report.left_out(Why.UNSUPPORTED))} not imported,"
        f" {over} over already, {len(report.left_out(Why.UNREADABLE))} could not be read."
    )


def _what_now(fresh: Sequence[Ready]) -> list[Block]:
    """What guards the unguarded: a command here, a button in every chat that got some."""
    places = {each.job.place for each in fresh if unguarded_axes(each.job)}
    said: list[Block] = []
    if any(place.platform == "terminal" for place in places):
        command = code("driftpin jobs snapshot all")
        said.append(Paragraph(line("Take a snapshot for all that came to the terminal: ", command)))
    if chats := {place.whole_chat for place in places if place.platform != "terminal"}:
        gets = "gets" if len(chats) == 1 else "get"
        number = facts.count(len(chats), "chat")
        words = f"{number} {gets} a message with the button Take snapshot for all."
        said.append(Paragraph(line(words)))
    return said


def arrived(
    jobs: int,
    unguarded: int,
    by: str,
    default: RouteNames | None,
    how: str,
    bills: str | None = None,
) -> Message:
    """What a chat is told that jobs came to; `bills` is what the default billed then."""
    number = facts.count(jobs, "job")
    title = f"{number} came over from hermes-agent to this chat, brought by {by}."
    listed = Paragraph(line(code(f"{how} list"), " shows them."))
    if not unguarded:
        return Message(title, (listed,))
    would = f" At the time of the import they would have used {default}." if default else ""
    which = "1 of them is" if unguarded == 1 else f"{unguarded} of them are"
    warning = Paragraph(
        line(
            bold(f"{which} UNGUARDED: "),
            f"nobody consented to what they may bill, so they follow the default anywhere.{would} ",
            code(f"{how} snapshot all"),
            " guards every unguarded job here that is yours to decide about.",
        )
    )
    return Message(title, (warning, listed), (_for_all(default, bills),), Tone.LOUD)


def look_first(default: Route | None) -> Message:
    """What a press on the button is told, where its message did not say what it would bill."""
    if default is None:
        return Message("There is no default to consent to now. Nothing was changed.", private=True)
    cost = prices.PRICE_WORDS[default.price_class]
    title = (
        f"The unguarded jobs here that follow the default would use {default.name} ({cost}) now."
    )
    button = _for_all(RouteNames.of(default), default.billing)
    return Message(f"{title} Press again to consent to that. Nothing was changed.", (), (button,))


def _for_all(default: RouteNames | None, bills: str | None) -> Button:
    """It consents to this very default; without one a press only shows what it is by then."""
    press = Press(Action.SNAPSHOT_ALL, route=default, bills=bills)
    return Button("Take snapshot for all", press, primary=True)
