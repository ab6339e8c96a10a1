"""The section `served_aliases` of a provider: other names under which its models answer."""

from bot.settings.section import Section
from scheduler.route import MODEL_NAME
from scheduler.served import ANYTHING

_REMEDY = f"write model: name, model: [name, name], or model: '{ANYTHING}' for whatever answers"


def read_aliases(section: Section) -> dict[str, tuple[str, ...]]:
    """The names under which each model may answer, by the model that is asked for."""
    found: dict[str, tuple[str, ...]] = {}
    for model in section.names():
        if model not in section or not MODEL_NAME.fullmatch(model):
            section.wrong(model, "is no name of a model", "write the model that is asked for")
        elif isinstance(section.raw(model), str):
            name = section.text(model, lambda text: None if _is_name(text) else "no name", _REMEDY)
            found[model] = () if name is None else (name,)
        else:
            found[model] = section.texts(model, _is_name, _REMEDY, what="is no name of a model")
    return found


def _is_name(text: str) -> bool:
    return text == ANYTHING or MODEL_NAME.fullmatch(text) is not None
