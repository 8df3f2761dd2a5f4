"""What a session keeps in pytest's stash: settings, plan, run and the open boards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bitloop_hil.pytest_plugin import settings
from bitloop_hil.pytest_plugin.run import Run
from bitloop_hil.pytest_plugin.settings import Settings

if TYPE_CHECKING:
    from bitloop_hil.pytest_plugin.garage import Garage
    from bitloop_hil.pytest_plugin.plan import Plan

_INPUT = "bitloop"


@dataclass(slots=True)
class State:
    """Of one process. What is heavy to import or slow to find out is made when it is first asked for."""

    settings: Settings
    worker: dict[str, Any] | None
    _plan: Plan | None = None
    _run: Run | None = None
    _garage: Garage | None = None
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """Which boards there are."""
        if self._plan is None:
            from bitloop_hil.pytest_plugin.plan import Plan

            given = self.worker[_INPUT]["plan"] if self.worker else None
            self._plan = Plan.make(self.settings) if given is None else Plan.from_json(given)
        return self._plan

    @property
    def run(self) -> Run:
        """What the processes of this run share."""
        if self._run is None:
            self._run = Run.start() if self.worker is None else Run.of_worker(self.worker[_INPUT])
        return self._run

    @property
    def garage(self) -> Garage:
        """The boards of this process."""
        if self._garage is None:
            from bitloop_hil.pytest_plugin.garage import Garage

            self._garage = Garage(self.settings, self.run)
        return self._garage

    def for_worker(self, number: int, workers: int) -> dict[str, Any]:
        """What a worker of pytest-xdist has to know. Only a plan that looks for hardware is made here for all."""
        looked = self.settings.bench == "hardware" and self.settings.rig is None
        return {
            _INPUT: {
                "folder": str(self.run.folder),
                "number": number,
                "workers": workers,
                "plan": self.plan.to_json() if looked else None,
            }
        }

    def end(self) -> None:
        """Let go of everything."""
        if self._garage is not None:
            self._garage.close()
        if self._run is not None and self.worker is None:
            self._run.end()


STATE = pytest.StashKey[State]()


def begin(config: pytest.Config) -> State:
    """Read the settings of a session; UsageError where they are wrong."""
    state = State(settings.read(config), getattr(config, "workerinput", None))
    config.stash[STATE] = state
    return state


def state_of(config: pytest.Config) -> State:
    """The state of a session."""
    return config.stash[STATE]
