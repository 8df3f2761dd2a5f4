"""What the processes of one run tell each other: which boards are broken or suspect, and who belongs to the run."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

BROKEN, SUSPECT = "broken", "suspect"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a board is in trouble: the test it happened in, the class of the failure (`LINK`) and one sentence."""

    test: str
    failure: str
    reason: str

    def describe(self) -> str:
        """For people."""
        return f"{self.failure}: {self.reason} (in {self.test})"


@dataclass(frozen=True, slots=True)
class Run:
    """A folder shared by the workers of a run. `number` is the worker's, of `workers` in all."""

    folder: Path
    number: int = 0
    workers: int = 1

    @staticmethod
    def start() -> Run:
        """A new run, in a private folder."""
        return Run(Path(tempfile.mkdtemp(prefix="bitloop-pytest-")))

    @staticmethod
    def of_worker(given: Mapping[str, Any]) -> Run:
        """The run that a worker of pytest-xdist was started for."""
        return Run(Path(given["folder"]), given["number"], given["workers"])

    def join(self) -> None:
        """This process takes part."""
        (self.folder / f"pid-{os.getpid()}").touch()

    def has(self, pid: int) -> bool:
        """Whether a process takes part."""
        return (self.folder / f"pid-{pid}").exists()

    def note(self, state: str, board: str, cause: Cause) -> None:
        """The board is in that state now. The first cause stays: what follows is its consequence."""
        if self.cause(state, board) is None:
            self._path(state, board).write_text(json.dumps(asdict(cause)), encoding="utf-8")

    def clear(self, state: str, board: str) -> None:
        """The board is not in that state any more."""
        self._path(state, board).unlink(missing_ok=True)

    def cause(self, state: str, board: str) -> Cause | None:
        """Why the board is in that state; None if it is not."""
        try:
            return Cause(**json.loads(self._path(state, board).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def end(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, state: str, board: str) -> Path:
        return self.folder / f"{state}-{quote(board, safe='')}"
