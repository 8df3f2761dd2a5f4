"""How fast a virtual board hears: its microphone's bits made one by one, filtered by the DFSDM, and recorded.

The board runs the datalogger's image at each rate and sends every value over its serial port; virtual time is by the
board's own ticks, wall time from the request to the last value. `--write` puts the table on the page of benchmarks.

    python -m benchmarks.microphone [--seconds 5] [--write]
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from benchmarks.page import origin, table, write

from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.pdm import PdmMicrophone
from bitloop_hil.datalogger.plan import Wish, plan
from bitloop_hil.link.frame import Frame

_RATES = (8000, 16_000, 32_000)
_WISH = ("b-l475e-iot01a", "MP34DT01")


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording: the microphone's clock in Hz, values lost, and both times in seconds."""

    clock_hz: float
    lost: int
    virtual: float
    wall: float


def measure(rate: int, seconds: float) -> Heard:
    """A tone of 1 kHz, recorded for so long."""
    made = plan(Wish(*_WISH, rate, binary=True, continuous=True))
    source = made.source
    assert isinstance(source, PdmMicrophone)
    with VirtualBoard(made.board) as board:
        board.flash(make.build(made).path)
        board.replay(source.name, "sound", np.sin(2 * np.pi * np.arange(48_000) / 48), 48_000)
        board.reset()
        link, frames = board.link(), list[Frame]()
        clock = link.greet().clock_hz
        link.sensor()
        begun = time.monotonic()
        reply = link.record(int(rate * seconds), frames)
        spent = time.monotonic() - begun
    return Heard(source.bus.clock_hz / source.setting.divider, reply["overruns"], reply["ticks"] / clock, spent)


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--write", action="store_true")
    chosen, rows = parser.parse_args(), []
    for rate in _RATES:
        heard = measure(rate, chosen.seconds)
        clock, times = f"{heard.clock_hz / 1e6:g} MHz", (f"{heard.virtual:.2f} s", f"{heard.wall:.2f} s")
        rows.append((f"{rate} Hz", clock, *times, f"{heard.virtual / heard.wall:.1f}", str(heard.lost)))
    text = table(("values", "bits", "virtual time", "wall time", "virtual over wall", "overruns"), rows)
    if chosen.write:
        write("microphone", f"{origin(0)}\n\n{text}")
    print(text)


if __name__ == "__main__":
    main()
