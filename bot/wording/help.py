"""Help: the table of verbs, in words."""

from dataclasses import replace

from bot.grammar.options import OPTIONS
from bot.grammar.verbs import BY_NAME, VERBS, Verb
from bot.message import Block, Bullets, Code, Message, Paragraph, Quiet, code, line


def help_on(topic: str | None, how: str) -> Message:
    """All verbs, the options, or one verb with its forms and examples; for whoever asked alone."""
    return replace(_help_on(topic, how), private=True)


def _help_on(topic: str | None, how: str) -> Message:
    if topic is None:
        return _all(how)
    if topic == "options":
        return _options(how)
    return _one(BY_NAME[topic], how)


def _all(how: str) -> Message:
    rows = tuple(line(code(verb.name), f" {verb.says}") for verb in VERBS)
    return Message(
        "Driftpin schedules agent jobs, and never lets one bill a provider nobody chose.",
        (
            Code(f"{how} add every weekday at 09:00 | Summarise open incidents"),
            Bullets(rows),
            Quiet(line(f"{how} help add shows one verb, {how} help options the options.")),
        ),
    )


def _one(verb: Verb, how: str) -> Message:
    def typed(forms: tuple[str, ...]) -> str:
        return "\n".join(form if form.startswith("cronjob") else f"{how} {form}" for form in forms)

    blocks: list[Block] = [
        Code(typed(verb.forms)),
        Paragraph(line("For example:")),
        Code(typed(verb.examples)),
    ]
    if verb.synonyms:
        blocks.append(Quiet(line("Also understood: ", ", ".join(verb.synonyms))))
    if verb.options:
        blocks.append(Quiet(line(f"Options: {how} help options")))
    return Message(f"{verb.name}: {verb.says}", tuple(blocks))


def _options(how: str) -> Message:
    rows = tuple(line(code(option.form), f" {option.says}") for option in OPTIONS)
    return Message(f"Options of {how} add and {how} edit, before the bar", (Bullets(rows),))
