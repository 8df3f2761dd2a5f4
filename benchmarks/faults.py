"""The campaign: a hundred thousand frames and more under random faults, on the decoder and on boards.

Rows `stream` send numbered frames over a spoiled line into the host's decoder. Rows of a board have the firmware
there echo random payloads while its line is spoiled in both directions. Every row says how many frames were sent,
how many payloads were delivered, how many of those were wrong (0, or the status is 1), how many were lost for good,
and whether sent = delivered + lost. `slowest` is the longest any request took: nothing may hang.

    python -m benchmarks.faults [frames per row]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bitloop.errors import ProbeError
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.faults import FaultyTransport, LineFaults
from bitloop_hil.faults.campaign import Account, echoes, stream
from bitloop_hil.images import build_image
from bitloop_hil.link.patience import Patience
from tests.library.examples import library

FRAMES = 100_000
STREAMS = {
    "dropped": LineFaults(dropped=0.001),
    "doubled": LineFaults(doubled=0.001),
    "flipped": LineFaults(flipped=0.001),
    "all of them": LineFaults(dropped=0.001, doubled=0.001, flipped=0.001),
    "a storm": LineFaults(dropped=0.02, doubled=0.02, flipped=0.02),
}
ON_BOARDS = LineFaults(dropped=0.0001, doubled=0.0001, flipped=0.0001, merged=0.002, delayed=0.001, delay=0.02)
BOARDS = (("generic-cortex-m4f", "virtual"), ("generic-cortex-m0plus", "virtual"), ("mps2-an386", "qemu"))
PATIENCE = Patience(request=0.02, call=1.0, attempts=12, hello=0.5, boot=30.0, longest=0.5)
_LONGEST = 200  # bytes of payload: the small boards take no more


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign: where, under what, and what became of it."""

    where: str
    faults: str
    account: Account
    seconds: float
    board: str = ""


def streams(frames: int) -> Iterator[Row]:
    """The host's decoder under each sort of fault."""
    for seed, (name, faults) in enumerate(STREAMS.items()):
        start = time.perf_counter()
        account = stream(faults, frames, seed)
        yield Row("stream", name, account, time.perf_counter() - start)


def on_board(name: str, bench: str, frames: int) -> Row:
    """Firmware on a board: two frames to a request."""
    image = build_image(library("anomaly-both"), board_file(name))
    with open_board(name, bench) as board:
        board.flash(image.path)
        board.reset()
        link = board.link()
        link.patience = PATIENCE
        link.through(lambda inner: FaultyTransport(inner, 1, to_board=ON_BOARDS, from_board=ON_BOARDS))
        link.greet()
        start = time.perf_counter()
        account = echoes(link, frames // 2, seed=2, longest=_LONGEST)
        seconds = time.perf_counter() - start
        counts = link.counts()
    saw = ", ".join(f"{value} {key}" for key, value in counts.items() if key != "overruns")
    return Row(f"{bench} {name}", "in both directions", account, seconds, saw)


def main() -> int:
    """Run the campaign and print; status 1 if anything wrong was delivered or a frame is not accounted for."""
    frames = int(float(sys.argv[1])) if len(sys.argv) > 1 else FRAMES
    table = Table(
        "where",
        "faults",
        "frames",
        "delivered",
        "wrong",
        "lost",
        "retries",
        "slowest",
        "settled",
        "seconds",
        title="faults",
    )
    rows, failed = list(streams(frames)), False
    for name, bench in BOARDS:
        try:
            rows.append(on_board(name, bench, frames))
        except ProbeError as error:
            table.add_row(f"{bench} {name}", str(error), *["-"] * 8)
    for row in rows:
        account = row.account
        failed = failed or not account.settled or account.slowest > sum(PATIENCE.waits(PATIENCE.request)) + 1.0
        each = 1 if row.where == "stream" else 2
        table.add_row(
            row.where,
            row.faults,
            str(account.sent * each),
            str(account.delivered),
            str(account.wrong),
            str(account.lost),
            str(account.stats.retries) if each == 2 else "-",
            f"{account.slowest:.2f} s" if each == 2 else "-",
            "yes" if account.settled else "NO",
            f"{row.seconds:.1f}",
        )
        if row.board:
            table.add_row("", f"the board saw {row.board}", *[""] * 8)
    Console(width=140).print(table)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
