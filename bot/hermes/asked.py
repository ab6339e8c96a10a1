"""An import as it is asked for on the machine, and as it travels to the running process."""

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """An import as asked for on the machine: the file, and the options as they were typed."""

    content: bytes
    name: str
    to: str | None = None
    owner: str | None = None
    zone: str | None = None
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        content = base64.b64encode(self.content).decode()
        rest = {"to": self.to, "owner": self.owner, "zone": self.zone, "dry_run": self.dry_run}
        return {"content": content, "name": self.name, **rest}

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Asked":
        content = base64.b64decode(said["content"])
        rest = {key: said.get(key) for key in ("to", "owner", "zone")}
        return cls(content, str(said["name"]), **rest, dry_run=bool(said["dry_run"]))
