"""YAML 1.2 text to plain mappings; an error names the line and never quotes the text."""

import re

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

LARGEST = 1_000_000
"""Bytes; a settings file beyond that is some other file."""

_UNREADABLE = (YAMLError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError)
_OLD_DIALECT = re.compile(r"^%YAML\s+(?!1\.2\s*$)", re.MULTILINE)


class YamlProblem(Exception):
    """Why a text is no YAML that we read, in one line with the place and the remedy."""


def load_mapping(content: bytes) -> dict[object, object]:
    """The mapping in a file; an empty file is an empty mapping.

    Plain scalars follow YAML 1.2: `off` and `yes` are words. Raises YamlProblem.
    """
    text = decoded(content)
    if _OLD_DIALECT.search(text):
        raise YamlProblem("asks for another YAML version; remove the %YAML line")
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except _UNREADABLE as error:
        raise YamlProblem(_in_words(error)) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise YamlProblem("holds no settings; write them as `key: value` lines")
    return data


def decoded(content: bytes) -> str:
    """The text of a file. Raises YamlProblem."""
    if len(content) > LARGEST:
        raise YamlProblem(f"is larger than {LARGEST} bytes; is this the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise YamlProblem("is not UTF-8 text; save it as UTF-8") from None


def _in_words(error: BaseException) -> str:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    where = f"line {mark.line + 1}: " if mark is not None else ""
    match error:
        case DuplicateKeyError():
            return f"{where}this key stands there twice; keep one of them"
        case ConstructorError():
            return f"{where}this is not plain YAML (a tag?); write a plain value"
        case MarkedYAMLError():
            return (
                f"{where}is not YAML from here on; look for a missing quote, bracket, colon "
                "or a tab in the indentation, here or in the line above"
            )
        case _:
            return "is not YAML that can be read; compare it with config.example.yaml"
