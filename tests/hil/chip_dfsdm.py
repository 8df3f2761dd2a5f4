"""A DFSDM with a microphone, driven as firmware would; registers as in RM0351 and ST's stm32l475xx.h."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.benches.virtual.sensors.motion import Motion
from bitloop_hil.boards import board_file
from tests.hil.chip_bench import ChipBench

BOARD = "b-l475e-iot01a"
DFSDM = 0x40016000
AHB1ENR, AHB2ENR, APB2ENR, CCIPR = 0x40021048, 0x4002104C, 0x40021060, 0x40021088
GPIOE = 0x48001000
CH0CFGR1, CH1CFGR1, CH2CFGR1 = 0x000, 0x020, 0x040
CFGR2, DATINR = 0x04, 0x10  # behind CFGR1
FLT0, FLT1, FLT2 = 0x100, 0x180, 0x200
CR1, CR2, ISR, ICR, JCHGR, FCR, RDATAR, EXMAX, EXMIN, CNVTIMR = 0, 4, 8, 12, 0x10, 0x14, 0x1C, 0x30, 0x34, 0x38
DFSDMEN, CHEN, CHINSEL, CKOUT, FALLING, REGISTER = 1 << 31, 1 << 7, 1 << 8, 1 << 2, 1, 2 << 12
DFEN, RSWSTART, RCONT, RDMAEN, FAST = 1, 1 << 17, 1 << 18, 1 << 21, 1 << 29
REOCF, ROVRF, RCIP = 2, 8, 1 << 14
HERTZ = 4_000_000  # of the MSI, which the chip starts with
FULL_SCALE = 20e-6 * 10 ** (120 / 20) * math.sqrt(2)  # pascals: -26 dBFS at 94 dB are 0 dBFS at 120 dB


class Pdm:
    """The chip with its pins and clocks set up, and the clock output divided by `divider`."""

    def __init__(self, divider: int = 4, edge: str = "rising") -> None:
        file = board_file(BOARD)
        sensors = tuple(replace(one, edge=edge) if one.name == "MP34DT01" else one for one in file.sensors)
        self.bench = ChipBench(replace(file, sensors=sensors))
        self.bench.change(AHB1ENR, 1, 1)
        self.bench.change(AHB2ENR, 1 << 4, 1 << 4)
        self.bench.change(APB2ENR, 1 << 24, 1 << 24)
        for pin in (7, 9):
            self.bench.change(GPIOE, 3 << 2 * pin, 2 << 2 * pin)
            self.bench.change(GPIOE + 0x20 + 4 * (pin // 8), 0xF << 4 * (pin % 8), 6 << 4 * (pin % 8))
        self.hertz = HERTZ / divider
        self.write(CH0CFGR1, divider - 1 << 16)
        self.write(CH0CFGR1, divider - 1 << 16 | DFSDMEN)
        self.divider = divider

    def write(self, offset: int, value: int) -> None:
        self.bench.write(DFSDM + offset, value)

    def read(self, offset: int) -> int:
        return self.bench.read(DFSDM + offset)

    def hear(self, pascals: NDArray[np.float64], hertz: float) -> None:
        self.bench.sensors["MP34DT01"].replay("sound", Motion(pascals[:, np.newaxis], hertz))

    def channel(self, offset: int = CH2CFGR1, setting: int = CKOUT, shift: int = 0, off: int = 0) -> None:
        self.write(offset + CFGR2, (off & 0xFFFFFF) << 8 | shift << 3)
        self.write(offset, setting)
        self.write(offset, setting | CHEN)

    def start(
        self,
        order: int,
        over: int,
        integrated: int = 1,
        control: int = RCONT | FAST,
        channel: int = 2,
        at: int = FLT2,
    ) -> None:
        self.write(at + FCR, order << 29 | over - 1 << 16 | integrated - 1)
        self.write(at + CR1, control | channel << 24 | DFEN)
        self.write(at + CR1, control | channel << 24 | DFEN | RSWSTART)

    def catch(self, count: int, size: int = 4, behind: int = 0) -> int:
        """Channel 6 of DMA1 fetches the second filter's results into a ring; returns the address of its counter."""
        channel = 0x40020008 + 20 * 5
        width = size // 2
        self.bench.write(channel + 4, count)
        self.bench.write(channel + 8, DFSDM + FLT2 + RDATAR + behind)
        self.bench.write(channel + 12, self.bench.ram)
        self.bench.write(channel, width << 10 | width << 8 | 1 << 7 | 1 << 5 | 1)
        return channel + 4

    def ring(self, count: int) -> NDArray[np.int64]:
        """Words of 32 bits as DMA put them, results alone."""
        words = np.frombuffer(self.bench.load(self.bench.ram, 4 * count), "<i4").astype(np.int64)
        assert np.all(words & 7 == 2)
        return words >> 8

    def bits(self) -> NDArray[np.int64]:
        """What the microphone has put out, -1 and 1."""
        return 2 * self.bench.sensors["MP34DT01"].produced("sound").words[:, 0].astype(np.int64) - 1


def noise(seed: int = 3) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 4, 4000)
