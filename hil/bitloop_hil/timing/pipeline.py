"""What a model of a pipeline is, and the plain one: every instruction costs what the table says."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from bitloop_hil.timing.decode import Step
from bitloop_hil.timing.tables import Table


class Pipeline(Protocol):
    """Executes steps one after the other. A state is what one block leaves for the next."""

    @property
    def fresh(self) -> Hashable:
        """The state in which nothing is on its way."""
        ...

    def execute(self, steps: Sequence[Step], state: Hashable, jumped: bool) -> tuple[list[int], Hashable]:
        """Cycles of each step, and the state it leaves. `jumped`: the first was not reached by falling through.

        What a jump costs is counted with the step it leads to.
        """
        ...


class Simple:
    """No instruction minds its neighbours: Cortex-M0 and M0+. A state is (what jumping costs, whether it is sure)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def fresh(self) -> Hashable:
        """Nothing to leave."""
        return 0, False

    def execute(self, steps: Sequence[Step], state: Hashable, jumped: bool) -> tuple[list[int], Hashable]:
        """See `Pipeline`."""
        costs = [self._table.alone(step) for step in steps]
        if not isinstance(state, tuple) or not steps:
            return costs, state
        leaving, surely = state
        costs[0] += leaving if jumped or surely else 0
        last = steps[-1]
        return costs, (self._table.jumping(last), not last.conditional) if last.leaves else (0, False)
