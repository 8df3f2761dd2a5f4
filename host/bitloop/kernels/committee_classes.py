"""Committee of models for classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels.committee import Committee, Member


@dataclass(frozen=True, slots=True, eq=False)
class CommitteeClasses(Committee):
    """The mean of the members' probabilities; where none says anything, every class is as likely."""

    kernel: ClassVar[str] = "committee_classes"
    kind: ClassVar[str] = "classes"

    features: int
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        self.check_members()

    @property
    def silent(self) -> float:
        return float(np.float32(1.0) / np.float32(self.outputs))

    def _end(self, out: str) -> str:
        return f"bl_committee_classes({self.outputs}, votes, {out});"
