"""Blocks to signals: whatever gets lost, no line is wrong, and what is missing is counted to the sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.recording.lines import SOME, Line
from bitloop_hil.link.samples import AxisScale, Block, SensorInfo
from bitloop_hil.recording.signals import Signals


def sensor(samples: int) -> SensorInfo:
    """Two axes: samples as they are, and in Fahrenheit."""
    axes = (AxisScale(0, 1, 1), AxisScale(160, 9, 5))
    return SensorInfo("THING", "temperature", "C", "xy", 100.0, 0, samples, 8, 2, axes)


def raw(index: int, size: int) -> np.ndarray:
    """Samples whose values are their numbers."""
    return np.repeat(np.arange(index, index + size, dtype=np.int32)[:, None], 2, axis=1)


def numbers(line: Line) -> list[int]:
    """The numbers of a line's samples."""
    values = np.array(line.values, dtype=np.float64).reshape(-1, 2)
    assert np.array_equal(values[:, 1], (values[:, 0] * 9 + 160) / 5)
    return [int(value) for value in values[:, 0]]


@st.composite
def recordings(draw: st.DrawFn, samples: int) -> tuple[list[Block], list[bool]]:
    """The blocks of a recording in runs, some cut short by an overflow, and which of them arrive."""
    blocks, index, overruns = [], 0, 0
    for run in range(draw(st.integers(1, 8))):
        short = draw(st.integers(0, 4)) == 0
        left = draw(st.integers(0, (samples or 12) - 1)) if short else (samples or draw(st.integers(1, 12)))
        while left:
            size = draw(st.integers(0, min(left, 5)))
            blocks.append(Block(index, 0, 0, run, overruns, raw(index, size)))
            index, left = index + size, left - size
        overruns += short or samples == 0
    return blocks, draw(st.lists(st.booleans(), min_size=len(blocks), max_size=len(blocks)))


@given(st.sampled_from([1, 3, 8]).flatmap(lambda samples: st.tuples(st.just(samples), recordings(samples))))
def test_signals_are_runs_that_are_whole(drawn: tuple[int, tuple[list[Block], list[bool]]]) -> None:
    samples, (blocks, arrives) = drawn
    signals = Signals(sensor(samples))
    lines = [line for block, there in zip(blocks, arrives, strict=True) if there for line in signals.take(block)]
    sizes: dict[int, list[tuple[int, int, bool]]] = {}
    for block, there in zip(blocks, arrives, strict=True):
        if len(block.raw):
            sizes.setdefault(block.run, []).append((block.index, len(block.raw), there))
    whole = [
        list(range(run[0][0], run[0][0] + samples))
        for run in sizes.values()
        if all(there for _, _, there in run) and sum(size for _, size, _ in run) == samples
    ]
    got = [numbers(line) for line in lines if not line.reason]
    assert [signal for signal in got if signal not in whole] == [], "a signal with something missing in it"
    if not any(block.overruns for block in blocks):
        assert got == whole, "as long as the memory never overflows, nothing that is whole is given up"
    signals.ended(sum(len(block.raw) for block in blocks))
    assert signals.lost == sum(len(b.raw) for b, there in zip(blocks, arrives, strict=True) if not there)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@given(recordings(0))
def test_a_log_says_where_samples_are_missing(drawn: tuple[list[Block], list[bool]]) -> None:
    blocks, arrives = drawn
    signals = Signals(sensor(0))
    lines = [line for block, there in zip(blocks, arrives, strict=True) if there for line in signals.take(block)]
    sent = [(i, block.run) for block in blocks for i in range(block.index, block.index + len(block.raw))]
    arrived = [
        i for b, there in zip(blocks, arrives, strict=True) if there for i in range(b.index, b.index + len(b.raw))
    ]
    assert [number for line in lines for number in numbers(line)] == arrived
    run_of = dict(sent)
    before, run_before = -1, 0
    for line, number in zip(lines, arrived, strict=True):
        if run_of[number] != run_before:
            assert line.missing == SOME
        else:
            assert line.missing == number - before - 1
        before, run_before = number, run_of[number]


def test_a_block_that_comes_twice_counts_once() -> None:
    signals = Signals(sensor(0))
    block = Block(0, 0, 0, 0, 0, raw(0, 3))
    assert len(signals.take(block)) == 3
    assert signals.take(block) == []
    assert signals.lost == 0


def test_what_is_no_signal_says_why() -> None:
    signals = Signals(sensor(4))
    assert signals.take(Block(0, 0, 0, 0, 0, raw(0, 2))) == []
    (lost,) = signals.take(Block(3, 0, 0, 0, 0, raw(3, 1)))
    assert (lost.reason, lost.raw) == ("1 samples after these did not arrive", b"0.0,32.0,1.0,33.8")
    assert signals.take(Block(4, 0, 0, 1, 0, raw(4, 3))) == []
    (overflow,) = signals.take(Block(7, 0, 0, 2, 1, raw(7, 2)))
    assert overflow.reason == "the sensor's memory overflowed after these"
    (gone,) = signals.broken("the port went away after these")
    assert (gone.number, gone.raw) == (3, b"7.0,44.6,8.0,46.4")
    assert signals.finish() == 0


@pytest.mark.parametrize("value", [-32768, -1, 0, 1, 12345, 32767])
def test_values_are_read_back_as_the_floats_they_were(value: int) -> None:
    info = sensor(1)
    (line,) = Signals(info).take(Block(0, 0, 0, 0, 0, np.array([[value, value]], dtype=np.int32)))
    assert [float(text) for text in line.values] == [float(axis.value(value)) for axis in info.axes]
