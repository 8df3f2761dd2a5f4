"""The DFSDM's registers: what they keep, flags and times, its clock, and what is told to people."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from bitloop_hil.benches.virtual.devices.pdm import Edge, PdmClock
from tests.hil.chip_dfsdm import (
    APB2ENR,
    CCIPR,
    CFGR2,
    CH0CFGR1,
    CH1CFGR1,
    CH2CFGR1,
    CHEN,
    CHINSEL,
    CKOUT,
    CR1,
    CR2,
    DATINR,
    DFEN,
    DFSDM,
    DFSDMEN,
    EXMAX,
    EXMIN,
    FALLING,
    FAST,
    FCR,
    FLT0,
    FLT1,
    FLT2,
    FULL_SCALE,
    GPIOE,
    ICR,
    ISR,
    JCHGR,
    RCIP,
    RCONT,
    RDATAR,
    RDMAEN,
    REOCF,
    ROVRF,
    RSWSTART,
    Pdm,
    noise,
)


def test_registers_after_reset() -> None:
    chip = Pdm()
    chip.bench.change(0x40021040, 1 << 24, 1 << 24)  # APB2RSTR
    chip.bench.change(0x40021040, 1 << 24, 0)
    assert [chip.read(offset) for offset in (CH0CFGR1, CH2CFGR1, CH2CFGR1 + CFGR2, FLT0 + CR1, FLT0 + FCR)] == [0] * 5
    assert chip.read(FLT0 + ISR) == 0x00FF0000
    assert chip.read(FLT1 + ISR) == 0
    assert chip.read(FLT2 + JCHGR) == 1
    assert chip.read(FLT2 + EXMAX) == 0x80000000
    assert chip.read(FLT2 + EXMIN) == 0x7FFFFF00


def test_what_is_on_keeps_its_settings() -> None:
    chip = Pdm()
    chip.write(CH0CFGR1, DFSDMEN | 0xFF << 16)
    assert chip.read(CH0CFGR1) == DFSDMEN | 3 << 16  # CKOUTDIV is fixed while DFSDMEN is 1
    chip.channel(shift=5)
    chip.write(CH2CFGR1, CHEN | CKOUT | FALLING | CHINSEL)
    assert chip.read(CH2CFGR1) == CHEN | CKOUT
    chip.write(CH2CFGR1 + CFGR2, 9 << 3 | 0x123 << 8)
    assert chip.read(CH2CFGR1 + CFGR2) == 5 << 3 | 0x123 << 8  # the offset may change, the shift may not
    chip.write(CH2CFGR1, 0xFFFFFFFF & ~CHEN)
    assert chip.read(CH2CFGR1) & 0xFFFF0000 == 0  # DFSDMEN and CKOUTDIV are channel 0's alone
    chip.write(FLT2 + CR1, DFEN)
    chip.write(FLT2 + FCR, 4 << 29 | 9 << 16)
    assert chip.read(FLT2 + FCR) == 0
    chip.write(FLT2 + CR1, DFEN | FAST | RDMAEN | RCONT | 5 << 24)
    assert chip.read(FLT2 + CR1) == DFEN | RCONT | 5 << 24  # FAST and RDMAEN only while it is off


@pytest.mark.parametrize(("order", "periods"), [(4, 64 * 4 + 4), (1, 64 + 1), (0, 64 * 4 + 2)])
def test_a_single_conversion_takes_its_time(order: int, periods: int) -> None:
    """RM0351: conversion times; FORD 0 is FastSinc."""
    chip = Pdm()
    chip.channel()
    chip.start(order, 64, control=0)
    begun = chip.bench.seconds()
    assert chip.read(FLT2 + ISR) == RCIP
    chip.bench.wait(DFSDM + FLT2 + ISR, REOCF, REOCF)
    assert (chip.bench.seconds() - begun) * chip.hertz == pytest.approx(periods, abs=1)
    assert chip.read(FLT2 + RDATAR) & 7 == 2
    assert chip.read(FLT2 + ISR) == 0


def test_rising_edges_are_in_the_middle_of_periods() -> None:
    clock = PdmClock(Fraction(1000), Fraction(400))
    assert [clock.moment(edge, 2) for edge in (Edge.RISING, Edge.FALLING)] == [2000, 2200]
    assert [clock.edges(Edge.RISING, now) for now in (0, 1199, 1200, 1600)] == [0, 0, 1, 2]
    assert clock.seconds(Edge.FALLING, 0, 2).tolist() == [1400e-12, 1800e-12]


def test_continuous_conversions_end_with_rcont() -> None:
    chip = Pdm()
    chip.channel()
    chip.start(3, 50)
    chip.write(FLT2 + CR1, FAST | 2 << 24 | DFEN)
    assert not chip.read(FLT2 + ISR) & RCIP
    chip.bench.pass_time(1e-3)
    assert not chip.read(FLT2 + ISR) & REOCF


def test_extremes_are_kept() -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    counter = chip.catch(64)
    chip.write(FLT2 + CR2, 1 << 8 + 2)
    chip.start(3, 50, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time(40 * 50 / chip.hertz)
    results = chip.ring(64 - chip.bench.read(counter))
    high, low = chip.read(FLT2 + EXMAX), chip.read(FLT2 + EXMIN)
    assert (high & 7, low & 7) == (2, 2)
    assert [(one >> 8 ^ 1 << 23) - (1 << 23) for one in (high, low)] == [results.max(), results.min()]


def test_the_clock_follows_its_kernel_clock() -> None:
    chip = Pdm()
    chip.channel()
    counter = chip.catch(60000)
    chip.start(3, 100, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time(0.01)
    slow = 60000 - chip.bench.read(counter)
    chip.bench.change(0x40021008, 7 << 11, 4 << 11)  # CFGR: the APB2 at half
    chip.bench.pass_time(0.01)
    half = 60000 - chip.bench.read(counter) - slow
    chip.bench.change(CCIPR, 1 << 31, 1 << 31)  # the system clock
    chip.bench.pass_time(0.01)
    again = 60000 - chip.bench.read(counter) - slow - half
    assert [slow, half, again] == pytest.approx([100, 50, 100], abs=3)


def not_clocked(chip: Pdm) -> None:
    chip.bench.change(APB2ENR, 1 << 24, 0)
    chip.write(CH2CFGR1, CHEN)


def pin_left_alone(chip: Pdm) -> None:
    chip.bench.change(GPIOE, 3 << 14, 0)
    chip.channel()
    chip.start(3, 10, control=0)


def too_fast(chip: Pdm) -> None:
    chip.write(CH0CFGR1, 0)
    chip.write(CH0CFGR1, 0 << 16 | 1 << 16)
    chip.write(CH0CFGR1, DFSDMEN | 10 << 16)
    chip.channel()
    chip.start(3, 10, control=0)


def channel_off(chip: Pdm) -> None:
    chip.start(3, 10)


def clock_off(chip: Pdm) -> None:
    chip.write(CH0CFGR1, 0)
    chip.write(CH0CFGR1, DFSDMEN)
    chip.channel()
    chip.start(3, 10)


def another_input(chip: Pdm) -> None:
    chip.channel(CH1CFGR1)
    chip.start(3, 10, control=0, channel=1)


def too_large(chip: Pdm) -> None:
    chip.hear(np.array([FULL_SCALE]), 1.0)
    chip.channel()
    chip.start(4, 100, control=0)


def beyond_32_bits(chip: Pdm) -> None:
    chip.channel()
    chip.start(5, 1024, control=0)


def interrupts(chip: Pdm) -> None:
    chip.write(FLT2 + CR2, 2)


def injected(chip: Pdm) -> None:
    chip.write(FLT2 + CR1, DFEN | 2)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (not_clocked, "firmware writes to DFSDM1 while its clock is off; the chip ignores that"),
        (pin_left_alone, "PE7 is not switched over to DFSDM1 (alternate function 6)"),
        (too_fast, "MP34DT01 is clocked at 0.364 MHz; its data sheet says 1 to 3.25 MHz"),
        (channel_off, "filter 2 of DFSDM1 gets no samples: channel 2 is not enabled (CHEN)"),
        (clock_off, "filter 2 of DFSDM1 gets no samples: the clock output of DFSDM1 is off"),
        (another_input, "nothing is connected to DATIN1 of DFSDM1"),
        (too_large, "a result of filter 2 of DFSDM1 does not fit into 24 bits; DTRBS shifts it right"),
        (
            beyond_32_bits,
            "filter 2 of DFSDM1 overflows 32 bits: its oversampling to the power of its order is above 2^31",
        ),
        (interrupts, "interrupts and watchdogs of DFSDM1 are not modelled"),
        (injected, "injected and synchronous conversions of DFSDM1 are not modelled"),
    ],
)
def test_what_is_wrong_is_noted(wrong: Callable[[Pdm], None], says: str) -> None:
    chip = Pdm()
    wrong(chip)
    chip.bench.settle()
    assert says in chip.bench.notes


def test_a_channel_that_is_switched_on_late_is_heard_from_then_on() -> None:
    chip = Pdm()
    chip.start(3, 50, control=0)
    chip.bench.pass_time(1e-3)
    assert chip.read(FLT2 + ISR) == RCIP
    chip.channel()
    chip.bench.pass_time(155 / chip.hertz)
    assert chip.read(FLT2 + ISR) == REOCF


def test_a_clock_that_was_seen_can_be_told_from_one_that_is_absent() -> None:
    chip = Pdm()
    chip.channel()
    chip.write(FLT0 + ICR, 0xFF << 16)
    assert chip.read(FLT0 + ISR) == (0xFF & ~(1 << 2)) << 16


def test_it_survives_any_firmware() -> None:
    """Random words into random registers, and time passes: nothing hangs, and it works as ever after its reset."""
    draw = np.random.default_rng(12)
    chip = Pdm()
    chip.catch(64)
    likely = {CH0CFGR1: DFSDMEN | 1 << 16, CH2CFGR1: CHEN | CKOUT, FLT1 + CR1: DFEN | RSWSTART | RCONT | 2 << 24}
    likely[FLT2 + CR1] = likely[FLT1 + CR1] | RDMAEN
    filters = [at + register for at in (FLT1, FLT2) for register in (CR1, CR2, ISR, ICR, FCR, RDATAR, EXMAX)]
    offsets = [CH2CFGR1, CH2CFGR1 + CFGR2, CH2CFGR1 + DATINR, 0x20, *filters]
    heard = 0
    for number in range(1500):
        offset = CH0CFGR1 if number % 50 == 0 else int(draw.choice(offsets))
        if draw.integers(3):
            word = int(draw.integers(1 << 32)) & int(draw.integers(1 << 32)) & int(draw.integers(1 << 32))
            chip.write(offset, word & ~0x40000003 | likely.get(offset, 0))
        else:
            chip.read(offset)
        heard += bool(chip.read(FLT2 + ISR) & RCIP)
        chip.bench.pass_time(float(draw.exponential(1e-3)))
    assert heard > 500
    chip.bench.change(0x40021040, 1 << 24, 1 << 24)  # APB2RSTR
    chip.bench.change(0x40021040, 1 << 24, 0)
    assert chip.read(FLT2 + ISR) == 0
    chip.write(CH0CFGR1, 3 << 16)
    chip.write(CH0CFGR1, 3 << 16 | DFSDMEN)
    chip.channel()
    chip.start(3, 50, control=0)
    chip.bench.wait(DFSDM + FLT2 + ISR, REOCF, REOCF)


def test_what_nobody_looks_at_for_long_is_caught_up_with() -> None:
    chip = Pdm(divider=2)
    chip.channel()
    chip.start(3, 50)
    chip.bench.pass_time(1.5)  # three million bits
    assert chip.read(FLT2 + ISR) == RCIP | ROVRF | REOCF
