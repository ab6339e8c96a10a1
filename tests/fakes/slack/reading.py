"""What a reader sees of blocks: all their text, and the buttons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.fakes.slack.errors import Json
from tests.fakes.slack.records import Message, Version, View

Shown = Message | Version | View


@dataclass(frozen=True)
class Button:
    """One button (or menu) that can be pressed, and where it sits."""

    label: str
    action_id: str
    block_id: str
    element: Json = field(repr=False)

    @property
    def value(self) -> str | None:
        return self.element.get("value")

    @property
    def url(self) -> str | None:
        return self.element.get("url")

    @property
    def style(self) -> str | None:
        return self.element.get("style")

    @property
    def confirm(self) -> Json | None:
        return self.element.get("confirm")


def plain(shown: Shown | Sequence[Json]) -> str:
    """All the text of the blocks, one piece a line; the text alone where there are no blocks."""
    blocks = _blocks(shown)
    if not blocks and isinstance(shown, Message | Version):
        return shown.text
    title = [shown.title] if isinstance(shown, View) else []
    return "\n".join([*title, *(line for block in blocks for line in _lines(block))])


def elements(shown: Shown | Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with the id of its block."""
    for block in _blocks(shown):
        inside = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for element in inside:
            if isinstance(element, dict) and "action_id" in element:
                yield str(block.get("block_id", "")), element


def buttons(shown: Shown | Sequence[Json]) -> list[Button]:
    """The buttons, in order."""
    return [
        Button(str(element["text"]["text"]), str(element["action_id"]), block_id, element)
        for block_id, element in elements(shown)
        if element["type"] == "button"
    ]


def _blocks(shown: Shown | Sequence[Json]) -> Sequence[Json]:
    return shown.blocks if isinstance(shown, Message | Version | View) else shown


def _lines(block: Json) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            yield from (_rich(element) for element in block["elements"])
        case "table":
            for row in block["rows"]:
                yield " | ".join("\n".join(_lines(cell)) for cell in row)
        case "raw_text" | "raw_number":
            yield str(block["text"])
        case "image":
            yield str(block.get("alt_text", ""))
        case "input":
            yield _text(block["label"])
            yield from _elements_text([block["element"]])
            if "hint" in block:
                yield _text(block["hint"])
        case _:
            yield from _ordinary(block)


def _ordinary(block: Json) -> Iterator[str]:
    if "text" in block:
        yield _text(block["text"])
    for key in ("title", "subtitle", "body"):
        if key in block:
            yield _text(block[key])
    yield from (_text(one) for one in block.get("fields", ()))
    if "accessory" in block:
        yield from _elements_text([block["accessory"]])
    yield from _elements_text(block.get("elements", ()))


def _elements_text(found: Sequence[Json]) -> Iterator[str]:
    for element in found:
        match element["type"]:
            case "button":
                yield f"[{_text(element['text'])}]"
            case "image":
                yield str(element.get("alt_text", ""))
            case "mrkdwn" | "plain_text":
                yield _text(element)
            case _:
                if "placeholder" in element:
                    yield _text(element["placeholder"])
                yield from (_text(option["text"]) for option in element.get("options", ()))


def _text(thing: Json | str) -> str:
    return thing if isinstance(thing, str) else str(thing["text"])


def _rich(element: Json) -> str:
    match element["type"]:
        case "rich_text_list":
            return "\n".join(f"• {_rich(item)}" for item in element["elements"])
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
            return "".join(_rich(part) for part in element["elements"])
        case "user":
            return f"<@{element['user_id']}>"
        case "channel":
            return f"<#{element['channel_id']}>"
        case "link":
            return str(element.get("text") or element["url"])
        case "emoji":
            return f":{element['name']}:"
        case _:
            return str(element.get("text") or element.get("fallback") or "")
