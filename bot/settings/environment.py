"""The variables in force: those of the process, fixed at start, over a .env that is read afresh."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream
from platformdirs import user_data_path

from scheduler.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Environment:
    """Where this process finds its settings. `folder` holds .env, and config.yaml by default."""

    process: Mapping[str, str] = field(repr=False)
    folder: Path

    @classmethod
    def here(cls) -> "Environment":
        """The environment of this process, as it is now, in the working directory."""
        return cls(dict(os.environ), Path.cwd())

    @property
    def env_file(self) -> Path:
        return self.folder / ".env"

    def variables(self) -> dict[str, str]:
        """All variables. Raises ConfigError where .env cannot be read."""
        return {**self._from_file(), **self.process}

    @property
    def home(self) -> Path:
        """The data folder."""
        named = self.variables().get("DRIFTPIN_HOME")
        return self._path(named) if named else user_data_path("driftpin", appauthor=False)

    def make_home(self) -> Path:
        """The data folder, made for this user alone if it is not there. Raises ConfigError."""
        home = self.home
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                [f"DRIFTPIN_HOME: the folder cannot be made ({error.strerror}); name another one"]
            ) from None
        return home

    def config_path(self) -> tuple[Path, bool]:
        """Where config.yaml is, and whether somebody named the place."""
        named = self.variables().get("DRIFTPIN_CONFIG")
        return (self._path(named), True) if named else (self.folder / "config.yaml", False)

    @property
    def database_url(self) -> str:
        """Where the rows are: DATABASE_URL, else SQLite in the data folder."""
        named = self.variables().get("DATABASE_URL")
        return named or f"sqlite:///{self.home / 'driftpin.db'}"

    def _path(self, named: str) -> Path:
        return self.folder / Path(named).expanduser()

    def _from_file(self) -> dict[str, str]:
        try:
            text = self.env_file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError([f".env: cannot be read ({error.strerror}); mend it"]) from None
        except UnicodeDecodeError:
            raise ConfigError([".env: is not UTF-8 text; save it as UTF-8"]) from None
        bindings = list(parse_stream(StringIO(text)))
        problems = [
            f".env: line {binding.original.line}: is not NAME=value; mend or remove it"
            for binding in bindings
            if binding.error
        ]
        if problems:
            raise ConfigError(problems)
        return {b.key: b.value for b in bindings if b.key is not None and b.value is not None}
