"""What a library may cost."""

from __future__ import annotations

from dataclasses import dataclass

from bitloop.errors import SearchError
from bitloop.targets import Target


@dataclass(frozen=True, slots=True)
class Budget:
    """What a library may cost on its target: RAM with stack and flash with constants, in bytes."""

    ram_bytes: int
    flash_bytes: int
    target: Target
    compiler: str = "zig"

    def __post_init__(self) -> None:
        if self.ram_bytes < 1 or self.flash_bytes < 1:
            raise SearchError("the budgets for RAM and flash have to be above 0 bytes")
