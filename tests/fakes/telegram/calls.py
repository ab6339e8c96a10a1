"""One call as it came and as it was answered."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.state import Json


@dataclass(slots=True, eq=False)
class Call:
    """`at` is monotonic. `status` is None while it is under way, 0 where no answer was sent."""

    method: str
    params: Json
    at: float
    status: int | None = None
    answer: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok")) and self.status == 200

    @property
    def result(self) -> Any:
        return self.answer.get("result")

    @property
    def description(self) -> str:
        return str(self.answer.get("description", ""))

    @property
    def chat_id(self) -> int | None:
        value = str(self.params.get("chat_id"))
        return int(value) if value.removeprefix("-").isdigit() else None

    def __repr__(self) -> str:
        shown = str({k: v for k, v in self.params.items() if k != "allowed_updates"})
        cut = shown if len(shown) <= 300 else shown[:300] + "…"
        return f"{self.method} {cut} -> {self.status} {self.description}".rstrip()
