"""What a board file says of converters, whose results a DMA carries into memory.

dma = {base = 0x40020000, select = 0x400200A8, enable = {...}, channel = 1, request = 0}
                                    the channel or stream that serves it, as in [chip.dma] (see chips.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitloop_hil.fields import Fields
from bitloop_hil.pins import Enable, read_enable


@dataclass(frozen=True, slots=True)
class RingDma:
    """The channel (from 1) or stream (from 0) that carries results; `select` as the link's, 0 where it is wired."""

    base: int
    select: int
    enable: Enable
    channel: int
    request: int


def read_ring_dma(fields: Fields, data: Mapping[str, Any]) -> RingDma:
    """The `dma` of a converter's table; BuildError names the field at fault."""
    table = fields.take(data, "dma", dict)
    fields.only(table, {"base", "select", "enable", "channel", "request"}, "a converter's dma")
    return RingDma(
        fields.register(table, "base"),
        fields.register(table, "select") if "select" in table else 0,
        read_enable(fields, table),
        fields.number(table, "channel", 0, 7),
        fields.number(table, "request", 0, 127) if "request" in table else 0,
    )
