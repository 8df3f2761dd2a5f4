"""The ring that a DMA fills with what a converter finds: how large it is, and what firmware/drivers/ring.h needs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bitloop_hil.boards import BoardFile
from bitloop_hil.datalogger import carry
from bitloop_hil.datalogger.wish import Wish

_MOST_ITEMS = 0xFFFF
_SHARE = 8
"""Of the board's RAM, what a ring may take; a signal beside it takes what it needs."""
_SECONDS = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Ring:
    """`samples` of items that are `item_bytes` wide, shifted down by `shift`; `places` has the item of each axis.

    `once`: it is filled once for each signal, which it holds until that is sent.
    """

    samples: int
    item_bytes: int
    shift: int
    places: tuple[int, ...]
    once: bool

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

    def per_look(self, hz: Fraction) -> Fraction:
        """Samples between two looks: a hundredth of a second, an eighth of the ring."""
        return Fraction(max(1, min(self.samples // 8, int(hz / 100))))


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
    samples = wish.samples if once else min(wanted, board.ram.size // _SHARE // size)
    return Ring(min(samples, _MOST_ITEMS // len(places)), item_bytes, shift, places, once)
