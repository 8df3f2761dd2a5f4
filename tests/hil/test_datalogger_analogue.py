"""Analogue inputs on virtual boards: what comes out is, value for value, what the ADC makes of the pins' voltages.

The constants here come from the reference manuals and data sheets once more, none from the board files: pins of the
connectors, codes of 12 bits over 3.3 V. A wrong channel, rate, timer or scale shows as values that were never there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.recording.keeper import Kept
from bitloop.signals.reader import read_log
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file, names
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.analogue import Analogue
from bitloop_hil.datalogger.plan import Plan, Wish, plan
from bitloop_hil.recording.recorder import Limits
from bitloop_hil.recording.session import record
from bitloop_hil.recording.source import Source
from tests.hil import loggers
from tests.hil.needs import need_compiler

SUPPLY, STEPS, TOP = 3.3, 4096, 4095
PINS = {  # what is on the connector: UM1724 (Nucleo-64), UM1956 (-32), UM1974 (-144), UM2153 (L475), UM1472 (F4)
    "nucleo-c031c6": ("A3", "PB1", "A2", "PA4"),
    "nucleo-f103rb": ("A0", "PA0", "A4", "PC1"),
    "nucleo-f401re": ("A1", "PA1", "A5", "PC0"),
    "nucleo-f411re": ("A2", "PA4", "A3", "PB0"),
    "nucleo-f412zg": ("A0", "PA3", "A5", "PC5"),
    "nucleo-f429zi": ("A1", "PC0", "PB1", "PB1"),
    "nucleo-f446re": ("A3", "PB0", "A2", "PA4"),
    "nucleo-l031k6": ("A5", "PA6", "A2", "PA3"),
    "nucleo-l432kc": ("A6", "PA7", "A0", "PA0"),
    "nucleo-l476rg": ("A4", "PC1", "A3", "PB0"),
    "b-l475e-iot01a": ("A0", "PC5", "A2", "PC3"),
    "stm32f4discovery": ("PC1", "PC1", "PB0", "PB0"),
}
_LINE = re.compile(r"-?\d+\.\d+( -?\d+\.\d+)*")
L475 = Wish("B-L475E-IOT01A", "analogue", 100_000.0, samples=1024, pins="A0")


def codes(volts: NDArray[np.float64]) -> NDArray[np.int64]:
    """What 12 bits make of volts."""
    return np.clip(np.rint(volts / SUPPLY * STEPS), 0, TOP).astype(np.int64)


def applied(pins: int) -> NDArray[np.float64]:
    """Voltages that do not repeat while a test lasts, and leave the range on both sides now and then."""
    return np.random.default_rng(3).uniform(-0.2, 3.5, (60_000, pins))


@contextmanager
def wired(
    made: Plan, volts: Mapping[str, NDArray[np.float64]], hertz: float, compiler: str = "zig"
) -> Iterator[VirtualBoard]:
    """The plan's board with its datalogger, not yet reset, and voltages at its pins that change at a rate."""
    with VirtualBoard(made.board) as board:
        board.flash(make.build(made, compiler).path)
        for pin, column in volts.items():
            board.replay(pin, "voltage", column[:, np.newaxis], hertz)
        yield board


def raw_of(line: str, step: Fraction, zero: Fraction) -> list[int]:
    """Codes of a text logger's line; each text is the nearest decimal of its code, halves away from zero."""
    raw = []
    for text in line.split(" "):
        code = round((Fraction(text) - zero) / step)
        value, unit = code * step + zero, 10 ** len(text.partition(".")[2])
        nearest = int(abs(value) * unit + Fraction(1, 2))
        assert abs(Fraction(text)) * unit == nearest
        assert (value < 0) == (Fraction(text) < 0) or not nearest
        raw.append(code)
    return raw


def lines(
    said: bytes, values: int, step: Fraction = Fraction(33, 10) / STEPS, zero: Fraction = Fraction(0)
) -> list[NDArray[np.int64]]:
    """Codes of a text logger's lines with so many values.

    The board runs for a moment before it is reset, which cuts one line off: what counts is what comes after.
    """
    texts = [text for text in said.decode("ascii").split("\n")[:-1] if not text.startswith("#")]
    cut = [at for at, text in enumerate(texts) if not _LINE.fullmatch(text) or text.count(" ") + 1 != values]
    assert len(cut) <= 1
    return [np.array(raw_of(text, step, zero), dtype=np.int64) for text in texts[cut[0] + 1 if cut else 0 :]]


def all_there(part: NDArray[np.int64], whole: NDArray[np.int64]) -> bool:
    """Whether samples follow each other in what was applied, once. Of two pins, one may be converted when the next
    voltage is already there, and the other when it is not."""
    columns = part.reshape(-1, whole.shape[1])
    found = [loggers.places(whole[:, [pin]], columns[:, [pin]]) for pin in range(whole.shape[1])]
    return all(len(places) == 1 for places in found) and np.ptp([places[0] for places in found]) <= 1


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_signals_at_100_khz_are_exactly_what_was_applied(compiler: str) -> None:
    need_compiler(compiler)
    made, volts = plan(L475), applied(1)
    with wired(made, {"PC5": volts[:, 0]}, 100_000.0, compiler) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 4)
        assert board.notes() == ""
    signals = lines(said, 1024)
    assert len(signals) >= 3
    assert all(all_there(signal, codes(volts)) for signal in signals)
    assert {0, TOP} <= set(np.concatenate(signals))


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_binary_signals_may_be_faster_than_the_line(compiler: str) -> None:
    need_compiler(compiler)
    made, volts = plan(replace(L475, binary=True, samples=2000)), applied(1)
    assert made.source.holds
    assert made.baud / 10 < 2 * 100_000
    with wired(made, {"PC5": volts[:, 0]}, 100_000.0, compiler) as board:
        recorded = loggers.record(board, 4000)
        assert board.notes() == ""
    info = recorded.info
    assert (info.sensor, info.quantity, info.unit, info.letters, info.width) == ("ANALOGUE", "voltage", "V", "a", 2)
    assert (info.rate, info.samples, info.axes[0].value(1)) == (100_000.0, 2000, Fraction(33, 40960))
    assert [len(run) for run in recorded.runs()] == [2000, 2000]
    assert all(all_there(run, codes(volts)) for run in recorded.runs())
    assert recorded.reply["overruns"] == 0


def test_a_continuous_logger_loses_nothing() -> None:
    wish = Wish("NUCLEO-F412ZG", "analogue", 20_000.0, pins="A0,A5", binary=True, continuous=True)
    made, volts = plan(wish), applied(2)
    with wired(made, {"PA3": volts[:, 0], "PC5": volts[:, 1]}, 20_000.0) as board:
        recorded = loggers.record(board, 12_000)
        assert board.notes() == ""
    (run,) = recorded.runs()
    assert len(run) == 12_000
    assert recorded.reply["overruns"] == 0
    assert all_there(run, codes(volts))
    assert recorded.rate() == pytest.approx(20_000, rel=5e-4)


def test_a_fast_line_carries_100_khz_without_a_pause(tmp_path: Path) -> None:
    wish = replace(L475, samples=0, binary=True, continuous=True, baud=2_500_000)
    made, volts, path = plan(wish), applied(1), tmp_path / "log.csv"
    with wired(made, {"PC5": volts[:, 0]}, 100_000.0) as board:
        board.reset()
        source, kept = Source(board.port, made.baud, board=board.name), Kept.at(path, "")
        outcome = record(source, kept, Limits(signals=20_000), "binary")
        assert board.notes() == ""
    assert (outcome.reason, outcome.record["lost"], outcome.record["overruns"]) == ("", 0, 0)
    assert outcome.record["sample_rate"]["hertz"] == pytest.approx(100_000, rel=1e-4)
    raw = np.rint(read_log(path, axes=1).x / (SUPPLY / STEPS)).astype(np.int64)
    assert len(raw) == 20_000
    assert all_there(raw, np.concatenate([codes(volts), codes(volts)[:20_000]]))


def test_a_current_sensor_gives_amperes() -> None:
    wish = Wish("NUCLEO-F103RB", "analogue", 10_000.0, samples=200, pins="A4,A0", quantity="current", unit="A")
    made, volts = plan(replace(wish, per_unit="0.185", zero="1.65")), applied(2)
    with wired(made, {"PC1": volts[:, 0], "PA0": volts[:, 1]}, 10_000.0) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 3)
        assert board.notes() == ""
    ampere = Fraction(185, 1000)
    signals = lines(said, 400, Fraction(33, 10) / STEPS / ampere, -Fraction(165, 100) / ampere)
    assert all(all_there(signal, codes(volts)) for signal in signals)
    texts = said.split()
    assert b"-8.919" in texts  # 0 V
    assert b"8.915" in texts  # the highest code


@pytest.mark.parametrize("slow", [460_800, 115_200, 9600])
def test_samples_that_are_overwritten_are_missing_and_never_wrong(slow: int) -> None:
    """With a line too slow for the rate, as no plan has it: the DMA comes round later, soon, or many times."""
    made, volts = plan(replace(L475, rate=10_000.0, samples=0, continuous=True, baud=921_600)), applied(1)
    broken = b"# samples are missing here: the sensor's memory overflowed\n"
    small = replace(made, baud=slow, source=with_ring(made, 400))
    with wired(small, {"PC5": volts[:, 0]}, 10_000.0) as board:
        said = loggers.heard(board, slow, lambda said: said.count(broken) >= 4)
    pieces = said.split(broken)[1:4]
    assert all(piece.count(b"\n") >= 50 for piece in pieces)
    for piece in pieces:
        assert all_there(np.concatenate(lines(piece, 1)), codes(volts))


KINDS = {  # how it is sent, at which rate: a signal that is printed, one that waits in the ring, one without an end
    "text": {"rate": 50_000.0, "samples": 256},
    "signals": {"rate": 50_000.0, "samples": 300, "binary": True},
    "continuous": {"rate": 10_000.0, "binary": True, "continuous": True},
}
FEW = [("nucleo-l031k6", "text"), ("nucleo-l031k6", "continuous"), ("nucleo-f103rb", "signals")]


def check(board: str, kind: str) -> None:
    first, pin, second, other = PINS[board]
    made = plan(Wish(board, "analogue", pins=f"{first},{second}", **KINDS[kind]))
    hertz, volts = float(made.source.hz), applied(2)
    assert hertz == pytest.approx(KINDS[kind]["rate"], rel=1e-3)
    with wired(made, {pin: volts[:, 0], other: volts[:, 1]}, hertz) as board_:
        if made.binary:
            recorded = loggers.record(board_, 600)
            parts = [np.asarray(run, dtype=np.int64) for run in recorded.runs()]
            assert recorded.reply["overruns"] == 0
        else:
            parts = lines(loggers.heard(board_, made.baud, lambda said: said.count(b"\n") >= 3), 512)
        assert board_.notes() == ""
    assert parts
    assert all(all_there(part, codes(volts)) for part in parts)


@pytest.mark.parametrize(("board", "kind"), FEW)
def test_two_pins_are_what_was_applied(board: str, kind: str) -> None:
    check(board, kind)


@pytest.mark.slow
def test_seven_pins_of_the_smallest_board_keep_their_order() -> None:
    pins = {"A6": "PA7", "A5": "PA6", "A4": "PA5", "A3": "PA4", "A2": "PA3", "A1": "PA1", "A0": "PA0"}
    made, volts = plan(Wish("nucleo-l031k6", "analogue", 14_000.0, samples=200, pins=",".join(pins))), applied(7)
    columns = {pin: volts[:, at] for at, pin in enumerate(pins.values())}
    with wired(made, columns, float(made.source.hz)) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 3)
        assert board.notes() == ""
    assert all(all_there(signal, codes(volts)) for signal in lines(said, 1400))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("board", PINS)
def test_every_board_reads_what_was_applied(board: str, kind: str) -> None:
    check(board, kind)


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("board", PINS)
def test_every_board_builds(board: str, kind: str, compiler: str) -> None:
    need_compiler(compiler)
    made = plan(Wish(board, "analogue", pins=PINS[board][0], **KINDS[kind]))
    assert make.build(made, compiler).path.is_file()


def test_every_board_with_an_adc_is_known_here() -> None:
    assert set(PINS) == {name for name in names() if (chip := board_file(name).chip) and chip.adc}


def wrong_channel(source: Analogue) -> Analogue:
    return replace(source, pins=(replace(source.pins[0], channel=source.pins[0].channel - 1),))


def wrong_count(source: Analogue) -> Analogue:
    return replace(source, counts=source.counts - 1)


@pytest.mark.parametrize("wrong", [wrong_channel, wrong_count])
def test_a_wrong_constant_is_noticed(wrong: Callable[[Analogue], Analogue]) -> None:
    made, volts = plan(replace(L475, samples=600)), applied(1)
    with wired(replace(made, source=wrong(analogue_of(made))), {"PC5": volts[:, 0]}, 100_000.0) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 2)
    assert not all_there(lines(said, 600)[0], codes(volts))


@pytest.mark.parametrize(("board", "pin"), [("nucleo-l432kc", "A0"), ("nucleo-f401re", "A0")])
def test_results_that_no_dma_fetches_are_missing(board: str, pin: str) -> None:
    """The ADC's own flag says it, where the DMA listens to something else."""
    made = plan(Wish(board, "analogue", 1000.0, pins=pin, continuous=True))
    source = analogue_of(made)
    deaf = replace(source, adc=replace(source.adc, dma=replace(source.adc.dma, request=3)))
    with wired(replace(made, source=deaf), {"PA0": applied(1)[:, 0]}, 1000.0) as virtual:
        said = loggers.heard(virtual, made.baud, lambda said: said.count(b"\n") >= 4)
    assert set(said.split(b"\n")[1:-1]) == {b"# samples are missing here: the sensor's memory overflowed"}


def analogue_of(made: Plan) -> Analogue:
    assert isinstance(made.source, Analogue)
    return made.source


def with_ring(made: Plan, samples: int) -> Analogue:
    source = analogue_of(made)
    return replace(source, ring=replace(source.ring, samples=samples))


@pytest.mark.parametrize(
    "wish",
    [
        Wish("NUCLEO-F412ZG", "analogue", 100_000.0, samples=4096, pins="A0", binary=True),
        Wish("B-L475E-IOT01A", "MP34DT01", 40_000.0, samples=4096, binary=True),
    ],
    ids=["voltage", "sound"],
)
def test_samples_that_wait_for_the_line_are_not_dated_late(wish: Wish) -> None:
    made = plan(wish)
    with VirtualBoard(made.board) as board:
        board.flash(make.build(made).path)
        recorded = loggers.record(board, 2 * wish.samples)
    for run in (0, 1):
        blocks = [block for block in recorded.blocks if block.run == run and len(block.raw)]
        assert sum(len(block.raw) for block in blocks) == wish.samples
        ends = np.cumsum([len(block.raw) for block in blocks]) - 1
        since = np.array([block.last - blocks[0].first for block in blocks]) / recorded.clock_hz
        assert np.abs(since * wish.rate - ends).max() < 1.0
