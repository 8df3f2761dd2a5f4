"""The cycle model of a core, as the engine of the virtual bench asks for it: one block at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from bitloop.errors import TimingError
from bitloop_hil.benches.virtual.fields import Accelerator, DivisionCost
from bitloop_hil.timing.decode import Step, steps
from bitloop_hil.timing.fetching import Fetching
from bitloop_hil.timing.pipeline import Pipeline, Simple
from bitloop_hil.timing.scoreboard import Scoreboard
from bitloop_hil.timing.tables import Table, table

_JUMPED = 0x8000
_PIPELINES: dict[str, Callable[[Table], Pipeline]] = {
    "simple": Simple,
    "fetching": Fetching,
    "scoreboard": Scoreboard,
}


class Model:
    """Prices blocks of one core's code: callable as `fast.Pricer`. States of the pipeline are known by number."""

    def __init__(self, core: str) -> None:
        self.table: Table = table(core)
        self._pipeline: Pipeline = _PIPELINES[self.table.pipeline](self.table)
        self._states: list[Hashable] = [self._pipeline.fresh]
        self._numbers: dict[Hashable, int] = {self._pipeline.fresh: 0}

    @property
    def divisions(self) -> DivisionCost:
        """What SDIV and UDIV take beyond their price, by their operands."""
        rules = self.table.rules
        return DivisionCost(rules.get("divide_less", 0), rules.get("divide_base", 0), rules.get("divide_step", 0))

    @property
    def accelerator(self) -> Accelerator:
        """What usually stands between this core and flash with wait states."""
        rules = self.table.rules
        kept = rules.get("flash_lines", 64), rules.get("flash_data_lines", 8)
        return Accelerator(rules.get("flash_bytes", 16), *kept)

    def __call__(self, address: int, code: bytes, entry: int) -> tuple[int, int, int]:
        """(cycles, instructions, state left) of a block entered in a state."""
        block = steps(code, address)
        costs, state = self._execute(block, entry)
        return sum(costs), len(block), self._number(state)

    def shares(self, address: int, code: bytes, entry: int) -> list[tuple[Step, int]]:
        """The same by instruction."""
        block = steps(code, address)
        return list(zip(block, self._execute(block, entry)[0], strict=True))

    def _execute(self, block: Sequence[Step], entry: int) -> tuple[list[int], Hashable]:
        return self._pipeline.execute(block, self._states[entry & ~_JUMPED], bool(entry & _JUMPED))

    def _number(self, state: Hashable) -> int:
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
            if number >= _JUMPED:
                raise TimingError("the cycle model met more states of the pipeline than it can tell apart")
        return number
