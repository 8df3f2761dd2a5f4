"""Recording a virtual board whose sensor feels a machine, and holding what came against what the sensor put out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import RecordError

if TYPE_CHECKING:
    from bitloop.cli.steps import Note
    from bitloop_hil.benches.virtual import VirtualBoard
    from bitloop_hil.datalogger.plan import Plan

STEP = 0.122e-3
"""A count of the LSM6DSL at +-4 g, in g (data sheet, table 3, LA_So): not asked of the driver that is checked."""
DEVIATION = 0.013
"""How much too fast the sensor's oscillator is."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A log of so many `samples`, `wrong` of which are not what the sensor put out. `run` is that of its note."""

    path: Path
    label: str
    samples: int
    wrong: int
    run: Mapping[str, Any]

    @property
    def lost(self) -> int:
        """Samples that were sent and did not arrive, and times the sensor's memory overflowed."""
        return int(self.run["lost"]) + int(self.run["overruns"])

    @property
    def rate(self) -> float:
        """What the sensor sampled at, by the board's clock, in Hz."""
        return float(self.run["sample_rate"]["hertz"])

    def words(self) -> str:
        """What came, in a line."""
        rate = self.run["sample_rate"]
        came = f"{self.samples:,} samples, {self.wrong} wrong, {self.lost} lost"
        return f"{came}, {self.rate:.2f} Hz, jitter {rate['jitter'] * 1e6:.0f} us"

    def to_record(self) -> dict[str, Any]:
        """For JSON."""
        counts = {"samples": self.samples, "wrong": self.wrong, "lost": self.lost}
        return {"file": self.path.name, "class": self.label, **counts, "rate": dict(self.run["sample_rate"])}


def tape(
    board: VirtualBoard, plan: Plan, motion: NDArray[np.float64], samples: int, to: tuple[Path, str], note: Note
) -> Tape:
    """Let the sensor feel a motion at its true rate, and record so many samples of it into a file with a label.

    RecordError where a sample is wrong or lost.
    """
    from bitloop.recording.keeper import Kept
    from bitloop.signals.reader import read_log
    from bitloop_hil.recording.recorder import Limits
    from bitloop_hil.recording.session import record
    from bitloop_hil.recording.source import Source

    path, label = to
    sensor, quantity = plan.source.name, plan.source.measured.quantity
    board.replay(sensor, quantity, motion, true_rate(plan))
    board.reset()
    source, limits = Source(board.port, plan.baud, board=board.name), Limits(signals=samples)
    told = f"of {samples:,} samples"
    outcome = record(source, Kept.at(path, label), limits, "binary", told=lambda at: note(f"{at.lines:,} {told}"))
    if outcome.reason:
        raise RecordError(outcome.reason)
    values = read_log(path, axes=plan.axes).x
    made = Tape(path, label, len(values), wrong(values, board.produced(sensor, quantity).words), outcome.record)
    if made.wrong or made.lost or made.samples != samples:
        raise RecordError(f"{path} is not what {sensor} put out: {made.words()}; what it says is in its note")
    return made


def true_rate(plan: Plan) -> float:
    """What the sensor samples at, in Hz."""
    return float(plan.source.hz) * (1 + DEVIATION)


def wrong(values: NDArray[np.float32], words: NDArray[np.int32]) -> int:
    """How many recorded samples (samples, axes), in g, are not the sensor's words one after the other.

    They begin where the sensor put out what was recorded first; all are wrong where it never did.
    """
    counts = np.rint(values / STEP)
    odd = np.abs(values - counts * STEP) > STEP / 100
    room = max(0, len(words) - len(values) + 1)
    starts = np.flatnonzero((words[:room] == counts[:1]).all(axis=1))
    differing = [(words[at : at + len(counts)] != counts) | odd for at in starts]
    return min((int(each.any(axis=1).sum()) for each in differing), default=len(values))
