"""Cortex-M33 and M7: a step issues when its operands are there; some pairs issue in the same cycle.

M33 issues a 16-bit branch, NOP or any IT together with the 16-bit step before it (a taken branch only if that one
leaves the flags alone); nothing else pairs (measured by J. Oleksiewicz on an RP2350, github.com/jnk0le/random).
M7 issues two neighbours of different kinds, or two plain ones, when neither needs the other's result. Its branch
predictor and caches are not modelled, so its counts are estimates: the table says how far off to expect them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from bitloop_hil.timing.decode import FLAGS, MEMORY, Kind, Step, registers
from bitloop_hil.timing.tables import Table

_LATER = (Kind.MULTIPLY, Kind.ACCUMULATE, Kind.LONG_MULTIPLY, Kind.LONG_ACCUMULATE)
_FREE = (Kind.NOP, Kind.IT)
_BLOCKS_FLOATS = (Kind.FLOAT_ACCUMULATE, Kind.FLOAT_DIVIDE, Kind.FLOAT_ROOT)


@dataclass(frozen=True, slots=True)
class State:
    """Between two steps, at time 0."""

    ready: tuple[tuple[int, int], ...] = ()  # registers still on their way, and when they are there
    float_ready: int = 0  # when the FPU takes the next instruction
    partner: Step | None = None  # the step before, if another may issue with it
    leaving: int = 0  # cycles to refill, if what follows is jumped to
    surely: bool = False  # what follows is jumped to


class Scoreboard:
    """See the module."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._wide = bool(table.rules.get("pairs_all", 0))

    @property
    def fresh(self) -> Hashable:
        """Nothing on its way."""
        return State()

    def execute(self, steps: Sequence[Step], state: Hashable, jumped: bool) -> tuple[list[int], Hashable]:
        """See `Pipeline`."""
        if not isinstance(state, State):
            raise TypeError(f"{state!r} is no state of this pipeline")
        time = before = 0
        jumped = jumped or state.surely
        ready: dict[int, int] = dict(state.ready)
        float_ready, partner = state.float_ready, None if jumped else state.partner
        if jumped:
            time = state.leaving
        costs = []
        for step in steps:
            need = [ready.get(register, 0) for register in registers(step.reads & ~step.accumulator)]
            need += [
                ready.get(register, 0) - self._rule("accumulate_early") for register in registers(step.accumulator)
            ]
            is_float = step.kind.value.startswith("float")
            start = max([time, *need, float_ready if is_float else 0])
            paired = partner is not None and start == time and self._pairs(partner, step)
            start = time - 1 if paired else start
            time = start + self._occupies(step)
            for register in registers(step.writes):
                ready[register] = start + self._latency(step)
            if step.kind in _BLOCKS_FLOATS:
                float_ready = start + self._table.alone(step)
            partner = None if paired else step
            costs.append(time - before)
            before = time
        last = steps[-1] if steps else None
        leaving = self._table.jumping(last) if last is not None and last.leaves else 0
        if leaving and partner is None and _sets_flags(steps):  # a taken branch pairs only with what it does not need
            leaving += self._rule("flags_late")
        left = tuple(sorted((register, when - time) for register, when in ready.items() if when > time))
        surely = last is not None and last.leaves and not last.conditional
        return costs, State(left, max(0, float_ready - time), partner, leaving, surely)

    def _rule(self, name: str) -> int:
        return self._table.rules.get(name, 0)

    def _pairs(self, first: Step, second: Step) -> bool:
        if second.kind is Kind.IT:
            return True
        if second.reads & first.writes & ~(1 << FLAGS) or (first.leaves and not self._wide):
            return False
        if not self._wide:
            plain = second.kind in (Kind.BRANCH, Kind.COMPARE_BRANCH, Kind.NOP)
            return plain and not first.wide and not second.wide and first.kind not in _FREE
        if first.kind in MEMORY and second.kind in MEMORY:
            return first.kind is Kind.LOAD and second.kind is Kind.LOAD
        same = first.kind is second.kind and first.kind is not Kind.ALU
        return not same and not (first.shifted and second.shifted) and self._occupies(first) == 1

    def _occupies(self, step: Step) -> int:
        """Cycles until the next step may issue."""
        if step.kind in _BLOCKS_FLOATS:
            return 1
        slow = step.sets_flags and not step.wide and step.kind is Kind.MULTIPLY
        return self._table.alone(step) + (self._rule("flags_late") if slow else 0)

    def _latency(self, step: Step) -> int:
        """Cycles after its issue at which its result can be used."""
        if step.kind in (Kind.LOAD, Kind.FLOAT_LOAD):
            return self._rule("load_latency")
        if step.kind in _LATER or step.shifted:
            return self._rule("late_latency")
        if step.kind in (Kind.FLOAT, Kind.FLOAT_MULTIPLY):
            return self._rule("float_latency")
        if step.kind in _BLOCKS_FLOATS:
            return self._table.alone(step) + 1
        return max(1, self._table.alone(step))


def _sets_flags(steps: Sequence[Step]) -> bool:
    """Whether the step before the last computes the flags the last may need."""
    return len(steps) > 1 and steps[-2].sets_flags
