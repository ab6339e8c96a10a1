"""Lines that cannot be understood, each with the one line it is answered with."""

WRONG: dict[str, str] = {
    "/jobs lst": "'lst' is not a command; did you mean '/jobs list'?",
    "puase 7": "'puase' is not a command; did you mean '/jobs pause 7'?",
    "ad every 2h | Say hello": (
        "'ad' is not a command; did you mean '/jobs add every 2h | Say hello'?"
    ),
    "lis all 2": "'lis' is not a command; did you mean '/jobs list all 2'?",
    "delte 7": "'delte' is not a command; did you mean '/jobs remove 7'?",
    "unpinn 7 model": "'unpinn' is not a command; did you mean '/jobs unpin 7 model'?",
    "pni 7 openrouter:a/b": "'pni' is not a command; did you mean '/jobs pin 7 openrouter:a/b'?",
    "hi there": "'hi' is not a command; type '/jobs help'",
    "hi": "'hi' is not a command; type '/jobs help'",
    "puase": "'puase' is not a command; did you mean '/jobs pause <job>'?",
    "helo there": "'helo' is not a command; did you mean '/jobs help'?",
    "hepl": "'hepl' is not a command; did you mean '/jobs help'?",
    "foo": "'foo' is not a command; type '/jobs help'",
    "foo | bar": "'foo' is not a command; did you mean '/jobs add foo | bar'?",
    "hey pause 7": "'hey' is not a command; type '/jobs help'",
    "7": "'7' is not a command; did you mean '/jobs show 7'?",
    "#7": "'#7' is not a command; did you mean '/jobs show #7'?",
    "every day at 9 | Say hello": (
        "that begins with a schedule, not with a command; "
        "did you mean '/jobs add every day at 9 | Say hello'?"
    ),
    "every day at 9": (
        "that begins with a schedule, not with a command; "
        "did you mean '/jobs add every day at 9 | Summarise open incidents'?"
    ),
    "0 9 * * 1-5 | Say hello": (
        "that begins with a schedule, not with a command; "
        "did you mean '/jobs add 0 9 * * 1-5 | Say hello'?"
    ),
    "@daily | Say hello": (
        "that begins with a schedule, not with a command; "
        "did you mean '/jobs add @daily | Say hello'?"
    ),
    "tomorrow 9:00 | Say hello": (
        "that begins with a schedule, not with a command; "
        "did you mean '/jobs add tomorrow 9:00 | Say hello'?"
    ),
    "30m | Say hello": (
        "that begins with a schedule, not with a command; did you mean '/jobs add 30m | Say hello'?"
    ),
    "action=update job_id=7 provider=lab": (
        "'action=update' is not a command; "
        "did you mean '/jobs cronjob action=update job_id=7 provider=lab'?"
    ),
    "cost week": (
        "'week' is not the number of a job; type '/jobs cost <job>'; '/jobs list' shows the numbers"
    ),
    "tz name=x": "'name=' does not belong after tz; type '/jobs tz' or '/jobs tz <zone>'",
    "audit page x": (
        "'x' is not a page of the audit; type '/jobs audit' or '/jobs audit <job>'"
        " or '/jobs audit page <page>' or '/jobs audit <job> page <page>'"
    ),
    "audit 7 8": (
        "'8' does not belong after audit; type '/jobs audit' or '/jobs audit 7'"
        " or '/jobs audit page <page>' or '/jobs audit 7 page <page>'"
    ),
    "claim": "claim needs the code that driftpin serve printed; type '/jobs claim <code>'",
    "claim -- | -": "claim needs the code that driftpin serve printed; type '/jobs claim <code>'",
    "claim 7KQM-2XPD name=x": "'name=' does not belong after claim; type '/jobs claim <code>'",
    "unclaim": "unclaim needs a person; type '/jobs unclaim slack:T012AB:U034CD'",
    "unclaim 7": "'7' is not a person; type '/jobs unclaim slack:T012AB:U034CD'",
    "unclaim slack:T1:*": (
        "'slack:T1:*' is not a person; type '/jobs unclaim slack:T012AB:U034CD'"
    ),
    "unclaim telegram:42 telegram:43": (
        "'telegram:43' does not belong after unclaim; type '/jobs unclaim <person>'"
    ),
    "start 7": "start can mean two things; type '/jobs run 7' or '/jobs resume 7'",
    "pause": (
        "pause needs the number of a job; type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "show": (
        "show needs the number of a job; type '/jobs show <job>'; '/jobs list' shows the numbers"
    ),
    "pin": "pin needs the number of a job; type '/jobs pin <job>'; '/jobs list' shows the numbers",
    "run": "run needs the number of a job; type '/jobs run <job>'; '/jobs list' shows the numbers",
    "accept": (
        "accept needs the number of a job; "
        "type '/jobs accept <job>'; '/jobs list' shows the numbers"
    ),
    "pause 0": "there is no job 0; '/jobs list' shows the numbers",
    "pause -7": (
        "'-7' is not the number of a job; type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "pause 7.5": (
        "'7.5' is not the number of a job; type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "pause +7": (
        "'+7' is not the number of a job; type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "pause 1000000000000000000000000000000": (
        "there is no job 1000000000000000000000000000000; '/jobs list' shows the numbers"
    ),
    "pause 4294967296": "there is no job 4294967296; '/jobs list' shows the numbers",
    "pause \uff17": "'\uff17' is not written in the digits 0 to 9; type it like '7'",
    "pause ²": (
        "'²' is not the number of a job; type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "pause #": (
        "'#' is not the number of a job; type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "pause Standup": (
        "'Standup' is not the number of a job; "
        "type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "pause 7 8": "'8' does not belong after pause; type '/jobs pause 7' or '/jobs pause all'",
    "pause 7 name=x": "'name=' does not belong after pause; type '/jobs pause 7' or '/jobs pause all'",
    "pause openrouter:a/b": (
        "'openrouter:a/b' is not the number of a job; "
        "type '/jobs pause <job>'; '/jobs list' shows the numbers"
    ),
    "run 7 later": (
        "'later' does not belong after run; type '/jobs run 7' or '/jobs run 7 held'"
        " or '/jobs run 7 once' or '/jobs run 7 once <provider>:<model>'"
    ),
    "run 7 held please": (
        "'please' does not belong after run; type '/jobs run 7' or '/jobs run 7 held'"
        " or '/jobs run 7 once' or '/jobs run 7 once <provider>:<model>'"
    ),
    "run 7 once openai gpt-4o": (
        "a route is one word, provider:model; did you mean '/jobs run 7 once openai:gpt-4o'?"
    ),
    "pin all openai:gpt-4o": (
        "'openai:gpt-4o' does not belong after pin; type '/jobs pin <job>' or"
        " '/jobs pin <job> <provider>:<model>' or '/jobs pin <job> <provider>' or"
        " '/jobs pin <job> <model>' or '/jobs pin <job> provider=<provider> model=<model>' or"
        " '/jobs pin all'"
    ),
    "list -1": (
        "'-1' is not a page of the list; "
        "type '/jobs list' or '/jobs list all' or '/jobs list <page>' or '/jobs list all "
        "<page>'"
    ),
    "list 0": (
        "'0' is not a page of the list; "
        "type '/jobs list' or '/jobs list all' or '/jobs list <page>' or '/jobs list all "
        "<page>'"
    ),
    "list mine": (
        "'mine' is not a page of the list; "
        "type '/jobs list' or '/jobs list all' or '/jobs list <page>' or '/jobs list all "
        "<page>'"
    ),
    "list 2 3": (
        "'3' does not belong after list; "
        "type '/jobs list' or '/jobs list all' or '/jobs list <page>' or '/jobs list all "
        "<page>'"
    ),
    "alerts 7": "'7' does not belong after alerts; type '/jobs alerts'",
    "pin 7 openrouter llama-3": (
        "a route is one word, provider:model; did you mean '/jobs pin 7 openrouter:llama-3'?"
    ),
    "pin 7 openrouter:a/b provider=lab": (
        "that names a route twice; type '/jobs pin 7 openrouter:a/b'"
    ),
    "pin 7 provider=lab provider=lab": "provider= is there twice; type it once",
    "pin 7 provider=": "provider= has no value; type it like 'provider=openrouter'",
    "pin 7 provider=openrouter:a/b": (
        "provider= does not take 'openrouter:a/b'; type it like 'provider=openrouter'"
    ),
    "pin 7 modle=x": "there is no option modle=; did you mean 'model='?",
    "pin 7 <openrouter>": "'<openrouter>' is not a route; type '/jobs pin 7 <provider>:<model>'",
    "pin 7 tz=UTC": "there is no option tz=; the options are provider, model",
    "unpin 7 endpoint": (
        "'endpoint' does not belong after unpin; "
        "type '/jobs unpin 7' or '/jobs unpin 7 provider' or '/jobs unpin 7 model'"
    ),
    "accept 7 a b": "a route is one word, provider:model; did you mean '/jobs accept 7 a:b'?",
    "default yes": (
        "default needs a route before the 'yes'; type '/jobs default <provider>:<model> yes'"
    ),
    "default for 2h": (
        "default needs a route before the 'for'; type '/jobs default <provider>:<model> for <time>'"
    ),
    **{
        f"default openai:gpt-4o for{length}": (
            f"an experiment lasts from 1 minute to 30 days, and '{length[1:]}' is no such length;"
            " type '/jobs default openai:gpt-4o for 2h'"
        )
        for length in ("", " 0h", " -2h", " 3 years", " 31 days", " 30 s", " ever", " 2", " 2h 3")
    },
    "default a b c": "a route is one word, provider:model; did you mean '/jobs default a:b'?",
    "add every day at 9:00": (
        "there is no bar between schedule and prompt; "
        "type '/jobs add every day at 9:00 | Summarise open incidents'"
    ),
    "add | Say hello": (
        "there is no schedule before the bar; "
        "type '/jobs add every weekday at 09:00 | Summarise open incidents'"
    ),
    "add every 2h |": (
        "there is no prompt behind the bar; type '/jobs add every 2h | Summarise open incidents'"
    ),
    "add every 2h name=x |": (
        "there is no prompt behind the bar; type '/jobs add every 2h | Summarise open incidents'"
    ),
    "add every 2h nmae=x | Say hello": "there is no option nmae=; did you mean 'name='?",
    "add every 2h colour=red | Say hello": (
        "there is no option colour=; "
        "the options are name, tz, provider, model, kind, on_drift, free_only, on_missed, repeat, "
        "until, timeout, retry, max_usd"
    ),
    "add every 2h name=a name=b | Say hello": "name= is there twice; type it once",
    "add every 2h tz=UTC zone=UTC | Say hello": "tz= is there twice; type it once",
    "add every 2h name= | Say hello": "name= has no value; type it like 'name=\"Build watch\"'",
    'add every 2h name="" | Say hello': "name= has no value; type it like 'name=\"Build watch\"'",
    "add every 2h name = x | Say hello": (
        "an option is written without spaces; type it like 'name=Standup'"
    ),
    "add every 2h deliver=email | Say hello": (
        "deliver= is not available in this version; leave it out"
    ),
    "add every 2h max_usd=0 | Say hello": (
        "max_usd= does not take '0'; type it like 'max_usd=0.05'"
    ),
    "edit 7 max_usd=plenty": "max_usd= does not take 'plenty'; type it like 'max_usd=0.05'",
    "add every 2h free_only=maybe | Say hello": (
        "free_only= is yes or no, not 'maybe'; type it like 'free_only=yes'"
    ),
    "add every 2h kind=skript | disk-check": (
        "kind= is agent, message or script, not 'skript'; did you mean 'kind=script'?"
    ),
    "add every 2h kind=robot | Say hello": (
        "kind= is agent, message or script, not 'robot'; type it like 'kind=message'"
    ),
    "add every 2h on_drift=ignore | Say hello": (
        "on_drift= is hold, run_on_snapshot or allow_if_not_dearer, not 'ignore'; "
        "type it like 'on_drift=allow_if_not_dearer'"
    ),
    "add every 2h on_missed=always | Say hello": (
        "on_missed= is skip or run_once, not 'always'; type it like 'on_missed=run_once'"
    ),
    "add every 2h repeat=0 | Say hello": "repeat= does not take '0'; type it like 'repeat=3'",
    "add every 2h repeat=many | Say hello": "repeat= does not take 'many'; type it like 'repeat=3'",
    "add every 2h repeat=99999999 | Say hello": (
        "repeat= does not take '99999999'; type it like 'repeat=3'"
    ),
    "add every 2h prompt=hello | Say hello": (
        "prompt= is not an option; type it like 'every 2h | Say hello'"
    ),
    'add "tz=UTC" | Say hello': "'tz=UTC' is not a schedule; type it like 'every day at 09:00'",
    "edit": (
        "edit needs the number of a job; "
        "type '/jobs edit <job> <schedule> | <prompt>'; '/jobs list' shows the numbers"
    ),
    "edit 7": "edit needs what to change; type '/jobs edit 7 every day at 9:00'",
    "edit 7 |": "there is no prompt behind the bar; type '/jobs edit 7 | Summarise open incidents'",
    "edit 7 every 2h |": (
        "there is no prompt behind the bar; type '/jobs edit 7 | Summarise open incidents'"
    ),
    "edit Standup | Say hello": (
        "'Standup' is not the number of a job; "
        "type '/jobs edit <job> <schedule> | <prompt>'; '/jobs list' shows the numbers"
    ),
    "edit every day at 9:00": (
        "'every' is not the number of a job; "
        "type '/jobs edit <job> <schedule> | <prompt>'; '/jobs list' shows the numbers"
    ),
    "help lst": "there is no help on 'lst'; did you mean '/jobs help list'?",
    "help xyzzy": "there is no help on 'xyzzy'; type '/jobs help'",
    "cronjob": (
        "cronjob needs action=; the actions are create, list, update, pause, resume, run, remove"
    ),
    "cronjob update 7": (
        "'update' belongs to no option; "
        "put a value with spaces in quotes, like 'schedule=\"every 2h\"'"
    ),
    "cronjob action=updat job_id=7": (
        "there is no action 'updat'; "
        "the actions are create, list, update, pause, resume, run, remove"
    ),
    "cronjob action=update provider=lab": (
        "cronjob needs the number of a job; "
        "type '/jobs cronjob action=<action> job_id=<job> <option>=<value>'; '/jobs "
        "list' shows the numbers"
    ),
    "cronjob action=update job_id=a1b2c3 provider=lab": (
        "'a1b2c3' is not the number of a job; "
        "type '/jobs cronjob action=<action> job_id=<job> <option>=<value>'; '/jobs "
        "list' shows the numbers"
    ),
    "cronjob action=update job_id=7": (
        "action=update needs what to change; "
        "type '/jobs cronjob action=<action> job_id=7 <option>=<value>'"
    ),
    "cronjob action=update job_id=7 prompt=Say hello": (
        "'hello' belongs to no option; "
        "put a value with spaces in quotes, like 'schedule=\"every 2h\"'"
    ),
    'cronjob action=update job_id=7 schedule="\'"': (
        "schedule= is empty; type it like 'schedule=\"every 2h\"'"
    ),
    'cronjob action=update job_id=7 prompt="\u200b"': (
        "prompt= has no value; type it like 'prompt=value'"
    ),
    "cronjob action=update job_id=7 skills=x": (
        "skills= is not available in this version; leave it out"
    ),
    'cronjob action=update job_id=7 schedule="a | b"': (
        "'a | b' is not a schedule; type it like 'every day at 09:00'"
    ),
    "cronjob action=pause": (
        "cronjob needs the number of a job; "
        "type '/jobs cronjob action=<action> job_id=<job> <option>=<value>'; '/jobs "
        "list' shows the numbers"
    ),
    "cronjob action=pause job_id=7 name=x": (
        "'name=' does not belong after cronjob; "
        "type '/jobs cronjob action=<action> job_id=7 <option>=<value>'"
    ),
    'cronjob action=create schedule="every 2h"': (
        "action=create needs schedule= and prompt=; "
        'type \'/jobs cronjob action=create schedule="every 2h" prompt="Is the build '
        "green?\"'"
    ),
    'cronjob action=create job_id=7 schedule="every 2h" prompt=x': (
        "a new job has no job_id= yet; leave it out"
    ),
    "cronjob action=list job_id=7": (
        "'job_id=' does not belong after cronjob; "
        "type '/jobs cronjob action=<action> job_id=7 <option>=<value>'"
    ),
}
