"""The link at its full rate on the virtual boards: efficiency and loss in virtual time, and how long it takes.

Both directions, at the baud rate and with the payload of the board file. Efficiency is payload over what the wire can
carry (a tenth of the baud rate in bytes per second). One board streams for ten virtual minutes, the others for ten
seconds. Prints a table; asserts nothing.

    python -m benchmarks.link [board ...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.ridge import Ridge
from bitloop.library.file import Library
from bitloop_hil.boards import BoardFile, board_file, names, open_board
from bitloop_hil.images import build_image
from bitloop_hil.link.client import Link
from bitloop_hil.link.packets import OVERHEAD
from bitloop_hil.link.stream import Flow

LONG = "b-l475e-iot01a"
SECONDS, LONG_SECONDS = 10, 600
_COBS_AND_ZEROS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One direction of one board."""

    board: BoardFile
    baud: int
    direction: str
    flow: Flow


def rows(board: BoardFile, seconds: float) -> Iterator[Row]:
    """Both directions of a virtual board, each for so many virtual seconds."""
    library = Library(Pipeline(Preprocessing(1, 8, ((),)), Ridge(np.ones(8, dtype=np.float32), 0.0)))
    image = build_image(library, board)
    if board.image is None:
        raise ValueError(f"board {board.name} has no image")
    baud = board.image.defines["BL_BAUD"]
    with open_board(board.name, "virtual") as opened:
        opened.flash(image.path)
        opened.reset()
        with opened.link() as link:
            frames = _frames(link.greet(library.id, image.build).max_payload, baud, seconds)
            yield Row(board, baud, "host", link.stream(frames))
            yield Row(board, baud, "board", link.pour(frames))
            _clean(link)


def _frames(payload: int, baud: int, seconds: float) -> int:
    return max(2, int(seconds * baud / 10 / (payload + OVERHEAD + _COBS_AND_ZEROS)))


def _clean(link: Link) -> None:
    """Nothing may have gone wrong that no flow tells of."""
    if any(link.counts().values()) or not link.stats.clean:
        raise RuntimeError(f"the board counts {link.counts()}, the host {link.stats}")


def main() -> None:
    """Print the table."""
    wanted = sys.argv[1:] or [name for name in names() if board_file(name).chip]
    table = Table("board", "to", "baud", "payload", "frames", "lost", "efficiency", "virtual", "wall")
    for name in wanted:
        for row in rows(board_file(name), LONG_SECONDS if name == LONG else SECONDS):
            flow, hertz = row.flow, row.board.clock_hz
            table.add_row(
                name,
                row.direction,
                str(row.baud),
                str(flow.size),
                str(flow.asked),
                str(flow.asked - flow.arrived),
                f"{flow.efficiency(row.baud, hertz):.1%}",
                f"{flow.ticks / hertz:.1f} s",
                f"{flow.seconds:.1f} s",
            )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
