"""Another default written into the text of config.yaml; every other byte stays as it is."""

import json
import re
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from bot.settings.yaml_text import YamlProblem, load_mapping
from scheduler.press import RouteNames

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*")


def lines_to_deploy(route: RouteNames) -> str:
    """The lines of config.yaml that make this route the default."""
    return f"model:\n  provider: {_scalar(route.provider)}\n  default: {_scalar(route.model)}\n"


def with_default(text: str, route: RouteNames) -> str | None:
    """The text with this default; None where it is written so that no edit is safe."""
    try:
        edited = _edit(text, route)
        before, after = load_mapping(text.encode()), load_mapping(edited.encode())
    except (YAMLError, YamlProblem):
        return None
    wanted = {"provider": route.provider, "default": route.model}
    was = before.pop("model", None)
    others = was if isinstance(was, dict) else {}
    return edited if after.pop("model", None) == {**others, **wanted} and before == after else None


def _edit(text: str, route: RouteNames) -> str:
    root = YAML(pure=True).compose(text)
    pairs = dict(_pairs(root)) if isinstance(root, MappingNode) else {}
    if "model" not in pairs:
        gap = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{gap}{lines_to_deploy(route)}"
    key, model = pairs["model"]
    if not isinstance(model, MappingNode) or not model.value:
        flow = f"{{provider: {_scalar(route.provider)}, default: {_scalar(route.model)}}}"
        return _replaced(text, key, model, flow)
    inside = dict(_pairs(model))
    changes = {"provider": route.provider, "default": route.model}
    present = [name for name in inside if name in changes]
    for name in reversed(present):
        text = _replaced(text, *inside[name], _scalar(changes[name]))
    missing = {name: value for name, value in changes.items() if name not in inside}
    return _inserted(text, model, missing)


def _pairs(node: MappingNode) -> Iterator[tuple[str, tuple[Node, Node]]]:
    for key, value in node.value:
        if isinstance(key, ScalarNode):
            yield key.value, (key, value)


def _replaced(text: str, key: Node, value: Node, new: str) -> str:
    """Put a new value after its key; where there was none, right behind the colon."""
    start, end = value.start_mark.index, value.end_mark.index
    if start == end:
        colon = text.index(":", key.end_mark.index) + 1
        return f"{text[:colon]} {new}{text[colon:]}"
    return f"{text[:start]}{new}{text[end:]}"


def _inserted(text: str, model: MappingNode, values: dict[str, str]) -> str:
    """Put keys before the first one, where no later edit has moved anything."""
    mark = model.value[0][0].start_mark
    end = ", " if model.flow_style else "\n" + " " * mark.column
    new = "".join(f"{key}: {_scalar(value)}{end}" for key, value in values.items())
    return f"{text[: mark.index]}{new}{text[mark.index :]}"


def _scalar(value: str) -> str:
    """The value as YAML: plain where it reads back as itself, else in double quotes."""
    plain = _PLAIN.fullmatch(value) and load_mapping(f"a: {value}".encode()) == {"a": value}
    return value if plain else json.dumps(value)
