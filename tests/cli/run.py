"""Runs the command line inside the test's process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from bitloop.cli.app import make_app


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left on its two streams, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as the one JSON object it has to be."""
        return json.loads(self.out)


def run(*arguments: object) -> Outcome:
    """`bitloop` with these arguments; anything but an exit status is a defect and raises."""
    done = CliRunner().invoke(make_app(), [str(a) for a in arguments], catch_exceptions=False)
    return Outcome(done.exit_code, done.stdout, done.stderr)
