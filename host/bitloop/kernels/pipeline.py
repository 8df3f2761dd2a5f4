"""A pipeline: what happens between the user's buffer and the answer.

    input -- deinterleave, stage, ... --+-- branch 0: stage, stage, ... --+
                  (before)              +-- branch 1: stage, ...          --+-- features -- head stage, ... -- model
                                        +-- ...                           --+

Each branch starts from the same signal: the untouched input, or what the stages before all branches made of it. Their
results stand one after the other as the feature vector, which the head stages see as (features, 1): one axis per
feature, so that per-axis scaling scales each feature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, Model, Shape, Signals, Stage
from bitloop.kernels.executor import Executor
from bitloop.kernels.models import MODELS
from bitloop.kernels.record import from_record, to_record
from bitloop.kernels.stages import STAGES

FEATURE_LIMIT = np.float32(1e15)
"""Features beyond this (or NaN) are refused: squares and sums of what is left stay finite in every model."""


LONGEST = 1 << 16
"""Floats a stage may make at most: far more than any board that matters holds."""


BEFORE = -1
"""The branch of a step that stands before all branches."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage at its place: `branch` is None in the head, BEFORE before all branches.

    `index` counts all steps, as the trace does.
    """

    index: int
    branch: int | None
    stage: Stage
    given: Shape
    after: Shape


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Branches and head: (signals, samples * axes), interleaved, to (signals, features).

    `before` are stages that all branches share, computed once; each keeps the shape of the signal.
    """

    kernel: ClassVar[str] = "preprocessing"

    axes: int
    length: int
    branches: tuple[tuple[Stage, ...], ...]
    head: tuple[Stage, ...] = ()
    before: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        if self.axes < 1 or self.length < 1:
            raise LibraryError(f"a signal of {self.axes} axes x {self.length} samples is none")
        if not self.branches:
            raise LibraryError("a pipeline needs at least one branch (it may be empty: the raw signal)")
        if any(stage.shape(self.given) != self.given for stage in self.before):
            raise LibraryError("what stands before all branches has to keep the number of axes and samples")
        tuple(self.steps())

    @property
    def given(self) -> Shape:
        return Shape(self.axes, self.length)

    def branch_shape(self, branch: int) -> Shape:
        """Shape at the end of a branch."""
        shape = self.given
        for stage in self.branches[branch]:
            shape = _shape(stage, shape)
        return shape

    @property
    def gathered(self) -> int:
        """Features before the head."""
        return sum(self.branch_shape(b).size for b in range(len(self.branches)))

    @property
    def buffer(self) -> int:
        """Floats of the one buffer all branches work in; with a single branch the head works there, too."""
        several = len(self.branches) > 1
        steps = [step for step in self.steps() if step.branch is not None or not several]
        return max([self.given.size, *(step.after.size for step in steps)])

    @property
    def gathering(self) -> int:
        """Floats of the feature vector where several branches meet, at its longest; 0 with one branch."""
        if len(self.branches) == 1:
            return 0
        return max([self.gathered, *(step.after.size for step in self.steps() if step.branch is None)])

    @property
    def common(self) -> int:
        """Floats that keep the signal all branches start from; 0 where that is the user's buffer, or one takes it."""
        return self.given.size if self.before and len(self.branches) > 1 else 0

    @property
    def workspace(self) -> int:
        """Floats of scratch the stages need."""
        return max([0, *(step.stage.workspace(step.given) for step in self.steps())])

    @property
    def features(self) -> int:
        """Features the model gets."""
        shape = Shape(self.gathered, 1)
        for stage in self.head:
            shape = _shape(stage, shape)
        return shape.size

    def steps(self) -> Iterator[Step]:
        """Every stage in the order it runs: before the branches, branch by branch, then the head."""
        index = 0
        for branch, stages in enumerate((self.before, *self.branches), BEFORE):
            shape = self.given
            for stage in stages:
                after = _shape(stage, shape)
                yield Step(index, branch, stage, shape, after)
                index, shape = index + 1, after
        shape = Shape(self.gathered, 1)
        for stage in self.head:
            after = _shape(stage, shape)
            yield Step(index, None, stage, shape, after)
            index, shape = index + 1, after

    def deinterleave(self, x: Features) -> Signals:
        """(signals, samples * axes) as the user's buffer has them to (signals, axes, samples)."""
        if x.ndim != 2 or x.shape[1] != self.given.size:
            raise LibraryError(
                f"the library takes {self.given.size} values per signal ({self.axes} axes x {self.length} samples),"
                f" not {x.shape[-1] if x.ndim else 0}"
            )
        planar = np.asarray(x, dtype=np.float32).reshape(len(x), self.length, self.axes).transpose(0, 2, 1)
        return np.ascontiguousarray(planar)

    def begun(self, x: Features, executor: Executor | None = None) -> Signals:
        """(signals, axes, samples): what every branch starts from."""
        return self._run(self.before, self.deinterleave(x), executor)

    def trace(self, x: Features, executor: Executor | None = None) -> Iterator[tuple[Step, Signals]]:
        """What stands in the buffer after each step, in order; by the reference, or by the C on an executor."""
        planar = self.deinterleave(x)
        steps = list(self.steps())
        for step in (s for s in steps if s.branch == BEFORE):
            planar = self._run((step.stage,), planar, executor)
            yield step, planar
        parts: list[Signals] = []
        for branch in range(len(self.branches)):
            current = planar
            for step in (s for s in steps if s.branch == branch):
                current = self._run((step.stage,), current, executor)
                yield step, current
            parts.append(current.reshape(len(x), -1))
        current = np.concatenate(parts, axis=1)[:, :, None]
        for step in (s for s in steps if s.branch is None):
            current = self._run((step.stage,), current, executor)
            yield step, current

    def __call__(self, x: Features, executor: Executor | None = None) -> Features:
        """Features of the signals: (signals, features)."""
        planar = self.begun(x, executor)
        parts = [self._run(stages, planar, executor).reshape(len(x), -1) for stages in self.branches]
        gathered = np.concatenate(parts, axis=1)[:, :, None]
        return np.ascontiguousarray(self._run(self.head, gathered, executor).reshape(len(x), -1))

    @staticmethod
    def _run(stages: tuple[Stage, ...], x: Signals, executor: Executor | None) -> Signals:
        with np.errstate(all="ignore"):
            for stage in stages:
                x = stage.reference(x) if executor is None else stage.run(x, executor)
        return x

    def to_record(self) -> dict[str, Any]:
        before = {"before": [to_record(stage) for stage in self.before]} if self.before else {}
        return {
            "axes": self.axes,
            "length": self.length,
            **before,
            "branches": [[to_record(stage) for stage in stages] for stages in self.branches],
            "head": [to_record(stage) for stage in self.head],
        }

    @staticmethod
    def from_record(data: Mapping[str, Any]) -> Preprocessing:
        try:
            axes, length, branches, head = data["axes"], data["length"], data["branches"], data["head"]
        except KeyError as error:
            raise LibraryError(f"the pipeline has no field {error}; the library file is damaged") from error
        whole = isinstance(axes, int) and isinstance(length, int) and isinstance(branches, list)
        before = data.get("before", [])
        if not (whole and all(isinstance(b, list) for b in (head, before, *branches))):
            raise LibraryError("axes and length have to be integers, before, branches and head lists")
        read = tuple(tuple(from_record(stage, STAGES) for stage in branch) for branch in branches)
        ends = [tuple(from_record(stage, STAGES) for stage in stages) for stages in (head, before)]
        return Preprocessing(axes, length, read, *ends)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Preprocessing followed by a model that takes its features."""

    preprocessing: Preprocessing
    model: Model

    def __post_init__(self) -> None:
        if self.preprocessing.features != self.model.inputs:
            raise LibraryError(
                f"the preprocessing makes {self.preprocessing.features} features and {self.model.kernel}"
                f" takes {self.model.inputs}"
            )

    def to_record(self) -> dict[str, Any]:
        return {"preprocessing": self.preprocessing.to_record(), "model": to_record(self.model)}

    @staticmethod
    def from_record(data: Mapping[str, Any]) -> Pipeline:
        if not isinstance(data.get("preprocessing"), Mapping):
            raise LibraryError("the pipeline has no preprocessing; the library file is damaged")
        return Pipeline(Preprocessing.from_record(data["preprocessing"]), from_record(data.get("model"), MODELS))


def refused(features: Features) -> NDArray[np.bool_]:
    """(signals,): which feature vectors are NaN, infinite or beyond the limit, and so are refused by the API."""
    with np.errstate(invalid="ignore"):
        within: NDArray[np.bool_] = np.all(np.abs(features) <= FEATURE_LIMIT, axis=1)
    return ~within


def _shape(stage: Stage, given: Shape) -> Shape:
    after = stage.shape(given)
    if not 1 <= after.size <= LONGEST:
        raise LibraryError(
            f"{stage.kernel} cannot make {after.axes} x {after.length} from {given.axes} x {given.length}"
        )
    return after
