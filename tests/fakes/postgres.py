"""A PostgreSQL server of the tests' own: a fresh data folder, a unix socket, no TCP."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

USER = "driftpin"
SERVER_ACCOUNT = "postgres"


@dataclass
class PostgresServer:
    """A server that can be stopped, crashed and started again; its databases stay."""

    programs: Path
    folder: Path
    account: str | None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        """The address of the database that every server has."""
        return self._address("postgres")

    def new_database(self) -> str:
        """An empty database, for one test alone; its address."""
        name = f"test_{next(self._numbers)}"
        self._run("createdb", "-h", str(self.folder), "-U", USER, name)
        return self._address(name)

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        log = self.folder / "log"
        self._pg_ctl("start", "-w", "-l", str(log), "-o", options)

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """End the server; `immediate` is a crash, from which `start` recovers."""
        self._pg_ctl("stop", "-w", "-m", mode)

    def _create(self) -> None:
        self._run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            f"--username={USER}",
            f"--pgdata={self.folder / 'data'}",
        )

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, "-D", str(self.folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server inherits it, and a pipe would stay open with it.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.programs / program, *arguments],
                user=self.account,
                group=self.account,
                extra_groups=None if self.account is None else [],
                cwd=self.folder,
                env={key: value for key, value in os.environ.items() if key[:2] != "PG"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {said}")

    def _address(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"


def what_is_missing() -> str | None:
    """Why no server can be started here, or None if one can."""
    if _programs() is None:
        return "no PostgreSQL server is installed"
    if os.geteuid() == 0 and not _has_account(SERVER_ACCOUNT):
        return f"PostgreSQL refuses root, and there is no account '{SERVER_ACCOUNT}'"
    return None


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server that is started, and at the end stopped and removed."""
    programs = _programs()
    if programs is None:
        raise RuntimeError("no PostgreSQL server is installed")
    account = SERVER_ACCOUNT if os.geteuid() == 0 else None
    # Not pytest's folder: the other account may not enter it, and a socket's path has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="driftpin-pg-"))
    try:
        if account is not None:
            shutil.chown(folder, account, account)
        server = PostgresServer(programs, folder, account)
        server._create()
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop("immediate")
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=_version, default=None)


def _version(programs: Path) -> float:
    return float(programs.parent.name)


def _has_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
