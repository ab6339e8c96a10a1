"""The oracle of jobs: which fires become runs, what runs use up, and what persons changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from tests.simulation.fires import Due, In, Timetable, due
from tests.simulation.ledger import JobModel, Ledger, Somebody, Wrong, facts, maybe, moment, must
from tests.simulation.rows import JobRow, OwedRow, RunRow
from tests.simulation.words import Added, Command, Edited, Said, end_of

GIVES_UP_AFTER = 5
Move = tuple[RunRow | None, RunRow]


class JobOracle:
    """Keeps a model of each job, and compares its row with it."""

    def __init__(self, known: Ledger) -> None:
        self._known = known

    def written(
        self,
        worker: Somebody,
        verb: str,
        moves: Sequence[Move],
        jobs: dict[int, tuple[JobRow | None, JobRow]],
        owed: Sequence[OwedRow],
        now: datetime,
    ) -> None:
        touched = {new.job: None for _, new in moves} | dict.fromkeys(jobs)
        pauses = Counter(facts(row)["job"] for row in owed if row.kind == "paused")
        missed = [facts(row) for row in owed if row.kind == "missed"]
        must(not missed or verb == "plan", f"{verb} lists missed fires: {missed}")
        for number in touched:
            old, row = jobs.get(number, (None, None))
            mine = [(before, run) for before, run in moves if run.job == number]
            if number not in self._known.jobs:
                assert row is not None
                self._added(worker, verb, row, now)
                continue
            model = self._known.jobs[number]
            paused = self._run_its_course(model, verb, mine)
            must(pauses[number] == paused, f"job {number}: {pauses[number]} words of its pause")
            if verb == "plan":
                listed = [each for each in missed if each["job"] == number]
                self._ticked(worker, number, model, mine, row, listed)
            elif verb == "change" and row is not None and old is not None:
                self._changed(worker, number, model, old, row)
            elif row is not None:
                self._settled(number, model, row)
            if row is not None:
                self._as_written(number, model, row)
                model.quiet_since = now
        must(all(number in touched for number in pauses), f"a pause of no job: {pauses}")

    def _added(self, worker: Somebody, verb: str, row: JobRow, now: datetime) -> None:
        command = worker.command
        must(
            verb == "add" and command is not None and isinstance(command.words, Added),
            f"nobody asked for job {row.id}",
        )
        assert command is not None
        assert isinstance(command.words, Added)
        words, anchor = command.words, moment(row.anchor)
        must(command.since <= anchor <= worker.wall, f"{row} is anchored at {anchor}")
        timetable = Timetable(words.typed, anchor, end_of(words.until))
        model = JobModel(
            words, timetable, "active", timetable.after(anchor), words.repeat, quiet_since=now
        )
        self._known.jobs[row.id] = model
        self._known.consents[row.id] |= {command.route, self._known.default}
        self._as_written(row.id, model, row)

    def _run_its_course(self, model: JobModel, verb: str, moves: Iterable[Move]) -> bool:
        """What runs do to their job: repeats and failures are counted; True when it pauses itself."""
        paused = False
        for old, new in moves:
            if old is None or old.state == new.state:
                continue
            step, scheduled = (old.state, new.state), new.kind == "scheduled"
            begins = step == ("claimed", "calling")
            if model.words.message:
                begins = verb == "record" and new.state != "cancelled"
            if model.repeat_left is not None and scheduled:
                if begins:
                    model.repeat_left -= 1
                    must(model.repeat_left >= 0, f"{new} begins, and no repeat is left")
                    if model.repeat_left == 0:
                        model.next_fire = None
                    self._known.told["repeats used"] += 1
                elif step in (("calling", "claimed"), ("calling", "held")):
                    model.repeat_left += 1
                    self._known.told["repeats given back"] += 1
                elif step == ("calling", "cancelled") and verb == "hold":
                    model.repeat_left += 1
            if new.state == "succeeded":
                model.failures = 0
            elif new.state in ("failed", "unknown") and new.stopper is None and scheduled:
                model.failures += 1
                gives_up = model.failures >= GIVES_UP_AFTER and model.state == "active"
                if gives_up and model.next_fire is not None:
                    model.state, paused = "paused", True
                    self._known.told["paused itself"] += 1
        return paused

    def _ticked(
        self,
        worker: Somebody,
        number: int,
        model: JobModel,
        moves: Sequence[Move],
        row: JobRow | None,
        listed: Sequence[dict[str, object]],
    ) -> None:
        """A tick deals with every fire that has come, each as the rules say, and goes on to the next."""
        made = [new for old, new in moves if old is None]
        moved = row is not None and maybe(row.next_fire) != model.next_fire
        if not moved and not made and not listed:
            return
        must(model.state == "active", f"job {number} is {model.state} and fires: {made}")
        if model.next_fire is None:
            raise Wrong(f"job {number} has no fire left and fires: {made}")
        must(model.next_fire <= worker.read, f"job {number} fires early: {made}")
        want = due(model.timetable, model.next_fire, worker.read, run_once=model.words.run_once)
        self._fires_as(number, want, made, listed, model)
        model.next_fire = want.then
        if row is not None:
            self._settled(number, model, row)

    def _fires_as(
        self,
        number: int,
        want: Due,
        made: Sequence[RunRow],
        listed: Sequence[dict[str, object]],
        model: JobModel,
    ) -> None:
        wanted = [fire for fire in (want.runs, want.missed) if fire is not None]
        must(
            [moment(run.fire) for run in made] == wanted,
            f"job {number}: fires {wanted} were due, and these became runs: {made}",
        )
        others = [run for run in self._known.in_flight(number) if run not in made]
        for run in made:
            busy = bool(others) and want.then is not None
            state = "missed" if want.missed else "overlapped" if busy else "planned"
            must(run.state == state, f"job {number}: {run} should be {state}, beside {others}")
            model.told_of[moment(run.fire)] += 1
            self._known.told["last fires that waited"] += bool(others) and state == "planned"
        lost = want.lost
        if lost:
            first, last = (
                (moment(str(listed[0][key])) for key in ("first", "last"))
                if listed
                else (None, None)
            )
            said = (len(listed), listed[0]["count"] if listed else 0, first, last)
            must(said == (1, len(lost), lost[0], lost[-1]), f"job {number}: {lost} told as {said}")
            self._known.told["missed fires"] += len(lost)
        else:
            must(not listed, f"job {number}: nothing was missed, and it says {listed}")
        for fire in lost:
            if fire != want.missed:
                model.told_of[fire] += 1
        twice = [fire for fire, times in model.told_of.items() if times > 1]
        must(not twice, f"job {number}: told twice of {twice}")
        if want.runs is not None:
            self._known.told["late runs"] += bool(want.lost) and model.words.run_once
        self._known.told["fires"] += len(wanted)

    def _changed(
        self, worker: Somebody, number: int, model: JobModel, old: JobRow, row: JobRow
    ) -> None:
        """A person's word changes what it names and nothing else."""
        command = worker.command
        if command is None or command.job != number:
            raise Wrong(f"{worker.name} changed job {number}, and nobody asked: {row}")
        match command.words:
            case Said("pause"):
                model.state = "paused"
            case Said("resume"):
                self._resumed(worker, number, model, row, command)
            case Said("remove"):
                model.state, model.next_fire = "removed", None
            case Edited() as words:
                self._edited(worker, number, model, row, command, words)
            case Said("accept"):
                # What was the default when they asked, or became it before they were heard.
                self._known.consents[number] |= {command.route, self._known.default}
            case Said("pin"):
                pass
            case other:
                raise Wrong(f"job {number} was changed by {other}: {row}")

    def _resumed(
        self, worker: Somebody, number: int, model: JobModel, row: JobRow, command: Command
    ) -> None:
        removed = model.state == "removed"
        if not removed:
            model.state, model.failures = "active", 0
        used_up = removed and model.repeat_left == 0
        self._goes_on_at(worker, number, model, row, command, none=used_up)
        if removed:
            must(row.state in ("active", "paused", "finished"), f"brought back: {row}")
            must((row.next_fire is None) == (row.state == "finished"), f"brought back: {row}")
            model.state = row.state

    def _edited(
        self,
        worker: Somebody,
        number: int,
        model: JobModel,
        row: JobRow,
        command: Command,
        words: Edited,
    ) -> None:
        if (words.typed, words.repeat, words.until) == (None, None, None):
            return
        table = model.timetable
        if words.until is not None:
            table = replace(table, until=end_of(words.until))
        if words.typed is not None:
            anchor = moment(row.anchor)
            must(command.since <= anchor <= worker.wall, f"{row} is anchored anew")
            table = replace(table, typed=words.typed, anchor=anchor)
        model.timetable = table
        if words.repeat is not None:
            model.repeat_left = words.repeat
        if model.state == "finished":
            model.state = "active"
            self._goes_on_at(worker, number, model, row, command)
        elif words.typed is not None or words.until is not None:
            self._goes_on_at(worker, number, model, row, command)

    def _goes_on_at(
        self,
        worker: Somebody,
        number: int,
        model: JobModel,
        row: JobRow,
        command: Command,
        *,
        none: bool = False,
    ) -> None:
        """The next fire is the first one after the moment somebody asked; what a tick has dealt with
        is never due again."""
        told, written = model.told_of, maybe(row.next_fire)
        candidates = (
            {model.timetable.after(at) for at in (command.since, worker.wall)}
            if not none
            else {None}
        )
        dealt = max(told, default=None)
        ahead = {fire for fire in candidates if fire is None or dealt is None or fire > dealt}
        if not ahead:
            assert dealt is not None
            later = model.timetable.after(dealt)
            # One moment that somebody names stands, unless it is the very one that was dealt with.
            once = isinstance(model.timetable.typed, In)
            ahead = {fire for fire in candidates if fire not in told} if once else {later}
            ahead = ahead or {None}
        must(written in ahead, f"job {number} goes on at {written}, and should at {ahead}")
        model.next_fire = written
        if written is None and model.state != "removed":
            self._settled(number, model, row)

    def _settled(self, number: int, model: JobModel, row: JobRow) -> None:
        """A job with nothing left to do is finished, and no other is."""
        if row.state != "finished" or model.state == "finished":
            return
        open_runs = [run for run in self._known.open.values() if run.job == number]
        used_up = model.repeat_left == 0
        nothing = model.next_fire is None and not open_runs
        must(
            model.state in ("active", "paused") and (used_up or nothing),
            f"job {number} is finished with {open_runs}, {model.next_fire}, {model.repeat_left}",
        )
        model.state, model.next_fire = "finished", None
        self._known.told["finished"] += 1

    def _as_written(self, number: int, model: JobModel, row: JobRow) -> None:
        want = (model.state, model.next_fire, model.repeat_left, model.failures)
        found = (row.state, maybe(row.next_fire), row.repeat_left, row.failures)
        must(want == found, f"job {number} should be {want}, and is {found}")
