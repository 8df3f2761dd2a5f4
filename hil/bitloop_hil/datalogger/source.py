"""What gives a datalogger its samples: a sensor behind a bus, or a converter of the chip whose results a DMA carries.

Its twin in the firmware is sensors/source.h.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bitloop_hil.boards import BoardFile
    from bitloop_hil.datalogger.plan import Plan


@dataclass(frozen=True, slots=True)
class Scale:
    """What a raw value means: (raw * multiplier + offset) / divisor units, exactly."""

    offset: int
    multiplier: int
    divisor: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What comes out: one letter and one scale per axis. `limit` is the range, 0 where there is no choice.

    `width` is a value's bytes as it is sent; printed, it has `decimals`, and `digits` before them at most.
    """

    quantity: str
    unit: str
    letters: str
    limit: int
    width: int
    scales: tuple[Scale, ...]
    decimals: int
    digits: int


class Source(Protocol):
    """Samples at a rate, for one board. `place` is where they come from on the chip: I2C2, ADC1."""

    @property
    def name(self) -> str:
        """As it is asked for: LSM6DSL."""

    @property
    def title(self) -> str:
        """What it is, for people."""

    @property
    def place(self) -> str:
        """The bus or converter of the chip."""

    @property
    def shield(self) -> str:
        """The shield that brings it, empty where none does."""

    @property
    def measured(self) -> Measured:
        """What its values are."""

    @property
    def hz(self) -> Fraction:
        """Its rate."""

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """The rates it could have as well, for advice."""

    @property
    def memory(self) -> int:
        """Samples it keeps until somebody looks."""

    @property
    def burst(self) -> int:
        """Samples that are taken at once, at most."""

    @property
    def per_look(self) -> Fraction:
        """Samples that gather between two looks."""

    def files(self, board: BoardFile) -> tuple[str, ...]:
        """Its drivers on that board, in firmware/."""

    @property
    def template(self) -> str:
        """The part of sensor.h that is its own, in firmware/templates."""

    def values(self) -> Mapping[str, Any]:
        """What that template names."""

    @property
    def holds(self) -> bool:
        """Whether it keeps a whole signal until that is sent, so that the line need not carry its rate."""

    @property
    def ram(self) -> int:
        """Bytes of the board's memory that it takes."""

    def remarks(self) -> tuple[str, ...]:
        """What people should know of the samples beside their rate and unit."""

    def check(self, made: Plan) -> None:
        """BuildError, with the arithmetic, where it cannot give what is planned."""
