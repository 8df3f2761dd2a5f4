"""What a proof of parity says, as plain data: how much was compared, what differs, where first, and what it cost."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bitloop.errors import (
    BitloopError,
    BootError,
    BuildError,
    FlashError,
    LinkError,
    LockError,
    ParityError,
    ProbeError,
    TimingError,
    VerifyError,
)

if TYPE_CHECKING:
    from bitloop_hil.board import Programmed
    from bitloop_hil.series import Series

PASS, FAIL, BROKEN = "PASS", "FAIL", "BROKEN"

_CLASSES: tuple[tuple[type[BitloopError], str], ...] = (
    (BuildError, "BUILD"),
    (LockError, "LOCK"),
    (ProbeError, "PROBE"),
    (FlashError, "FLASH"),
    (VerifyError, "VERIFY"),
    (BootError, "BOOT"),
    (LinkError, "LINK"),
    (ParityError, "PARITY"),
    (TimingError, "TIMING"),
)
_INFRASTRUCTURE = (LockError, ProbeError, FlashError, VerifyError, BootError, LinkError)


def classify(error: BitloopError) -> tuple[str, str]:
    """Verdict and class of an error. BROKEN is infrastructure, which alone may be retried."""
    name = next((name for kind, name in _CLASSES if isinstance(error, kind)), "INPUT")
    return (BROKEN if isinstance(error, _INFRASTRUCTURE) else FAIL), name


@dataclass(frozen=True, slots=True)
class Spread:
    """Smallest, middle and largest of the ticks of one kind of call."""

    min: int
    median: int
    max: int

    @staticmethod
    def of(ticks: Sequence[int]) -> Spread | None:
        """None where nothing was measured."""
        if not ticks:
            return None
        return Spread(min(ticks), round(statistics.median(ticks)), max(ticks))


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference: which signal of which call, and the kernel that made it.

    `kernel` is the first kernel after which the board's values are not the emulator's, `step` its place in the
    preprocessing (None for the model and for whole answers) and `index` the value's place in what the kernel leaves.
    `located` is False where the traced image did not show the difference, so that no kernel can be blamed; `kernel`
    is then empty and the values are those of the answer itself. `what` is `step`, `state`, `output`, `status`,
    `label` or `knowledge`.
    """

    signal: int
    call: str
    what: str
    kernel: str
    step: int | None
    index: int
    expected: float
    got: float
    expected_hex: str
    got_hex: str
    located: bool
    note: str = ""

    def sentence(self) -> str:
        """For people."""
        kernel = f"kernel {self.kernel}" if self.kernel else "no single kernel"
        if self.step is not None:
            kernel += f" (step {self.step})"
        text = (
            f"{self.call} of signal {self.signal} differs first in {kernel}, {self.what} index {self.index}:"
            f" expected {self.expected_hex} ({self.expected:.9g}), got {self.got_hex} ({self.got:.9g})"
        )
        return f"{text}; {self.note}" if self.note else text


@dataclass(frozen=True, slots=True)
class Refusals:
    """Hostile input: calls made, calls the library had to refuse, and how often the board did something else."""

    calls: int = 0
    refused: int = 0
    wrong: int = 0
    state_untouched: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """What was proved, and on what."""

    board: str
    bench: str
    core: str
    compiler: str
    flags: str
    persona: str
    library_id: str
    build: str
    emulator: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of `prove`. `floats_compared` counts outputs and learned state; `answers_compared` statuses and
    labels; `differing` values of either sort that are not identical. `signals` counts signals, `calls` library calls.
    `uncertainty` is the relative error to expect of the ticks, 0 where they are counted and not modelled.
    `flash` is what became of the image where it was programmed, None where it was loaded or never got there.
    `series` is what was seen call by call, for plots; the JSON leaves it out.
    """

    subject: Subject
    signals: int = 0
    calls: int = 0
    floats_compared: int = 0
    answers_compared: int = 0
    differing: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    unit: str = "cycles"
    uncertainty: float = 0.0
    flash: Programmed | None = None
    learn: Spread | None = None
    detect: Spread | None = None
    link: Mapping[str, Any] = field(default_factory=dict)
    first_difference: Difference | None = None
    error: BitloopError | None = None
    series: Series | None = None

    @property
    def verdict(self) -> str:
        """PASS, FAIL or BROKEN."""
        if self.error is not None:
            return classify(self.error)[0]
        wrong = self.differing or self.refusals.wrong or not self.refusals.state_untouched
        return FAIL if wrong or not self.calls else PASS

    @property
    def failure(self) -> str | None:
        """Class of what went wrong (BUILD, LINK, PARITY, ...); None for a PASS."""
        if self.error is not None:
            return classify(self.error)[1]
        return None if self.verdict == PASS else "PARITY"

    def to_json(self) -> dict[str, Any]:
        """Plain data, stable names."""
        return {
            **asdict(self.subject),
            "verdict": self.verdict,
            "class": self.failure,
            "reason": self.reason(),
            "signals": self.signals,
            "calls": self.calls,
            "floats_compared": self.floats_compared,
            "answers_compared": self.answers_compared,
            "differing": self.differing,
            "refusals": asdict(self.refusals),
            "cycles": {
                "learn": asdict(self.learn) if self.learn else None,
                "detect": asdict(self.detect) if self.detect else None,
                "unit": self.unit,
                "uncertainty": self.uncertainty,
            },
            "flash": asdict(self.flash) if self.flash else None,
            "link": dict(self.link),
            "first_difference": _finite(asdict(self.first_difference)) if self.first_difference else None,
        }

    def reason(self) -> str | None:
        """One sentence why this is not a PASS; None if it is."""
        if self.verdict == PASS:
            return None
        if self.error is not None:
            return str(self.error)
        if self.differing:
            first = f": {self.first_difference.sentence()}" if self.first_difference else ""
            total = self.floats_compared + self.answers_compared
            return f"{self.differing} of {total} values differ{first}"
        if not self.calls:
            return "nothing was compared; give the proof at least one signal"
        if self.refusals.wrong:
            return f"{self.refusals.wrong} of {self.refusals.calls} calls with hostile input were not answered as due"
        return "a refused signal changed the learned state"


def _finite(data: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN: such values go as text beside their bits."""
    return {k: str(v) if isinstance(v, float) and not math.isfinite(v) else v for k, v in data.items()}
