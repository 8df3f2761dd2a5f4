"""The ring that a DMA fills with what a converter finds: how large it is, and what firmware/drivers/ring.h needs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bitloop_hil.boards import BoardFile
from bitloop_hil.datalogger import carry
from bitloop_hil.datalogger.wish import Wish

if TYPE_CHECKING:
    from bitloop_hil.datalogger.plan import Plan

_MOST_ITEMS = 0xFFFF
_SHARE = 8
"""Of the board's RAM, what a ring may take; a signal beside it takes what it needs."""
_SECONDS = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Ring:
    """`samples` of items that are `item_bytes` wide, shifted down by `shift`; `places` has the item of each axis.

    `once`: it is filled once for each signal, which it holds until that is sent. `per_look`: samples between looks.
    """

    samples: int
    item_bytes: int
    shift: int
    places: tuple[int, ...]
    once: bool
    per_look: int

    @property
    def items(self) -> int:
        """All of it."""
        return self.samples * len(self.places)

    @property
    def bytes(self) -> int:
        """Memory it takes."""
        return self.items * self.item_bytes

    @property
    def burst(self) -> int:
        """Samples to take at once, with values of that width."""
        return most_at_once(len(self.places), self.item_bytes)


class InRing:
    """What sources have in common whose samples stand in a ring."""

    __slots__ = ()
    ring: Ring

    @property
    def memory(self) -> int:
        """Samples in the ring."""
        return self.ring.samples

    @property
    def burst(self) -> int:
        """Samples that are copied at once."""
        return self.ring.burst

    @property
    def per_look(self) -> Fraction:
        """As the ring wants it."""
        return Fraction(self.ring.per_look)

    @property
    def holds(self) -> bool:
        """Whether a signal stays in the ring until it is sent."""
        return self.ring.once

    @property
    def ram(self) -> int:
        """The ring's."""
        return self.ring.bytes

    def check(self, made: Plan) -> None:
        """Nothing but the line limits it."""


def most_at_once(axes: int, item_bytes: int) -> int:
    """Samples to take at once: they stand on the stack."""
    return max(1, carry.TRANSFER // (axes * item_bytes))


def ring(
    wish: Wish, board: BoardFile, hz: Fraction, places: tuple[int, ...], item_bytes: int = 2, shift: int = 0
) -> Ring:
    """A ring that keeps a tenth of a second, or while a few frames or lines leave: as far as the board's RAM goes.

    Binary signals stay in it until they are sent, as no line carries the fastest rates.
    """
    once = wish.binary and not wish.continuous
    size = item_bytes * len(places)
    payload = board.image.payload if board.image else 0
    at_once = payload // size if wish.binary else most_at_once(len(places), item_bytes)
    wanted = max(int(hz * _SECONDS), 4 * at_once, 16)
    samples = min(wish.samples if once else min(wanted, board.ram.size // _SHARE // size), _MOST_ITEMS // len(places))
    per_look = max(1, min(samples // 8, int(hz / 100)))  # a hundredth of a second, an eighth of the ring
    return Ring(samples, item_bytes, shift, places, once, per_look)
