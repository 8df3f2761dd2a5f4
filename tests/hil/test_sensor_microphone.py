"""The MP34DT01-M behind a DFSDM: tones by frequency and level, edges, overload, the same bits again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.errors import ProbeError
from tests.hil.chip_dfsdm import (
    CH1CFGR1,
    CH2CFGR1,
    CHINSEL,
    CKOUT,
    DFSDM,
    FALLING,
    FAST,
    FLT1,
    FLT2,
    FULL_SCALE,
    ISR,
    RCONT,
    RDATAR,
    RDMAEN,
    REOCF,
    Pdm,
    noise,
)


@pytest.mark.parametrize(
    ("edge", "setting"),
    [("rising", CKOUT), ("falling", CKOUT | FALLING), ("rising", 3 << 2), ("falling", 2 << 2)],
)
def test_a_microphone_is_heard_at_its_edge(edge: str, setting: int) -> None:
    chip = Pdm(edge=edge)
    chip.hear(np.array([FULL_SCALE / 2]), 1.0)
    chip.channel(CH2CFGR1, setting)
    chip.start(3, 100, control=0)
    chip.bench.wait(DFSDM + FLT2 + ISR, REOCF, REOCF)
    assert chip.read(FLT2 + RDATAR) / 256 / 100**3 == pytest.approx(0.5, abs=0.01)
    other = Pdm(edge=edge)
    other.channel(CH2CFGR1, setting ^ FALLING if setting & 1 or setting == CKOUT else setting ^ CKOUT)
    other.start(3, 100, control=0)
    other.bench.settle()
    assert other.read(FLT2 + RDATAR) >> 8 == -(100**3) & 0xFFFFFF
    assert other.bench.notes[0].startswith("no microphone drives the line at DFSDM1 while the clock is")


def test_a_channel_may_read_the_next_ones_pins() -> None:
    chip = Pdm()
    chip.hear(np.array([-FULL_SCALE / 4]), 1.0)
    chip.channel(CH1CFGR1, CKOUT | CHINSEL)
    chip.start(3, 100, control=0, channel=1)
    chip.bench.wait(DFSDM + FLT2 + ISR, REOCF, REOCF)
    word = chip.read(FLT2 + RDATAR)
    assert word & 7 == 1
    assert ((word >> 8 ^ 1 << 23) - (1 << 23)) / 100**3 == pytest.approx(-0.25, abs=0.01)


def test_two_filters_hear_the_same_bits() -> None:
    chip = Pdm()
    chip.hear(noise(), 50_000)
    chip.channel()
    chip.start(3, 100, control=0)
    chip.start(3, 100, control=0, at=FLT1)
    chip.bench.settle()
    assert chip.read(FLT1 + RDATAR) == chip.read(FLT2 + RDATAR) != 0


def test_the_microphone_refuses_what_it_cannot_feel() -> None:
    chip = Pdm()
    with pytest.raises(ProbeError, match="the MP34DT01 does not measure 'voltage', but sound"):
        chip.bench.sensors["MP34DT01"].produced("voltage")
    with pytest.raises(ProbeError, match="has no oscillator"):
        chip.bench.sensors["MP34DT01"].detune(0.01)


@pytest.mark.parametrize(("level", "hertz"), [(94, 1000), (60, 500), (114, 3000)])
def test_a_tone_comes_out_at_its_frequency_and_level(level: float, hertz: float) -> None:
    """-26 dBFS at 94 dB; full scale is oversampling to the power of order."""
    over, order, count = 50, 4, 2000
    chip = Pdm(divider=2)
    moments = np.arange(40_000) / 100_000
    amplitude = math.sqrt(2) * 20e-6 * 10 ** (level / 20)
    chip.hear(amplitude * np.sin(2 * np.pi * hertz * moments), 100_000)
    chip.channel()
    chip.catch(count)
    chip.start(order, over, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time((count - 0.5 + order) * over / chip.hertz)
    rate = chip.hertz / over
    heard = chip.ring(count)[100:-100] / over**order
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert np.argmax(spectrum) * rate / len(heard) == pytest.approx(hertz, abs=rate / len(heard))
    place = 2 * np.pi * hertz / rate * np.arange(len(heard))
    found = math.hypot(*(2 * np.mean(heard * wave(place)) for wave in (np.sin, np.cos)))
    droop = (np.sin(np.pi * hertz / rate) / (over * np.sin(np.pi * hertz / rate / over))) ** order
    assert 20 * math.log10(found / droop) == pytest.approx(level - 94 - 26, abs=0.1)


def test_what_is_too_loud_saturates_and_it_recovers() -> None:
    chip = Pdm()
    chip.hear(np.concatenate([np.full(50, 1000.0), np.zeros(50)]), 10_000)
    chip.channel()
    counter = chip.catch(512)
    chip.start(3, 50, 1, RCONT | FAST | RDMAEN)
    chip.bench.pass_time(9.9e-3)
    results = chip.ring(512 - chip.bench.read(counter)) / 50**3
    assert results[20:80] == pytest.approx(1.0, abs=0.02)
    assert np.abs(results[-60:]).max() < 0.02


def test_the_same_run_gives_the_same_bits() -> None:
    def run() -> NDArray[np.int64]:
        chip = Pdm()
        chip.hear(noise(), 50_000)
        chip.channel()
        chip.start(3, 50)
        chip.bench.pass_time(1e-3)
        return chip.bits()

    assert np.array_equal(run(), run())
