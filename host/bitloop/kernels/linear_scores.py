"""What linear classifiers share: a row of weights and a bias per class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bitloop.kernels import checks
from bitloop.kernels.base import Constant, StaticModel
from bitloop.kernels.record import F32


@dataclass(frozen=True, slots=True, eq=False)
class LinearScores(StaticModel):
    """Class c scores bias[c] + weights[c] . x; what becomes of the scores is the subclass's."""

    kind: ClassVar[str] = "classes"

    weights: F32
    bias: F32

    def __post_init__(self) -> None:
        checks.floats(self.weights, 2, f"{self.kernel}.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.bias, 1, f"{self.kernel}.bias", -checks.WEIGHT, checks.WEIGHT)
        checks.alike(self.bias.shape, self.weights.shape[:1], f"{self.kernel}.bias")
        checks.whole(self.outputs, 2, checks.CLASSES, f"the number of classes of {self.kernel}")
        checks.whole(self.inputs, 1, checks.FEATURES, f"the number of features of {self.kernel}")

    @property
    def inputs(self) -> int:
        return int(self.weights.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.weights.shape[0])

    def params(self) -> tuple[int, ...]:
        return (self.outputs,)

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("weights", self.weights, fitted=True), Constant("bias", self.bias, fitted=True))
