"""Committee of models for extrapolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bitloop.kernels.committee import Committee, Member


@dataclass(frozen=True, slots=True, eq=False)
class CommitteeValues(Committee):
    """The mean of the members' values; 0 where none says anything."""

    kernel: ClassVar[str] = "committee_values"
    kind: ClassVar[str] = "extrapolation"

    features: int
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        self.check_members()

    @property
    def silent(self) -> float:
        return 0.0

    def _end(self, out: str) -> str:
        return f"bl_committee_values(votes, {out});"
