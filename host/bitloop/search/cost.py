"""What a pipeline costs at the very least. To turn one away early; what is shown is measured."""

from __future__ import annotations

from dataclasses import dataclass

from bitloop.kernels.base import LearningModel, Model
from bitloop.kernels.costs import cores, estimate
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.search.budget import Budget

CERTAIN = 0.7
"""Share of estimated flash that a library surely has."""
LEAST_CODE = 600
"""Bytes of code no library does without."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Lower bounds in bytes, and estimated cycles of a call (0: unknown). `knowledge` is the fitted numbers."""

    knowledge: int
    flash: int
    ram: int
    cycles: int = 0

    def beyond(self, budget: Budget) -> str:
        """Why this cannot fit, or nothing."""
        if self.ram > budget.ram_bytes:
            return f"needs at least {self.ram} bytes of RAM"
        if self.flash > budget.flash_bytes:
            return f"needs at least {self.flash} bytes of flash"
        return ""

    def share(self, budget: Budget) -> float:
        """0 (nothing) to 1 (all of either budget)."""
        return min(1.0, max(self.ram / budget.ram_bytes, self.flash / budget.flash_bytes))


NOTHING = Cost(0, 0, 0)


def least(preprocessing: Preprocessing, model: Model | None = None, core: str = "") -> Cost:
    """The buffer of one signal, features of several branches, workspace, state; code, fitted numbers and tables.

    Where there is a table of costs for the core, code is no less than CERTAIN of what that says, and cycles are its.
    """
    workspace = max(preprocessing.workspace, 0 if model is None else model.workspace())
    ram = 4 * (preprocessing.buffer + preprocessing.common + preprocessing.gathering + workspace)
    constants = [c for step in preprocessing.steps() for c in step.stage.constants(step.given)]
    knowledge = cycles = code = 0
    if model is not None:
        constants += model.constants()
        if isinstance(model, LearningModel):
            ram += 4 * model.state_size
            knowledge += 4 * model.state_size
        if core in cores():
            whole = estimate(Pipeline(preprocessing, model), core)
            cycles, code = round(whole.cycles), round(CERTAIN * whole.flash)
    knowledge += sum(c.values.nbytes for c in constants if c.fitted)
    tables = {(c.name, c.values.tobytes()) for c in constants if not c.fitted}
    flash = LEAST_CODE + knowledge + sum(len(values) for _, values in tables)
    return Cost(knowledge, max(flash, code), ram, cycles)
