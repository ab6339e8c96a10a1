"""Lines as people type them, with the commands they mean."""

from datetime import timedelta

from scheduler.alert import Decision
from scheduler.commands import (
    AcceptRoute,
    AddJob,
    AskAdd,
    ChangeDefault,
    Claim,
    Command,
    DecideAll,
    DrillJob,
    EditJob,
    EndExperiment,
    Help,
    History,
    ListAlerts,
    ListJobs,
    Options,
    Output,
    PauseJob,
    PinJob,
    RemoveJob,
    ResumeJob,
    RouteText,
    RunJob,
    ShowDefault,
    ShowJob,
    StopJob,
    TakeSnapshot,
    TakeSnapshots,
    Unclaim,
    UnpinJob,
)
from scheduler.job import JobId, JobKind, OnMissed

SEVEN = JobId(7)
LLAMA = "meta-llama/llama-3.3-70b-instruct:free"
PINNED = PinJob(SEVEN, RouteText(whole=f"openrouter:{LLAMA}"))
PINNED_IN_PARTS = PinJob(SEVEN, RouteText(provider="openrouter", model=LLAMA))
DAILY = AddJob("every day at 9:00", "Say hello")
NAMED = AddJob("every day at 9:00", "Say hello", Options(name="My job"))

GOOD: dict[str, Command] = {
    # nothing but an address
    "": Help(),
    "   ": Help(),
    "/jobs": Help(),
    "jobs": Help(),
    "@driftpin": Help(),
    "<@U034CD>": Help(),
    "/start": Help(),
    "/start from-a-link": Help(),
    "help": Help(),
    "?": Help(),
    "/jobs help pin": Help("pin"),
    "help rm": Help("remove"),
    "help options": Help("options"),
    "pin --help": Help("pin"),
    "cronjob help": Help("cronjob"),
    # the front's own
    "/jobs add": AskAdd(),
    "new": AskAdd(),
    "/add@driftpinbot": AskAdd(),
    "claim 7KQM-2XPD": Claim("7KQM2XPD"),
    "/claim  7kqm – 2xpd ": Claim("7kqm2xpd"),
    "`/jobs claim “7KQM-2XPD”`": Claim("7KQM2XPD"),
    "unclaim slack:T012AB:U034CD": Unclaim("slack:T012AB:U034CD"),
    "unclaim `telegram:42`": Unclaim("telegram:42"),
    # ways to address the bot
    "/jobs pause 7": PauseJob(SEVEN),
    "jobs pause 7": PauseJob(SEVEN),
    "/jobs@driftpinbot pause 7": PauseJob(SEVEN),
    "@driftpin pause 7": PauseJob(SEVEN),
    "@driftpin: pause 7": PauseJob(SEVEN),
    "@driftpin /jobs pause 7": PauseJob(SEVEN),
    "<@U034CD> pause 7": PauseJob(SEVEN),
    "<@U034CD|driftpin> /jobs pause #7": PauseJob(SEVEN),
    "/pause 7": PauseJob(SEVEN),
    "/pause@driftpinbot 7": PauseJob(SEVEN),
    "driftpin jobs pause 7": PauseJob(SEVEN),
    "Pause job 7": PauseJob(SEVEN),
    "`pause 7`": PauseJob(SEVEN),
    "```\n/jobs pause 7\n```": PauseJob(SEVEN),
    "`pause` 7": PauseJob(SEVEN),
    "*pause* 7": PauseJob(SEVEN),
    "\u200e/jobs\u00a0pause\u00a07": PauseJob(SEVEN),
    "pause 007": PauseJob(SEVEN),
    # one job
    "show 7": ShowJob(SEVEN),
    "resume 7": ResumeJob(SEVEN),
    "unpause 7": ResumeJob(SEVEN),
    "stop 7": StopJob(SEVEN),
    "cancel 7": StopJob(SEVEN),
    "rm 7": RemoveJob(SEVEN),
    "delete #7": RemoveJob(SEVEN),
    "run 7": RunJob(SEVEN),
    "run 7 now": RunJob(SEVEN),
    "run 7 HELD": RunJob(SEVEN, held=True),
    "snapshot 7": TakeSnapshot(SEVEN),
    "snapshot all": TakeSnapshots(),
    "snap ALL": TakeSnapshots(),
    "drill 7": DrillJob(SEVEN),
    "rehearse #7": DrillJob(SEVEN),
    "history 7": History(SEVEN),
    "logs 7": History(SEVEN),
    "output 7": Output(SEVEN),
    # lists
    "list": ListJobs(),
    "ls": ListJobs(),
    "list all": ListJobs(everywhere=True),
    "list 2": ListJobs(2),
    "list all 2": ListJobs(2, everywhere=True),
    "list 2 all": ListJobs(2, everywhere=True),
    "alerts": ListAlerts(),
    # routes
    "pin 7": PinJob(SEVEN),
    f"pin 7 openrouter:{LLAMA}": PINNED,
    f"/pin 7 openrouter:{LLAMA}": PINNED,
    f"pin 7 `openrouter:{LLAMA}`": PINNED,
    f"pin 7 {LLAMA}": PinJob(SEVEN, RouteText(whole=LLAMA)),
    "pin 7 openrouter": PinJob(SEVEN, RouteText(whole="openrouter")),
    f"pin 7 provider=openrouter model={LLAMA}": PINNED_IN_PARTS,
    f'pin 7 model="{LLAMA}" provider="openrouter"': PINNED_IN_PARTS,
    "pin 7 model=gpt-4o": PinJob(SEVEN, RouteText(model="gpt-4o")),
    "pin 7 provider=lab": PinJob(SEVEN, RouteText(provider="lab")),
    "unpin 7": UnpinJob(SEVEN),
    "unpin 7 provider": UnpinJob(SEVEN, model=False),
    "unpin 7 model": UnpinJob(SEVEN, provider=False),
    "unpin 7 provider model": UnpinJob(SEVEN),
    "accept 7": AcceptRoute(SEVEN),
    "accept all": DecideAll(Decision.ACCEPTED),
    "pin ALL": DecideAll(Decision.PINNED),
    "pause all": DecideAll(Decision.PAUSED),
    "run 7 once": RunJob(SEVEN, once=True),
    "run 7 once openai:gpt-4o": RunJob(SEVEN, once=True, route=RouteText(whole="openai:gpt-4o")),
    "accept 7 openai:gpt-4o": AcceptRoute(SEVEN, RouteText(whole="openai:gpt-4o")),
    "default": ShowDefault(),
    "default openai:gpt-4o": ChangeDefault(RouteText(whole="openai:gpt-4o")),
    "default openai:gpt-4o yes": ChangeDefault(RouteText(whole="openai:gpt-4o"), confirmed=True),
    "default openai:gpt-4o for 2h": ChangeDefault(
        RouteText(whole="openai:gpt-4o"), length=timedelta(hours=2)
    ),
    "default openai:gpt-4o for 1 hour 30 min yes": ChangeDefault(
        RouteText(whole="openai:gpt-4o"), confirmed=True, length=timedelta(minutes=90)
    ),
    "default provider=lab model=m for 2 days": ChangeDefault(
        RouteText(provider="lab", model="m"), length=timedelta(days=2)
    ),
    "default back": EndExperiment(),
    "default end": EndExperiment(),
    "default provider=lab model=m yes": ChangeDefault(
        RouteText(provider="lab", model="m"), confirmed=True
    ),
    # adding
    "add every day at 9:00 | Say hello": DAILY,
    "add every day at 9:00|Say hello": DAILY,
    "/add every day at 9:00 -- Say hello": DAILY,
    "add every day at 9:00 — Say hello": DAILY,
    "add every day at 9:00 – Say hello": DAILY,
    "new every day at 9:00 | Say hello": DAILY,
    "add `every day at 9:00` | Say hello": DAILY,
    "add “every day at 9:00” | Say hello": DAILY,
    "add\nevery day\n at 9:00\n|\n Say hello \n": DAILY,
    "add every day at 9:00 name=“My job” | Say hello": NAMED,
    "add name='My job' every day at 9:00 | Say hello": NAMED,
    "add every day Name=`My job` at 9:00 | Say hello": NAMED,
    "add every day at 9:00 --name=«My job» | Say hello": NAMED,
    "add every day at 9:00 —name=„My job“ — Say hello": NAMED,
    'add every 2h name="a | b" | c | d': AddJob("every 2h", "c | d", Options(name="a | b")),
    'add every 2h name="say \\"hi\\"" | x': AddJob("every 2h", "x", Options(name='say "hi"')),
    "add every 2h | a -- b | c": AddJob("every 2h", "a -- b | c"),
    "add every 2h -- a | b": AddJob("every 2h", "a | b"),
    "add every 2h | a — b": AddJob("every 2h", "a — b"),
    "add every 2h | `a` *b* “c”\n\n--flag x=1": AddJob("every 2h", "`a` *b* “c”\n\n--flag x=1"),
    "add 0 9 * * 1-5 | x": AddJob("0 9 * * 1-5", "x"),
    "add 0 9 . . 1-5 | x": AddJob("0 9 . . 1-5", "x"),
    "add 0 9 \\* \\* 1-5 | x": AddJob("0 9 * * 1-5", "x"),
    "`add every 2h | a`": AddJob("every 2h", "a"),
    "`add` every 2h | a `b`": AddJob("every 2h", "a `b`"),
    "add @daily | x": AddJob("@daily", "x"),
    "add every 2h tz=Europe/Oslo kind=message on_missed=run-once repeat=3 | x": AddJob(
        "every 2h",
        "x",
        Options(zone="Europe/Oslo", kind=JobKind.MESSAGE, on_missed=OnMissed.RUN_ONCE, repeat=3),
    ),
    "add until=2027-01-31 every 2h timeout=10m on-drift=HOLD timezone=UTC | x": AddJob(
        "every 2h",
        "x",
        Options(zone="UTC", on_drift="hold", until="2027-01-31", timeout="10m"),
    ),
    # editing
    "edit 7 every day at 9:00": EditJob(SEVEN, "every day at 9:00"),
    "edit 7 | Say hello": EditJob(SEVEN, prompt="Say hello"),
    "edit 7 -- Say hello": EditJob(SEVEN, prompt="Say hello"),
    "edit 7 every 2h | Say hello": EditJob(SEVEN, "every 2h", "Say hello"),
    "edit 7 name=Standup": EditJob(SEVEN, options=Options(name="Standup")),
    "update 7 provider=lab": EditJob(SEVEN, options=Options(provider="lab")),
    "edit name=Standup 7 every 2h": EditJob(SEVEN, "every 2h", options=Options(name="Standup")),
    # the second form
    f"cronjob action=update job_id=7 provider=openrouter model={LLAMA}": PINNED_IN_PARTS,
    f"/jobs cronjob model={LLAMA} provider=openrouter job_id=#7 action=UPDATE": PINNED_IN_PARTS,
    "cronjob action=update job_id=7 model=m": PinJob(SEVEN, RouteText(model="m")),
    'cronjob action=update job_id=7 schedule="every 2h" model=m': EditJob(
        SEVEN, "every 2h", options=Options(model="m")
    ),
    'cronjob action=update job_id=7 prompt="a | b"': EditJob(SEVEN, prompt="a | b"),
    'cronjob action=create schedule="every 2h" prompt="Say “hi”" name=x': AddJob(
        "every 2h", "Say “hi”", Options(name="x")
    ),
    "cronjob action=list": ListJobs(),
    "cronjob action=pause job_id=7": PauseJob(SEVEN),
    "cronjob action=resume job_id=7": ResumeJob(SEVEN),
    "cronjob action=run job_id=7": RunJob(SEVEN),
    "cronjob action=remove job_id=7": RemoveJob(SEVEN),
}

FRAGMENTS = (
    *("add ", "edit 7 ", "pin 7 ", "default ", "list ", "help ", "cronjob ", "/jobs ", "unpin 7 "),
    *("every 2h", "0 9 * * 1-5", "7", "#", "openrouter:", "a/b", "yes", "all", "held", "job "),
    *("name=", "tz=", "model=", "provider=lab", "repeat=3", "kind=message", "action=update "),
    *("job_id=7 ", "schedule=", "prompt=", "action=create ", " ", "  ", "\n", "\t", "\u00a0"),
    *("|", " | ", " -- ", " — ", "--", "—", "=", "\\", "*", "_", "`", '"', "'", "“", "”", "’"),
    *("\u200b", "\u202e", "\x00", "\x1b[31m", "\ud800", "🙂", "👩\u200d💻", "é", "\uff17", "x"),
)
"""Pieces of lines, to be put together in any way."""
