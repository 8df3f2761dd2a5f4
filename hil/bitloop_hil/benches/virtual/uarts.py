"""The UARTs of the virtual boards, and on the STM32L4 what they need to work: clocks, flash waits, pins.

The bytes move in fast.c. Here is what decides whether they move at all: a UART that is not clocked, not enabled, not
connected to its pins or at the wrong speed is silent, as on the desk.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.fast import Fast, Registers
from bitloop_hil.boards import BoardFile

Map = Callable[[int, Callable[[int], int], Callable[[int, int], None]], None]
"""Maps a page of registers: (address, read(offset), write(offset, value))."""

_TOLERANCE = 0.03  # of the bit time; a receiver samples in the middle of bit 10


class Uart(ABC):
    """A UART and its surroundings. `notes` says what keeps it silent."""

    def __init__(self, board: BoardFile, fast: Fast) -> None:
        self.notes: list[str] = []
        self._board, self._fast = board, fast
        image = board.image
        self._baud = image.defines.get("BL_BAUD", 0) if image else 0

    @abstractmethod
    def reset(self) -> None:
        """Registers as after power-on."""

    def _connect(self, problems: list[str], status: int) -> None:
        for problem in problems:
            if problem not in self.notes:
                self.notes.append(problem)
        self._fast.fields.connected = int(not problems)
        self._fast.fields.status = status

    def _wrong_speed(self, baud: float) -> list[str]:
        if abs(baud / self._baud - 1) <= _TOLERANCE:
            return []
        return [f"the UART runs at {baud:.0f} baud and the line at {self._baud}"]


class CmsdkUart(Uart):
    """The UART of Arm's CMSDK as on MPS2 boards, clocked by the core's clock."""

    _CONTROL, _DIVIDER = 0x08, 0x10
    _ENABLED = 3

    def __init__(self, board: BoardFile, fast: Fast, page: int) -> None:
        super().__init__(board, fast)
        fast.carry(Registers(page, 0x04, 0x00, 0x00, 2, 1, True), self._read, self._write)
        self.reset()

    def reset(self) -> None:
        self._registers: dict[int, int] = {}
        self._connect([], 0)
        self._fast.fields.connected = 0

    def _read(self, offset: int) -> int:
        return self._registers.get(offset, 0)

    def _write(self, offset: int, value: int) -> None:
        self._registers[offset] = value
        divider = self._registers.get(self._DIVIDER, 0)
        if self._registers.get(self._CONTROL, 0) & self._ENABLED != self._ENABLED:
            self._fast.fields.connected = 0
        elif divider < 16:
            self._connect([f"the UART's divider is {divider} and has to be at least 16"], 0)
        else:
            self._connect(self._wrong_speed(self._board.clock_hz / divider), 0)


class Stm32L4Usart1(Uart):
    """USART1 of an STM32L4 with RCC, FLASH, PWR and GPIO as far as reaching PB6 and PB7 takes them."""

    _RCC, _FLASH, _PWR, _USART, _GPIO = 0x40021000, 0x40022000, 0x40007000, 0x40013000, 0x48000000
    _AT = 0x800  # USART1 in its page
    _CR1, _BRR = _AT, _AT + 0x0C
    _MSI = 4_000_000
    _IDLE_STATUS = 1 << 6  # transmission complete

    def __init__(self, board: BoardFile, fast: Fast, map_page: Map) -> None:
        super().__init__(board, fast)
        hot = Registers(self._USART, self._AT + 0x1C, self._AT + 0x24, self._AT + 0x28, 1 << 5, 1 << 7, False)
        fast.carry(hot, self._read_usart, self._write_usart)
        map_page(self._RCC, self._read_rcc, self._write_rcc)
        for page in (self._FLASH, self._PWR):
            map_page(page, self._reader(page), self._writer(page))
        map_page(self._GPIO, self._read_gpio, self._write_gpio)
        self.reset()

    def reset(self) -> None:
        self._registers: dict[int, int] = {
            self._RCC: 0x63,
            self._RCC + 0x0C: 0x1000,
            self._FLASH: 0x600,
            self._PWR: 0x200,
            self._GPIO: 0xABFFFFFF,
            self._GPIO + 0x400: 0xFFFFFEBF,
        }
        self._registers |= {self._GPIO + port * 0x400: 0xFFFFFFFF for port in (2, 3, 4)}
        self._connect([], self._IDLE_STATUS)
        self._fast.fields.connected = 0

    def _reader(self, page: int) -> Callable[[int], int]:
        return lambda offset: self._registers.get(page + offset, 0)

    def _writer(self, page: int) -> Callable[[int, int], None]:
        def write(offset: int, value: int) -> None:
            self._registers[page + offset] = value

        return write

    def _read_rcc(self, offset: int) -> int:
        value = self._registers.get(self._RCC + offset, 0)
        if offset == 0x00:  # whatever is switched on is ready: HSI16, HSE, PLL
            return value | (value & (1 << 8)) << 2 | (value & (1 << 16)) << 1 | (value & (1 << 24)) << 1
        if offset == 0x08:
            return value & ~0xC | (value & 3) << 2
        return value

    def _write_rcc(self, offset: int, value: int) -> None:
        self._registers[self._RCC + offset] = value
        waits = self._registers[self._FLASH] & 7
        if offset == 0x08 and self._hertz() > 16_000_000 * (waits + 1):
            self.notes.append(f"{self._hertz() / 1e6:g} MHz with {waits} wait states of the flash, which are too few")

    def _read_gpio(self, offset: int) -> int:
        return self._registers.get(self._GPIO + offset, 0) if self._port_clocked(offset) else 0

    def _write_gpio(self, offset: int, value: int) -> None:
        if self._port_clocked(offset):
            self._registers[self._GPIO + offset] = value
            self._look()

    def _read_usart(self, offset: int) -> int:
        return self._registers.get(self._USART + offset, 0) if self._usart_clocked() else 0

    def _write_usart(self, offset: int, value: int) -> None:
        if self._usart_clocked():
            self._registers[self._USART + offset] = value
            self._look()

    def _port_clocked(self, offset: int) -> bool:
        return bool(self._registers.get(self._RCC + 0x4C, 0) & 1 << offset // 0x400)

    def _usart_clocked(self) -> bool:
        return bool(self._registers.get(self._RCC + 0x60, 0) & 1 << 14)

    def _hertz(self) -> float:
        """The core's clock, which is also USART1's."""
        if self._registers.get(self._RCC + 0x08, 0) & 3 != 3:
            return self._MSI
        pll = self._registers[self._RCC + 0x0C]
        into = self._MSI / ((pll >> 4 & 7) + 1)
        return into * (pll >> 8 & 0x7F) / (2 * (pll >> 25 & 3) + 2)

    def _look(self) -> None:
        """What a change of pins or settings means for the line."""
        control = self._registers.get(self._USART + self._CR1, 0)
        if not control & 1:
            self._fast.fields.connected = 0
            return
        acknowledged = (control & 1 << 3) << 18 | (control & 1 << 2) << 20
        pins = self._registers[self._GPIO + 0x400] >> 12 & 0xF, self._registers.get(self._GPIO + 0x420, 0) >> 24
        problems = [] if pins == (0xA, 0x77) else ["PB6 and PB7 are not connected to USART1 (alternate function 7)"]
        if control & 0xC != 0xC:
            problems.append("the transmitter or the receiver of USART1 is off")
        divider = self._registers.get(self._USART + self._BRR, 0)
        problems += self._wrong_speed(self._hertz() / max(divider, 1))
        self._connect(problems, self._IDLE_STATUS | acknowledged)


def attach(board: BoardFile, fast: Fast, map_page: Any) -> Uart:
    """The UART the board's driver talks to, mapped."""
    image = board.image
    driver = image.driver if image else ""
    if image and driver == "cmsdk_uart":
        return CmsdkUart(board, fast, image.defines["BL_UART_BASE"])
    if driver == "stm32l4_usart1":
        return Stm32L4Usart1(board, fast, map_page)
    raise ProbeError(f"the virtual bench has no device for the driver {driver!r} of board {board.name}")
