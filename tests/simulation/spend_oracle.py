"""The oracle of spend: no request leaves that a cap does not allow, and each counts as what is known of it.

Written from docs/explanation/life-of-a-run.md and docs/how-to/cap-spending.md. It adds up every request by
itself; amounts are in millionths of a millionth of a dollar, as they are written.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.simulation.book import Entry, Fate, Request
from tests.simulation.jobs_oracle import Move
from tests.simulation.ledger import Ledger, Somebody, facts, must
from tests.simulation.money import CAPS_OF_A_DAY, FREE, USUAL_RUN, Amounts, Money, most_billed
from tests.simulation.rows import CallRow, JobRow, OwedRow, Row, RunRow, SpendRow
from tests.simulation.words import Added, Edited, Said

PROMPT = "Summarise open incidents"
COST_NOTHING = (Fate.NEVER_LEFT, Fate.BUSY, Fate.REFUSED)
WHICH = re.compile(r"spend\.(\w+)|own (max_usd)")
MOST, DAY = re.compile(r"\$[\d.]+"), re.compile(r"\d{4}-\d\d-\d\d")
Count = tuple[str, str, str]
"""A day, a cap, and whose it is."""


@dataclass
class Spending:
    """What one transaction wrote: requests let through, requests settled, and sums."""

    reserved: list[CallRow] = field(default_factory=list)
    settled: list[CallRow] = field(default_factory=list)
    rows: list[tuple[Row | None, Row | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Allowed:
    """What a job allows its own runs from a moment on."""

    since: datetime
    most: Decimal | None


@dataclass(frozen=True)
class Capped:
    """What people are told once: a cap, its amount, its day, and the job where it is one job's."""

    cap: str
    most: str
    day: str | None
    job: int | None
    uncalled: bool


class SpendOracle:
    def __init__(self, known: Ledger, money: Money) -> None:
        self._known, self._money = known, money
        self._calls: dict[Request, CallRow] = {}
        self._of_run: defaultdict[int, list[Request]] = defaultdict(list)
        self._sums: Counter[Count] = Counter()
        self._raised: Counter[Count] = Counter()
        self._warned: set[Count] = set()
        self._rows: dict[Count, SpendRow] = {}
        self._claimed: dict[int, datetime] = {}
        self._own: defaultdict[int, list[Allowed]] = defaultdict(list)

    def written(
        self,
        worker: Somebody,
        verb: str,
        moves: Sequence[Move],
        jobs: dict[int, tuple[JobRow | None, JobRow]],
        spent: Spending,
        owed: Sequence[OwedRow],
        now: datetime,
    ) -> None:
        for number, (_, row) in jobs.items():
            self._allows(worker, verb, number, row, now)
        for old, new in moves:
            if new.state == "claimed" and (old is None or old.state != "claimed"):
                self._claimed[new.id] = now
        warnings = [facts(row) for row in owed if row.kind == "spending"]
        must(not warnings or bool(spent.reserved), f"{verb} warns of what nobody reserves")
        for call in spent.reserved:
            self._gate(worker, call, warnings, now)
        self._ends(moves, spent.settled)
        self._rests(verb, moves, owed)
        self._adds_up(worker, verb, spent)

    def same_as(self, spending: Iterable[tuple[str, str, str, int]]) -> None:
        """The rows as they are read at the end, against every request there ever was."""
        found = {(day, cap, key): amount for day, cap, key, amount in spending if amount}
        sums = {count: amount for count, amount in self._sums.items() if amount}
        must(found == sums, f"the sums at the end are {found}, and should be {sums}")

    def _allows(self, worker: Somebody, verb: str, number: int, row: JobRow, now: datetime) -> None:
        """What a job allows its own runs is what a person typed last."""
        words = worker.command.words if worker.command else None
        mine = self._own[number]
        if verb == "add" and isinstance(words, Added):
            mine.append(Allowed(now, words.max_usd))
        elif verb == "change" and isinstance(words, Edited) and words.max_usd is not None:
            typed = None if words.max_usd == "off" else Decimal(words.max_usd)
            mine.append(Allowed(now, typed))
        want = None if mine[-1].most is None else atoms(mine[-1].most)
        must(row.max_usd == want, f"{row} should allow {want}")

    # --- the gate -----------------------------------------------------------------------------------

    def _gate(
        self, worker: Somebody, call: CallRow, warnings: list[dict[str, object]], now: datetime
    ) -> None:
        request, run = Request(call.run, call.attempt, call.step), self._known.runs[call.run]
        must(call.settled is None, f"{call} is settled before it left")
        today = self._money.day(worker.wall)
        must(call.day == today, f"{call} counts on {call.day}, and the day is {today}")
        # By the settings as they were when the run was judged, or at any moment since.
        since = self._claimed[run.id]
        settings = self._money.between(since, now)
        self._worst(call, settings)
        if call.reserved:
            self._fits(call, run, settings, since)
            self._warns(call, run, settings, warnings)
        else:
            must(not warnings, f"{call} reserves nothing, and warns of {warnings}")
        self._calls[request] = call
        self._of_run[run.id].append(request)
        self._count(call, run, call.reserved)
        self._known.told["reservations"] += call.reserved > 0
        self._known.told["days that are not those of UTC"] += today != f"{worker.wall:%Y-%m-%d}"

    def _worst(self, call: CallRow, settings: Sequence[Amounts]) -> None:
        """No less is reserved than the provider may bill by its own list."""
        route = _route(call)
        if route in FREE:
            must(call.reserved == 0, f"{call} is free, and reserves {call.reserved}")
            return
        worst = most_billed(route, PROMPT, call.step)
        if worst is None:
            runs = {atoms(caps["per_run_usd"] or USUAL_RUN) for caps in settings}
            must(call.reserved in runs, f"{call} should reserve all of a run: {runs}")
            self._known.told["reservations without a price"] += 1
            return
        least = atoms(worst)
        must(call.reserved >= least, f"{call} reserves less than {least}, which it may cost")
        must(call.reserved <= 2 * least, f"{call} reserves far more than {least}")

    def _fits(
        self, call: CallRow, run: RunRow, settings: Sequence[Amounts], since: datetime
    ) -> None:
        """What was settled or is reserved, and this request, stay within every cap."""
        own = [each.most for each in self._allowed(run.job, since)]
        by_run = sum(_counts(self._calls[each]) for each in self._of_run[run.id]) + call.reserved
        over = ""
        for caps in settings:
            over = self._over(call, run, caps, by_run)
            if not over:
                break
        must(not over, f"{call} is over {over}")
        must(
            any(most is None or by_run <= atoms(most) for most in own),
            f"{call} is over what its job allows, {own}: {by_run}",
        )
        self._known.told["gates with a cap off"] += None in settings[0].values()
        tight = settings[0]["per_day_usd"]
        if tight is not None:
            everything = self._sums[call.day, "per_day_usd", ""] + call.reserved
            self._known.told["gates near a cap"] += everything > atoms(tight) * 0.7

    def _allowed(self, job: int, since: datetime) -> list[Allowed]:
        found = []
        for each in reversed(self._own[job]):
            found.append(each)
            if each.since <= since:
                break
        return found

    def _over(self, call: CallRow, run: RunRow, caps: Amounts, by_run: int) -> str:
        keys = self._keys(run.job)
        amounts = {"per_run_usd": by_run}
        for cap in CAPS_OF_A_DAY:
            amounts[cap] = self._sums[call.day, cap, keys[cap]] + call.reserved
        for cap, amount in amounts.items():
            most = caps[cap]
            if most is None:
                continue
            allowed = atoms(most) + self._raised[call.day, cap, keys[cap]]
            if amount > allowed:
                return f"{cap}: {amount} of {allowed}"
        return ""

    def _warns(
        self,
        call: CallRow,
        run: RunRow,
        settings: Sequence[Amounts],
        warnings: Sequence[dict[str, object]],
    ) -> None:
        """At four fifths of a cap of a day people are warned, once."""
        keys = self._keys(run.job)
        wanted = []
        for caps in settings:
            near = set()
            for cap in CAPS_OF_A_DAY:
                count, most = (call.day, cap, keys[cap]), caps[cap]
                if most is None or count in self._warned:
                    continue
                allowed = atoms(most) + self._raised[count]
                if 5 * (self._sums[count] + call.reserved) >= 4 * allowed:
                    near.add(cap)
            wanted.append(near)
        said = [str(each["cap"]) for each in warnings]
        must(len(set(said)) == len(said), f"warned twice at once: {warnings}")
        must(set(said) in wanted, f"{call} warns of {said}, and should of {wanted}")
        for each in warnings:
            right = (each["day"], each["job"]) == (call.day, run.job)
            must(right, f"{call} warns of another day or job: {each}")
            cap = str(each["cap"])
            self._warned.add((call.day, cap, keys[cap]))
            self._known.told["warnings"] += 1

    # --- the end ------------------------------------------------------------------------------------

    def _ends(self, moves: Sequence[Move], settled: Sequence[CallRow]) -> None:
        """Each attempt is settled in the transaction that records its end, and never else."""
        by_attempt: defaultdict[tuple[int, int], list[CallRow]] = defaultdict(list)
        for call in settled:
            by_attempt[call.run, call.attempt].append(call)
        for old, new in moves:
            if old is None or old.state != "calling" or new.state == "calling":
                continue
            open_ = {
                each
                for each in self._of_run[new.id]
                if each.attempt == old.attempt and self._calls[each].settled is None
            }
            rows = sorted(by_attempt.pop((new.id, old.attempt), []), key=lambda row: row.step)
            found = {Request(row.run, row.attempt, row.step) for row in rows}
            must(found == open_, f"{new} ends, and settles {found} of {open_}")
            self._settles(new, rows)
        must(not by_attempt, f"settled, and not at an end: {dict(by_attempt)}")

    def _settles(self, run: RunRow, rows: Sequence[CallRow]) -> None:
        """As what was billed where that was told, as nothing where nothing is, else as all of it."""
        billed: list[tuple[CallRow, Entry | None]] = []
        for row in rows:
            entry = self._known.book.entries.get(Request(row.run, row.attempt, row.step))
            if entry is not None and entry.fate in COST_NOTHING and run.state != "unknown":
                must(row.settled == 0, f"{row} should count as nothing, it was {entry.fate}")
                self._known.told["counted as nothing"] += row.reserved > 0
            else:
                billed.append((row, entry))
        there = [entry for _, entry in billed if entry is not None]
        known = all(entry.fate is Fate.ANSWERED and entry.told for entry in there)
        if run.state != "unknown" and known and there:
            counted = sum(row.settled or 0 for row, _ in billed)
            told = sum(atoms(entry.billed) for entry in there)
            # Whoever was stopped in the doorway does not know that the gate was open.
            unsent = sum(row.reserved for row, entry in billed if entry is None)
            must(counted in (told, told + unsent), f"{rows} should count as {told}: {run}")
            self._known.told["counted as billed"] += any(row.reserved for row, _ in billed)
        else:
            for row, entry in billed:
                # Where the gate's commit was in doubt, whoever asked knows that nothing left.
                unsent = entry is None and row.settled == 0
                kept = unsent or row.settled == row.reserved
                must(kept, f"{row} should keep all it reserved: {run}")
                self._known.told["counted as all reserved"] += row.reserved > 0
        for row in rows:
            request = Request(row.run, row.attempt, row.step)
            self._count(row, run, _counts(row) - _counts(self._calls[request]))
            self._calls[request] = row

    # --- holds --------------------------------------------------------------------------------------

    def _rests(self, verb: str, moves: Sequence[Move], owed: Sequence[OwedRow]) -> None:
        reports = Counter(facts(row)["run"] for row in owed if row.kind == "report")
        for old, new in moves:
            if old is None or old.state == new.state:
                continue
            if new.state == "held" and new.hold == "budget" and old.state != "planned":
                self._capped(old, new, reports[new.id])
            if (old.state, new.state, verb) == ("held", "missed", "record"):
                waited = old.hold == "budget" and not old.requests
                self._known.told["made up for"] += waited
            if (old.state, new.state, new.kind) == ("calling", "succeeded", "scheduled"):
                left = [
                    run
                    for run in self._known.open.values()
                    if run.job == new.job and run.state == "held"
                    if run.hold == "budget" and not run.requests
                ]
                must(not left, f"{new} makes up for {left}, which still wait")

    def _capped(self, old: RunRow, run: RunRow, told: int) -> None:
        """It used up nothing, and each cap of a chat and day is told once while it holds anything."""
        made = [each for each in self._of_run[run.id] if each.attempt == run.attempt]
        if old.state == "claimed":
            must(not made, f"{run} is held by a cap, and let through {made}")
        else:
            answered = [self._known.book.entries.get(each) for each in made]
            fine = all(entry is not None and entry.fate is Fate.ANSWERED for entry in answered)
            must(fine and bool(made), f"{run} is held between two requests: {answered}")
            self._known.told["capped behind the gate"] += 1
        said = self._said(run)
        self._known.told[f"held by {said.cap}"] += 1
        self._known.told["told of a cap"] += told
        if run.kind == "manual":
            must(told == 1, f"whoever asked for {run} is told {told} times")
        elif not run.requests:
            chat = self._chat(run.job)
            waits = [
                other
                for other in self._known.open.values()
                if other.id != run.id and other.state == "held" and other.hold == "budget"
                if self._chat(other.job) == chat and self._said(other) == said
            ]
            must(told == (not waits), f"{run} is told {told} times, beside {waits}")
            self._known.told["a cap that was told already"] += not told

    def _said(self, run: RunRow) -> "Capped":
        """What the recorded error of a run says of the cap that holds it."""
        first = (run.error or "").partition("\n")[0]
        which, most, day = WHICH.search(first), MOST.search(first), DAY.search(first)
        must(which is not None and most is not None, f"{run} does not say which cap it is")
        assert which is not None
        assert most is not None
        cap = which[1] or which[2]
        job = None if cap in ("per_chat_day_usd", "per_day_usd") else run.job
        must(day is not None, f"{run} does not say which day it is")
        return Capped(cap, most[0], day and day[0], job, "no call was made" in first)

    # --- sums ---------------------------------------------------------------------------------------

    def _adds_up(self, worker: Somebody, verb: str, spent: Spending) -> None:
        """Every row that was touched is the sum of its requests."""
        touched = set()
        for _, row in spent.rows:
            must(isinstance(row, SpendRow), f"{verb} deleted a sum")
            assert isinstance(row, SpendRow)
            count = row.day, row.cap, row.key
            touched.add(count)
            self._rows[count] = row
            if row.raised != self._raised[count]:
                self._is_raised(worker, verb, row)
        for call in (*spent.reserved, *spent.settled):
            keys = self._keys(self._known.runs[call.run].job)
            touched |= {(call.day, cap, keys[cap]) for cap in CAPS_OF_A_DAY}
        for count in touched:
            written = self._rows[count].amount if count in self._rows else 0
            must(
                written == self._sums[count],
                f"{verb} makes {count} {written}, and its requests are {self._sums[count]}",
            )

    def _is_raised(self, worker: Somebody, verb: str, row: SpendRow) -> None:
        command, count = worker.command, (row.day, row.cap, row.key)
        asked = verb == "raise_caps" and command is not None and command.words == Said("raise")
        must(asked, f"{verb} raises {row}, and nobody asked for that")
        assert command is not None
        assert command.job is not None
        mine = self._keys(command.job).get(row.cap) == row.key
        must(mine, f"{row} is raised, and job {command.job} was asked about")
        days = {self._money.day(command.since), self._money.day(worker.wall)}
        must(row.day in days, f"{row} is raised on {days}")
        more = row.raised - self._raised[count]
        usual = {each.caps[row.cap] for each in self._money.history}
        whole = any(most and more > 0 and more % atoms(most) == 0 for most in usual)
        must(whole, f"{row} is raised by {more}, and {usual} is usual")
        self._raised[count] = row.raised
        self._warned.discard(count)
        self._known.told["caps raised"] += 1

    def _count(self, call: CallRow, run: RunRow, amount: int) -> None:
        keys = self._keys(run.job)
        for cap in CAPS_OF_A_DAY:
            self._sums[call.day, cap, keys[cap]] += amount

    def _keys(self, job: int) -> dict[str, str]:
        """Whose each cap is."""
        mine, chat = str(job), self._chat(job)
        keys = {"per_run_usd": mine, "per_job_day_usd": mine}
        return {**keys, "per_chat_day_usd": chat, "per_day_usd": ""}

    def _chat(self, job: int) -> str:
        return self._known.jobs[job].words.chat


def atoms(amount: Decimal) -> int:
    return int(amount.scaleb(12))


def _counts(call: CallRow) -> int:
    return call.reserved if call.settled is None else call.settled


def _route(call: CallRow) -> str:
    route = json.loads(call.route)
    return f"{route['provider']}:{route['model']}"
