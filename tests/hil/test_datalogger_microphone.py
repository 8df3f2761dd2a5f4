"""The microphone of the B-L475E-IOT01A: its logger sends what another filter makes of the very bits it put out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.microphones import load_microphone
from bitloop_hil.datalogger.pdm import PdmMicrophone
from bitloop_hil.datalogger.plan import Plan, Wish, plan
from tests.hil import loggers
from tests.hil.needs import need_compiler
from tests.hil.test_devices_dfsdm_numbers import comb

MICROPHONE = Wish("B-L475E-IOT01A", "MP34DT01", 16_000.0, binary=True, continuous=True)
CLOCK, OVERSAMPLING, SHIFT = 80_000_000, {8000: 200, 16_000: 200, 32_000: 100}, {8000: 8, 16_000: 8, 32_000: 4}
FULL_SCALE = 20e-6 * 10 ** (120 / 20) * math.sqrt(2)  # pascals: -26 dBFS at 94 dB are 0 dBFS at 120 dB
TONE = 1000.0
KEPT = 1 << 23  # bits that are there if the first ones had to go


def tone(level: float = 94.0) -> NDArray[np.float64]:
    """A second of it at 96 kHz, in pascals at a level in dB of sound pressure."""
    return math.sqrt(2) * 20e-6 * 10 ** (level / 20) * np.sin(2 * np.pi * TONE * np.arange(96_000) / 96_000)


@contextmanager
def listening(made: Plan, compiler: str = "zig") -> Iterator[VirtualBoard]:
    """The plan's board with its logger, and a tone."""
    with VirtualBoard(made.board) as board:
        board.flash(make.build(made, compiler).path)
        board.replay("MP34DT01", "sound", tone(), 96_000)
        yield board


def recording(board: VirtualBoard, samples: int, rate: int) -> tuple[loggers.Recorded, NDArray[np.int64]]:
    """A recording, and what it has to contain. A board that nobody talks to runs on, faster than this computer's
    clock; where it went on for so long that the first bits are gone, another is made."""
    for _ in range(5):
        recorded = loggers.record(board, samples)
        if len(bits := board.produced("MP34DT01", "sound").words) < KEPT:
            return recorded, expected(bits, rate)
    raise AssertionError("the board always runs away")


def expected(words: NDArray[np.int32], rate: int) -> NDArray[np.int64]:
    """Upper halves of 24 bits, rounded, of what a filter of fourth order makes of bits from its first one on."""
    bits = 2 * words[:, 0].astype(np.int64) - 1
    sums = comb(bits, 4, OVERSAMPLING[rate], 1)
    results = np.floor(sums / (1 << SHIFT[rate]) + 0.5).astype(np.int64)
    return np.floor(results / 256 + 0.5).astype(np.int64)


def level_of(values: NDArray[np.float64], rate: float) -> float:
    """dB of sound pressure of the tone in values in pascals, without the droop of the filter."""
    place = 2 * np.pi * TONE / rate * np.arange(len(values))
    found = math.hypot(*(2 * np.mean(values * curve(place)) for curve in (np.sin, np.cos)))
    over = OVERSAMPLING[int(rate)]
    droop = (np.sin(np.pi * TONE / rate) / (over * np.sin(np.pi * TONE / rate / over))) ** 4
    return 20 * math.log10(found / droop / math.sqrt(2) / 20e-6)


@pytest.mark.parametrize(("rate", "compiler"), [(8000, "zig"), (16_000, "gcc"), (32_000, "zig")])
def test_every_value_is_that_of_an_independent_filter(rate: int, compiler: str) -> None:
    need_compiler(compiler)
    made = plan(replace(MICROPHONE, rate=float(rate)))
    with listening(made, compiler) as board:
        recorded, wanted = recording(board, 3000, rate)
        assert board.notes() == ""
    info = recorded.info
    assert (info.sensor, info.quantity, info.unit, info.letters) == ("MP34DT01", "sound", "Pa", "p")
    assert (info.rate, info.range, info.samples, info.width) == (rate, 0, 0, 2)
    (run,) = recorded.runs()
    assert len(run) == 3000
    assert np.array_equal(run[:, 0], wanted[:3000])
    assert recorded.reply["overruns"] == 0
    assert recorded.rate() == pytest.approx(rate, rel=5e-4)  # the board's clock paces it
    assert level_of(info.values(run)[1000:, 0], rate) == pytest.approx(94, abs=0.1)


def test_a_continuous_text_logger_prints_every_value() -> None:
    made = plan(replace(MICROPHONE, rate=8000.0, binary=False, baud=921_600))
    with listening(made) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 200)
        wanted = expected(board.produced("MP34DT01", "sound").words, 8000)
    step = FULL_SCALE / (200**4 / 2**16)
    lines = said.decode().split("\n")[:200]
    assert [round(float(line) / step) for line in lines] == wanted[:200].tolist()
    assert all(line == f"{value * round(step, 9):.4f}" for line, value in zip(lines, wanted.tolist(), strict=False))


@pytest.mark.parametrize("binary", [False, True])
def test_signals_of_sound(binary: bool) -> None:
    made = plan(replace(MICROPHONE, rate=32_000.0, samples=1024, binary=binary, continuous=False))
    with listening(made) as board:
        if binary:
            recorded = loggers.record(board, 2048)
            signals = [recorded.info.values(run)[:, 0] for run in recorded.runs()]
        else:
            said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 2)
            signals = [np.array(line.split(), dtype=float) for line in said.decode().split("\n")[:2]]
        assert board.notes() == ""
    assert [len(signal) for signal in signals] == [1024, 1024]
    for signal in signals:
        assert level_of(signal, 32_000) == pytest.approx(94, abs=0.2)


@pytest.mark.parametrize("rate", [8000, 10_000, 16_000, 20_000, 32_000, 40_000, 12_500])
def test_clock_and_oversampling_give_the_rate_exactly(rate: int) -> None:
    made = plan(replace(MICROPHONE, rate=float(rate)))
    assert isinstance(made.source, PdmMicrophone)
    setting = made.source.setting
    assert Fraction(CLOCK, setting.divider * setting.oversampling) == rate == made.source.hz
    assert 1_000_000 <= CLOCK / setting.divider <= 3_250_000  # MP34DT01-M: clock
    assert setting.oversampling**4 < 2**31  # RM0351: what fits into the filter's registers
    assert 2**22 <= setting.full < 2**23 - 128  # 24 bits with a sign are used, and nothing wraps
    (scale,) = made.source.measured.scales
    count = FULL_SCALE / (setting.oversampling**4 / 2 ** (setting.shift + 8))
    assert scale.multiplier / scale.divisor == pytest.approx(count, rel=1e-6)
    assert scale.offset == 0


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (
            replace(MICROPHONE, rate=48_000.0),
            "that does not give 48000 Hz: choose one of 8000, 10000, 16000, 20000, 32000, 40000",
        ),
        (replace(MICROPHONE, rate=float("nan")), "does not give nan Hz"),
        (replace(MICROPHONE, rate=1000.0), "does not give 1000 Hz"),
        (replace(MICROPHONE, baud=115_200), "32000 bytes/s"),
        (replace(MICROPHONE, binary=False), "counted on; choose --format binary or --baud 1515790 and more"),
        (replace(MICROPHONE, axes="x"), "has no axes 'x' for sound"),
        (replace(MICROPHONE, range=2), "one range only"),
        (replace(MICROPHONE, quantity="acceleration"), "does not measure 'acceleration'; choose one of sound"),
        (replace(MICROPHONE, board="NUCLEO-L476RG"), "nucleo-l476rg has no MP34DT01; choose b-l475e-iot01a"),
        (
            replace(MICROPHONE, shield="x-nucleo-iks01a3"),
            "choose b-l475e-iot01a, without --shield",
        ),
        (
            replace(MICROPHONE, rate=None),
            "MP34DT01 measures sound at 8000, 10000, 16000, 20000, 32000, 40000 Hz; choose one with --rate",
        ),
    ],
)
def test_what_is_not_possible_is_refused(wish: Wish, says: str) -> None:
    with pytest.raises(BuildError) as caught:
        plan(wish)
    assert says in str(caught.value)


GOOD = 'title = "mine"\nclock_hz = [1_000_000, 2_000_000]\nsensitivity = -26\nstartup_ms = 10\n'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[1_000_000, 2_000_000]", "[2, 1]", "clock_hz = [2, 1] has to be two numbers"),
        ("-26", "3", "sensitivity = 3 has to be -60 to 0"),
        ("startup_ms = 10", "startup_ms = 10\ncolour = 1", "unknown field 'colour'"),
        ('title = "mine"', "title", "cannot be read"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_microphone(path).full_scale == pytest.approx(FULL_SCALE)
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BuildError, match=r"mine\.toml") as caught:
        load_microphone(path)
    assert says in str(caught.value)
