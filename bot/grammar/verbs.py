"""The table of verbs: forms, help and synonyms of everything that can be typed in a chat."""

from dataclasses import dataclass

EXAMPLE = "every weekday at 09:00 | Summarise open incidents"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb; `forms` and `examples` are what stands after `/jobs`."""

    name: str
    says: str
    forms: tuple[str, ...]
    examples: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    options: bool = False


VERBS = (
    Verb(
        "add",
        "schedule a new job in this chat",
        ("add <schedule> | <prompt>", "add <schedule> -- <prompt>"),
        (f"add {EXAMPLE}", 'add every 2h name="Build watch" repeat=5 | Is the build green?'),
        ("new", "create", "schedule"),
        options=True,
    ),
    Verb(
        "list",
        "the jobs of this chat, or of every chat you may see",
        ("list", "list all", "list <page>", "list all <page>"),
        ("list", "list all 2"),
        ("ls", "l"),
    ),
    Verb(
        "show",
        "one job: schedule, route, consent, next fire times",
        ("show <job>",),
        ("show 7",),
        ("view", "info", "get"),
    ),
    Verb(
        "edit",
        "change what you type and nothing else",
        (
            "edit <job> <schedule> | <prompt>",
            "edit <job> <schedule>",
            "edit <job> | <prompt>",
            "edit <job> <option>=<value>",
        ),
        ("edit 7 every day at 9:00", "edit 7 | Summarise closed incidents", "edit 7 name=Standup"),
        ("update", "change", "modify", "set"),
        options=True,
    ),
    Verb(
        "pause",
        "no more runs until you resume; with `all`, of every job the alerts here ask about",
        ("pause <job>", "pause all"),
        ("pause 7",),
        ("disable", "suspend"),
    ),
    Verb(
        "resume",
        "go on after a pause; bring a removed job back",
        ("resume <job>",),
        ("resume 7",),
        ("unpause", "enable", "continue"),
    ),
    Verb(
        "run",
        "run now; with `held`, the latest held fire; with `once`, on the route that holds it",
        ("run <job>", "run <job> held", "run <job> once", "run <job> once <provider>:<model>"),
        ("run 7", "run 7 held", "run 7 once openai:gpt-4o"),
        ("trigger", "fire", "exec"),
    ),
    Verb(
        "stop",
        "end the run that is going on; the job stays",
        ("stop <job>",),
        ("stop 7",),
        ("cancel", "kill", "abort"),
    ),
    Verb(
        "leave",
        "do not repeat the latest run whose outcome is unknown",
        ("leave <job>",),
        ("leave 7",),
    ),
    Verb(
        "remove",
        "remove a job; its history stays, and resume brings it back",
        ("remove <job>",),
        ("remove 7",),
        ("rm", "delete", "del"),
    ),
    Verb(
        "pin",
        "bind a job to a route; with none, to what it consented to",
        (
            "pin <job>",
            "pin <job> <provider>:<model>",
            "pin <job> <provider>",
            "pin <job> <model>",
            "pin <job> provider=<provider> model=<model>",
            "pin all",
        ),
        ("pin 7", "pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free"),
        ("bind",),
    ),
    Verb(
        "unpin",
        "follow the default again, on one axis or on both",
        ("unpin <job>", "unpin <job> provider", "unpin <job> model"),
        ("unpin 7", "unpin 7 model"),
        ("unbind",),
    ),
    Verb(
        "accept",
        "consent to the new default; with a route, only to that one",
        ("accept <job>", "accept <job> <provider>:<model>", "accept all"),
        ("accept 7", "accept 7 openai:gpt-4o"),
        ("approve",),
    ),
    Verb(
        "snapshot",
        "record the default of this moment as what the job may bill",
        ("snapshot <job>", "snapshot all"),
        ("snapshot 7", "snapshot all"),
        ("snap",),
    ),
    Verb(
        "drill",
        "simulate a drift of a job: is it held, what would the chat see, does anything leave",
        ("drill <job>",),
        ("drill 7",),
        ("rehearse", "simulate"),
    ),
    Verb(
        "alerts",
        "the alerts that wait for a decision",
        ("alerts",),
        ("alerts",),
        ("alert", "drift", "drifts"),
    ),
    Verb(
        "history",
        "the last runs of a job, with outcome and cost",
        ("history <job>",),
        ("history 7",),
        ("runs", "log", "logs"),
    ),
    Verb(
        "output",
        "what the last run of a job answered",
        ("output <job>",),
        ("output 7",),
        ("out", "result"),
    ),
    Verb(
        "cost",
        "what jobs cost this week and month, what is held back, what the coming week will cost",
        ("cost", "cost all", "cost <job>"),
        ("cost", "cost 7"),
        ("costs", "spend", "bill"),
    ),
    Verb(
        "default",
        "the default route; with a route, what a change would hold; with `yes`, change it;"
        " with `for 2h`, only for so long",
        (
            "default",
            "default <provider>:<model>",
            "default <provider>:<model> yes",
            "default <provider>:<model> for <time>",
            "default <provider>:<model> for <time> yes",
            "default back",
        ),
        (
            "default",
            "default openrouter:meta-llama/llama-3.3-70b-instruct:free yes",
            "default openai:gpt-4o for 2h",
            "default back",
        ),
        ("defaults",),
    ),
    Verb(
        "tz",
        "where your own clock stands, for the jobs you add; with a zone, say where",
        ("tz", "tz <zone>"),
        ("tz", "tz Europe/Paris"),
        ("zone", "timezone"),
    ),
    Verb(
        "audit",
        "who did what, when and from where, the latest first; about one job, where one is named",
        ("audit", "audit <job>", "audit page <page>", "audit <job> page <page>"),
        ("audit", "audit 7", "audit 7 page 2"),
    ),
    Verb(
        "raise",
        "allow more today under the caps that hold a job; for admins",
        ("raise <job>",),
        ("raise 7",),
        ("lift",),
    ),
    Verb(
        "halt",
        "shut every door to spending and cut off what is under way; for admins",
        ("halt", "halt <reason>"),
        ("halt", "halt the bill looks wrong"),
        ("emergency",),
    ),
    Verb(
        "unhalt",
        "end a halt; says what was missed, and runs nothing by itself",
        ("unhalt",),
        ("unhalt",),
        ("unfreeze",),
    ),
    Verb(
        "claim",
        "become the first admin, with the code that driftpin serve printed",
        ("claim <code>",),
        ("claim 7KQM-2XPD",),
    ),
    Verb(
        "unclaim",
        "take back what a claim gave",
        ("unclaim <person>",),
        ("unclaim slack:T012AB:U034CD",),
    ),
    Verb(
        "help",
        "this list, one verb, or the options",
        ("help", "help <verb>", "help options"),
        ("help", "help pin"),
        ("?", "h", "-h", "--help", "man", "commands", "usage", "start"),
    ),
)

SECOND_FORM = Verb(
    "cronjob",
    "the same commands, as hermes-agent writes them",
    ("cronjob action=<action> job_id=<job> <option>=<value>",),
    (
        "cronjob action=update job_id=7 provider=openrouter "
        "model=meta-llama/llama-3.3-70b-instruct:free",
    ),
)

BY_NAME = {verb.name: verb for verb in (*VERBS, SECOND_FORM)}
TOPICS = (*BY_NAME, "options")

BY_WORD = {"cap": "raise", "caps": "raise", "budget": "raise"} | dict.fromkeys(
    ("option", "script", "scripts", "message", "messages", "policy", "policies"), "options"
)
"""What people ask for help on that is no verb, and the topic that speaks of it."""

CANONICAL = {verb.name: verb.name for verb in BY_NAME.values()} | {
    synonym: verb.name for verb in VERBS for synonym in verb.synonyms
}
