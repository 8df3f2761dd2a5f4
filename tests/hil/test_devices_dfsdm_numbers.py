"""Every number that comes out of the DFSDM against filters written another way (RM0351 24.4: formats, times)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.hil.chip_dfsdm import (
    CH2CFGR1,
    CNVTIMR,
    CR1,
    DATINR,
    FAST,
    FLT1,
    FLT2,
    ICR,
    ISR,
    RCIP,
    RCONT,
    RDATAR,
    RDMAEN,
    REGISTER,
    REOCF,
    ROVRF,
    Pdm,
    noise,
)


def comb(bits: NDArray[np.int64], order: int, over: int, integrated: int) -> NDArray[np.int64]:
    """Results by integrators, a choice of every R-th, and differences, as the hardware has them (CIC)."""
    values = bits
    for _ in range(order):
        values = np.cumsum(values)
    values = values[over - 1 :: over]
    for _ in range(order):
        values = np.diff(values, prepend=0)
    values = values[max(order - 1, 0) :]  # the filter is full
    whole = len(values) // integrated * integrated
    results: NDArray[np.int64] = values[:whole].reshape(-1, integrated).sum(axis=1)
    return results


def fast_sinc(bits: NDArray[np.int64], over: int) -> NDArray[np.int64]:
    """Results by the definition: two boxes, and once more two boxes' lengths later."""
    once = np.convolve(np.convolve(bits, np.ones(over, int)), np.ones(over, int))
    both = once.copy()
    both[2 * over :] += once[: -2 * over]
    return both[: len(bits)][4 * over - 1 :: over]


@pytest.mark.parametrize(
    ("order", "over", "integrated"),
    [(1, 16, 1), (2, 50, 1), (3, 125, 1), (4, 25, 3), (5, 32, 1), (3, 8, 256), (4, 1, 7)],
)
def test_every_result_is_that_of_an_independent_filter(order: int, over: int, integrated: int) -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    counter = chip.catch(64)
    chip.start(order, over, integrated, RCONT | FAST | RDMAEN)
    for _ in range(7):  # looked at now and then
        chip.bench.pass_time(6.3 * over * integrated / chip.hertz)
        chip.read(FLT2 + ISR)
    expected = comb(chip.bits(), order if over > 1 else 0, over, integrated)
    count = 64 - chip.bench.read(counter)
    assert count > 30
    assert np.array_equal(chip.ring(count), expected[:count])
    assert len(expected) - count <= 1  # the pipeline delays the last
    assert chip.bench.notes == []


def test_fast_sinc() -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    counter = chip.catch(64)
    chip.start(0, 30, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time(40.5 * 30 / chip.hertz)
    count = 64 - chip.bench.read(counter)
    assert count == 37
    assert np.array_equal(chip.ring(count), fast_sinc(chip.bits(), 30)[:count])


def test_results_are_rounded_shifted_and_offset() -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel(shift=7, off=-300)
    counter = chip.catch(64)
    chip.start(3, 100, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time(40.5 * 100 / chip.hertz)
    count = 64 - chip.bench.read(counter)
    assert count == 38
    sums = comb(chip.bits(), 3, 100, 1)[:count]
    assert np.array_equal(chip.ring(count), np.floor(sums / 128 + 0.5).astype(int) + 300)


def test_dma_may_take_the_upper_half_alone() -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    counter = chip.catch(64, size=2, behind=2)
    chip.start(3, 200, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time(20.5 * 200 / chip.hertz)
    count = 64 - chip.bench.read(counter)
    assert count == 18
    kept = np.frombuffer(chip.bench.load(chip.bench.ram, 2 * count), "<i2")
    assert np.array_equal(kept, comb(chip.bits(), 3, 200, 1)[:count] >> 8)


@pytest.mark.parametrize("integrated", [1, 4])
def test_without_fast_each_conversion_fills_the_filter_anew(integrated: int) -> None:
    order, over = 3, 20
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    counter = chip.catch(64)
    chip.start(order, over, integrated, RCONT | RDMAEN)
    each = over * (integrated - 1 + order) + order  # periods of the clock, RM0351: conversion times
    chip.bench.pass_time((10 * each + 1.5) / chip.hertz)
    assert 64 - chip.bench.read(counter) == 10
    bits = chip.bits()
    expected = [comb(bits[at * each : at * each + each - order], order, over, integrated)[0] for at in range(10)]
    assert chip.ring(10).tolist() == expected
    assert chip.read(FLT2 + CNVTIMR) >> 4 == (each - order) * chip.divider


@pytest.mark.parametrize(("packing", "per_write"), [(0, 1), (1, 2), (2, 1)])
def test_samples_from_the_core(packing: int, per_write: int) -> None:
    chip = Pdm()
    chip.channel(CH2CFGR1, REGISTER | packing << 14)
    chip.channel(0x60, REGISTER)
    chip.start(2, 8, control=0)
    chip.start(2, 8, control=0, channel=3, at=FLT1)
    values = np.random.default_rng(8).integers(-32768, 32768, 40)
    for at in range(0, 40, 2):
        chip.write(CH2CFGR1 + DATINR, int(values[at]) & 0xFFFF | (int(values[at + 1]) & 0xFFFF) << 16)
    taken = values if packing == 1 else values[::2]
    assert len(taken) == 20 * per_write
    assert chip.read(FLT2 + RDATAR) >> 8 == comb(taken[:16], 2, 8, 1)[0] & 0xFFFFFF
    if packing == 2:
        assert chip.read(FLT1 + RDATAR) >> 8 == comb(values[1::2][:16], 2, 8, 1)[0] & 0xFFFFFF
    else:
        assert not chip.read(FLT1 + ISR) & REOCF


def test_results_that_nobody_reads_are_an_overrun_and_the_first_stays() -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    chip.start(3, 50)
    chip.bench.pass_time(20 * 50 / chip.hertz)
    assert chip.read(FLT2 + ISR) == RCIP | ROVRF | REOCF
    first = chip.read(FLT2 + RDATAR) >> 8
    assert (first ^ 1 << 23) - (1 << 23) == comb(chip.bits(), 3, 50, 1)[0]
    assert chip.read(FLT2 + ISR) & (REOCF | ROVRF) == ROVRF
    chip.write(FLT2 + ICR, ROVRF)
    assert not chip.read(FLT2 + ISR) & ROVRF
    chip.write(FLT2 + CR1, FAST)  # DFEN off
    assert chip.read(FLT2 + ISR) == 0
