"""The registers of the ADCs: SR, CR1 and CR2 (F1 and F4), or ISR, CR and CFGR (C0, L0 and L4)."""

from __future__ import annotations

from collections.abc import Mapping

from bitloop_hil.benches.virtual.clock import Event
from bitloop_hil.benches.virtual.devices.adc import Adc, AdcSurroundings, AdcTable, Sequence
from bitloop_hil.benches.virtual.devices.device import Services

_DIVIDERS = (2, 4, 6, 8)
_BITS = (12, 10, 8, 6)
_EOC = 1 << 1
_CALIBRATION = 100_000_000  # picoseconds, about


class AdcV1(Adc):
    """SR, CR1, CR2, SMPRx, SQRx, DR (RM0008 11, RM0090 13); `modern` is the F4's, with EXTEN, RES, OVR and CCR."""

    SR, CR1, CR2, SMPR1, SMPR2, SQR1, DR, CCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x2C, 0x4C, 0x304
    _ON, _CONTINUOUS, _DMA, _LEFT = 1, 2, 1 << 8, 1 << 11

    def __init__(
        self, services: Services, base: int, around: AdcSurroundings, table: AdcTable, modern: bool = False
    ) -> None:
        self._modern = modern
        super().__init__(services, base, around, table, {})

    def load(self, offset: int) -> int:
        if offset == self.SR:
            self.sync()
            started = self._sequence is not None
            return _EOC * self.ready | started << 4 | (self.lost and self._modern) << 5
        if offset == self.DR:
            self.sync()
            self.ready = False
            self._arm()
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        self.sync()
        if offset == self.SR:
            self.ready = self.ready and bool(value & _EOC)
            self.lost = self.lost and bool(value & 1 << 5)
            self._arm()
        elif offset == self.CR2:
            self._control(value)
        elif offset != self.DR:
            if offset == self.CR1 and value & 0x040000E0:
                self._services.note(f"interrupts of {self._around.name} are not modelled")
            self.words[offset] = value

    def _kernel_hertz(self) -> int:
        if not self._modern:
            return self._around.hertz("adcclk")
        return self._around.hertz("pclk2") // _DIVIDERS[self.words.get(self.CCR, 0) >> 16 & 3]

    def _over(self) -> None:
        """EOC says it."""

    def _control(self, value: int) -> None:
        old = self.words.get(self.CR2, 0)
        again = bool(old & self._ON)
        start_bit = 1 << 30 if self._modern else 1 << 22
        starts = again and bool(value & start_bit)
        if not self._modern:
            starts = starts or (again and value == old)  # ADON once more
            value &= ~0xC  # calibration is over at once
        self.words[self.CR2] = value & ~start_bit
        if not value & self._ON:
            self._halt()
            return
        trigger = self._trigger(value)
        if trigger is not None or starts:
            self._begin(self._wanted(value, trigger))

    def _trigger(self, control: int) -> int | None:
        if self._modern:
            return control >> 24 & 0xF if control >> 28 & 3 else None
        code = control >> 17 & 7
        return code if control >> 20 & 1 and code != 7 else None

    def _wanted(self, control: int, trigger: int | None) -> Sequence:
        words = self.words
        scan = words.get(self.CR1, 0) >> 8 & 1
        count = (words.get(self.SQR1, 0) >> 20 & 0xF) + 1 if scan else 1
        channels = tuple(
            words.get(self.SQR1 + 4 * (2 - place // 6), 0) >> 5 * (place % 6) & 0x1F for place in range(count)
        )
        bits = _BITS[words.get(self.CR1, 0) >> 24 & 3] if self._modern else 12
        extra = bits if self._modern else 12.5
        return Sequence(
            channels,
            tuple(self._sampling(channel) + extra for channel in channels),
            trigger,
            bool(control & self._CONTINUOUS),
            bits,
            bool(control & self._LEFT),
            bool(control & self._DMA),
        )

    def _sampling(self, channel: int) -> float:
        register, place = (self.SMPR2, channel) if channel < 10 else (self.SMPR1, channel - 10)
        return self._table.sampling[self.words.get(register, 0) >> 3 * place & 7]


class AdcV2(Adc):
    """ISR, CR, CFGR, SMPR, DR (RM0351 18, RM0377 13, RM0490 15).

    `small` is the C0's and L0's, with CHSELR instead of SQRx and its clock from `bus`. `confirms` is the C0's: CCRDY
    tells that channels were taken over, and there is a regulator to switch on.
    """

    ISR, IER, CR, CFGR, CFGR2, SMPR1, SMPR2 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18
    CHSELR, SQR1, DR, CCR = 0x28, 0x30, 0x40, 0x308
    _READY, _EOC, _EOS, _OVR, _CCRDY = 1, 1 << 2, 1 << 3, 1 << 4, 1 << 13
    _ADEN, _ADDIS, _ADSTART, _ADSTP, _REGULATOR, _DEEP, _CALIBRATE = 1, 2, 4, 16, 1 << 28, 1 << 29, 1 << 31
    _PRESCALERS = (1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256)

    def __init__(
        self,
        services: Services,
        base: int,
        around: AdcSurroundings,
        table: AdcTable,
        small: bool = False,
        confirms: bool = False,
        bus: str = "pclk2",
    ) -> None:
        self._small, self._confirms, self._bus, self._chosen = small, confirms, bus, False
        self._calibrating: Event | None = None
        resets: Mapping[int, int] = {} if small else {self.CR: self._DEEP, self.CFGR: 1 << 31}
        super().__init__(services, base, around, table, resets)

    def reset(self) -> None:
        if self._calibrating is not None:
            self._calibrating.cancel()
        self._calibrating = None
        self._chosen = False
        super().reset()

    def load(self, offset: int) -> int:
        if offset == self.ISR:
            self.sync()
            flags = self._EOC * self.ready | self._EOS * self.ended | self._OVR * self.lost
            flags |= self._CCRDY * self._chosen
            return flags | self._READY * bool(self.words.get(self.CR, 0) & self._ADEN)
        if offset == self.DR:
            self.sync()
            self.ready = False
            self._arm()
        elif offset == self.CR:
            self.sync()
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        self.sync()
        if offset == self.ISR:
            self.ready = self.ready and not value & self._EOC
            self.ended = self.ended and not value & self._EOS
            self.lost = self.lost and not value & self._OVR
            self._chosen = self._chosen and not value & self._CCRDY
            self._arm()
        elif offset == self.CR:
            self._control(value)
        elif offset != self.DR:
            if offset == self.CHSELR and self._confirms:
                self._chosen = True
            if offset == self.IER and value:
                self._services.note(f"interrupts of {self._around.name} are not modelled")
            self.words[offset] = value

    def _kernel_hertz(self) -> int:
        if self._small:
            mode = self.words.get(self.CFGR2, 0) >> 30
            if mode:
                return self._around.hertz(self._bus) // (2, 4, 1)[mode - 1]
        else:
            mode = self.words.get(self.CCR, 0) >> 16 & 3
            if mode:
                return self._around.hertz("hclk") // (1, 2, 4)[mode - 1]
        return self._around.hertz("adc") // self._PRESCALERS[min(self.words.get(self.CCR, 0) >> 18 & 0xF, 11)]

    def _over(self) -> None:
        self.words[self.CR] &= ~self._ADSTART

    def _control(self, value: int) -> None:
        """Bits that software sets, and the ADC clears."""
        old = self.words.get(self.CR, 0)
        kept = value & (self._REGULATOR | self._DEEP) | old & (self._ADEN | self._ADSTART | self._CALIBRATE)
        self.words[self.CR] = kept
        regulated = self._confirms or not self._small
        if kept & self._DEEP or (regulated and not kept & self._REGULATOR):
            if value & (self._ADEN | self._CALIBRATE):
                self._services.note(f"{self._around.name} is switched on before its regulator is")
            return
        if value & self._CALIBRATE and not old & (self._ADEN | self._CALIBRATE):
            self.words[self.CR] |= self._CALIBRATE
            self._calibrating = self._services.clock.after(_CALIBRATION, self._calibrated)
        if value & self._ADEN and not self.words[self.CR] & self._CALIBRATE:
            self.words[self.CR] |= self._ADEN
        if value & self._ADSTP:
            self._halt()
            self.words[self.CR] &= ~self._ADSTART
        if value & self._ADDIS and not self.words[self.CR] & self._ADSTART:
            self.words[self.CR] &= ~self._ADEN
        if value & self._ADSTART and self.words[self.CR] & self._ADEN and not old & self._ADSTART:
            self.words[self.CR] |= self._ADSTART
            self._begin(self._wanted())

    def _calibrated(self) -> None:
        self._calibrating = None
        self.words[self.CR] &= ~self._CALIBRATE

    def _wanted(self) -> Sequence:
        configuration = self.words.get(self.CFGR, 0)
        channels = self._selected(configuration)
        bits = _BITS[configuration >> 3 & 3]
        code = configuration >> 6 & (7 if self._small else 0xF)
        return Sequence(
            channels,
            tuple(self._sampling(channel) + bits + 0.5 for channel in channels),
            code if configuration >> 10 & 3 else None,
            bool(configuration & 1 << 13),
            bits,
            bool(configuration & 1 << 5),
            bool(configuration & 1),
        )

    def _selected(self, configuration: int) -> tuple[int, ...]:
        if self._small:
            chosen = [channel for channel in range(19) if self.words.get(self.CHSELR, 0) >> channel & 1] or [0]
            return tuple(reversed(chosen) if configuration & 4 else chosen)
        count = (self.words.get(self.SQR1, 0) & 0xF) + 1
        places = (place + 1 for place in range(count))  # the first field is the length
        return tuple(self.words.get(self.SQR1 + 4 * (place // 5), 0) >> 6 * (place % 5) & 0x1F for place in places)

    def _sampling(self, channel: int) -> float:
        if self._small:
            return self._table.sampling[self.words.get(self.SMPR1, 0) & 7]
        register, place = (self.SMPR1, channel) if channel < 10 else (self.SMPR2, channel - 10)
        return self._table.sampling[self.words.get(register, 0) >> 3 * place & 7]
