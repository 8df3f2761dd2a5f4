"""What a kernel is: a shape rule, a NumPy reference, a C twin, and the line of C a generated library has for it.

Signals travel as float32 arrays of (signals, axes, length). The C works in place, axis after axis, in one buffer that
holds the longest of what any stage takes or makes; what does not fit there goes to the kernel's workspace.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.executor import Executor

Signals = NDArray[np.float32]
"""float32, (signals, axes, length)."""
Features = NDArray[np.float32]
"""float32, (signals, features)."""
State = NDArray[np.float32]
"""float32, (words,): what a learning model knows. All zeros is a model that has learned nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Axes and samples per axis of one signal."""

    axes: int
    length: int

    @property
    def size(self) -> int:
        return self.axes * self.length


@dataclass(frozen=True, slots=True)
class Constant:
    """A table the C reads. Fitted ones are the library's knowledge; the others follow from the pipeline's shape."""

    name: str
    values: NDArray[Any]
    fitted: bool


class Kernel(ABC):
    """Common to stages and models. Subclasses are frozen dataclasses whose fields are the hyper-parameters."""

    kernel: ClassVar[str]
    """Name of the header, the module and the test."""
    headers: ClassVar[tuple[str, ...]] = ()
    """Headers of firmware/kernels the C line needs besides `<kernel>.h` (only if it differs)."""

    @property
    def header(self) -> str:
        """The header with the C of this kernel."""
        return f"{self.kernel}.h"


WORK = "work"
"""Name under which `emit` finds the C expression of its workspace, among those of its constants."""


class Stage(Kernel):
    """Preprocessing: (signals, axes, length) to (signals, axes', length'), which may be longer or shorter."""

    pointwise: ClassVar[bool] = False
    """Whether each float it makes comes from the one at the same place alone, by one rule for all places."""

    @abstractmethod
    def shape(self, given: Shape) -> Shape:
        """Shape after the stage; LibraryError where the stage cannot take `given`."""

    def workspace(self, given: Shape) -> int:
        """Floats of scratch the C needs beside the buffer; its content is lost between any two kernels."""
        return 0

    def effort(self, given: Shape) -> float:
        """Steps of the innermost loops of one call: what its cycles are proportional to (costs.toml)."""
        return float(given.size)

    def params(self, given: Shape) -> tuple[int, ...]:
        """Integers the C wrapper gets, in its order."""
        return ()

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        """Tables the C gets, in its order."""
        return ()

    @abstractmethod
    def reference(self, x: Signals) -> Signals:
        """The specification: vectorised over signals, sequential within one, float32 throughout."""

    @abstractmethod
    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        """One C statement on the buffer `x`; `names` maps each constant's name, and WORK, to a C expression."""

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]] | None:
        """A stage that makes no more than needed for some of this one's floats, and where these stand in its result.

        Their bits are the same. None where there is nothing to save.
        """
        return None

    def run(self, x: Signals, executor: Executor) -> Signals:
        """The same by the C kernel on an executor."""
        given = Shape(x.shape[1], x.shape[2])
        after = self.shape(given)
        stride = max(given.size, after.size)
        work = np.zeros((len(x), stride), dtype=np.float32)
        work[:, : given.size] = x.reshape(len(x), given.size)
        executor.call(
            f"blh_{self.kernel}",
            len(x),
            given.axes,
            given.length,
            stride,
            np.array(self.params(given) or (0,), dtype=np.uint32),
            [np.ascontiguousarray(c.values) for c in self.constants(given)],
            work,
            np.zeros(max(1, self.workspace(given)), dtype=np.float32),
        )
        return work[:, : after.size].reshape(len(x), after.axes, after.length).copy()


class Model(Kernel):
    """Last kernel of a pipeline: takes the feature vector."""

    kind: ClassVar[str]
    """`anomaly`, `outlier`, `classes` or `extrapolation`."""

    @property
    @abstractmethod
    def inputs(self) -> int:
        """Number of features it takes."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Floats per signal: outlier 1 (ratio), classes one probability each, extrapolation 1, anomaly 1 (ratio)."""

    def workspace(self) -> int:
        """Floats of scratch the C needs; their content is lost between calls."""
        return 0

    def effort(self) -> float:
        """Steps of the innermost loops of one call: what its cycles are proportional to (costs.toml)."""
        return float(self.inputs * self.outputs)

    def code(self) -> int:
        """Bytes of code that grow with the model, of those that are code instead of tables."""
        return 0

    def with_limit(self, limit: float) -> Self:
        """The same model with the decision elsewhere; only models that tell regular from abnormal have a limit."""
        raise LibraryError(f"{self.kernel} has no limit")

    def params(self) -> tuple[int, ...]:
        """Integers the C wrapper gets, in its order."""
        return ()

    @abstractmethod
    def constants(self) -> tuple[Constant, ...]:
        """Tables the C gets, in its order."""

    def _work(self) -> NDArray[np.float32]:
        return np.zeros(max(1, self.workspace()), dtype=np.float32)

    def _tables(self) -> list[NDArray[Any]]:
        return [np.ascontiguousarray(c.values) for c in self.constants()]

    def _params(self) -> NDArray[np.uint32]:
        return np.array(self.params() or (0,), dtype=np.uint32)

    def _check(self, x: Features) -> Features:
        if x.ndim != 2 or x.shape[1] != self.inputs:
            raise LibraryError(f"{self.kernel} takes {self.inputs} features, not an array of shape {x.shape}")
        return np.ascontiguousarray(x, dtype=np.float32)


class StaticModel(Model):
    """A model that is fitted on the host and only applied on the board.

    C wrapper: `blh_<kernel>(signals, features, params, tables, x, out, work)`.
    """

    @abstractmethod
    def reference(self, x: Features) -> Features:
        """(signals, inputs) to (signals, outputs)."""

    def sharpened(self, factor: float) -> Self:
        """The same decisions with probabilities p^factor, made to sum to 1 again; itself where that cannot be."""
        return self

    @abstractmethod
    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        """One C statement that reads the features `x` and writes `out[outputs]`."""

    def run(self, x: Features, executor: Executor) -> Features:
        x = self._check(x)
        out = np.zeros((len(x), self.outputs), dtype=np.float32)
        executor.call(f"blh_{self.kernel}", len(x), self.inputs, self._params(), self._tables(), x, out, self._work())
        return out


class LearningModel(Model):
    """A model that learns on the board, one signal at a time; its state is all zeros to begin with.

    C wrappers: `blh_<kernel>_learn(signals, features, params, tables, x, state, work)` and
    `blh_<kernel>_detect(signals, features, params, tables, x, state, out, work)`. `out` is the ratio: distance of
    the signal over the limit of what is regular; 1 is the decision (similarity 90). The emitted C may use the
    features `x` as scratch: they are spent after either call. Detecting may change the state, for models that
    remember the last signals; what was learned from stays as it is.
    """

    kind = "anomaly"

    @property
    def outputs(self) -> int:
        return 1

    @property
    @abstractmethod
    def state_size(self) -> int:
        """Floats of state."""

    @abstractmethod
    def reference_learn(self, x: Features, state: State) -> State:
        """State after learning the signals of `x` (signals, inputs) in order; `state` itself is left alone."""

    @abstractmethod
    def reference_follow(self, x: Features, state: State) -> tuple[Features, State]:
        """(signals, 1), the ratio of each signal in order, and the state afterwards; `state` itself is left alone."""

    def reference_detect(self, x: Features, state: State) -> Features:
        """(signals, 1): the ratio of each signal in order."""
        return self.reference_follow(x, state)[0]

    @abstractmethod
    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        """One C statement."""

    @abstractmethod
    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        """A C expression of type float: the ratio."""

    def empty(self) -> State:
        """The state of a model that has learned nothing."""
        return np.zeros(self.state_size, dtype=np.float32)

    def run_learn(self, x: Features, state: State, executor: Executor) -> State:
        x, after = self._check(x), np.array(state, dtype=np.float32)
        name = f"blh_{self.kernel}_learn"
        executor.call(name, len(x), self.inputs, self._params(), self._tables(), x, after, self._work())
        return after

    def run_follow(self, x: Features, state: State, executor: Executor) -> tuple[Features, State]:
        x, after = self._check(x), np.array(state, dtype=np.float32)
        out = np.zeros((len(x), 1), dtype=np.float32)
        name = f"blh_{self.kernel}_detect"
        executor.call(name, len(x), self.inputs, self._params(), self._tables(), x, after, out, self._work())
        return out, after

    def run_detect(self, x: Features, state: State, executor: Executor) -> Features:
        return self.run_follow(x, state, executor)[0]
