"""What a chip allows at a voltage: frequencies of its buses, and the wait states its flash needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.pwr import Pwr
from bitloop_hil.benches.virtual.devices.rcc import Rcc


@dataclass(frozen=True, slots=True)
class Scale:
    """One voltage. `waits` has the highest frequency of the flash's clock with 0, 1, 2... wait states."""

    value: int
    title: str
    limits: Mapping[str, int]
    waits: tuple[int, ...]
    overdrive: Mapping[str, int] = field(default_factory=dict)


class Limits:
    """Watches the RCC and notes what is beyond the chip."""

    def __init__(
        self,
        scales: Sequence[Scale],
        services: Services,
        rcc: Rcc,
        pwr: Pwr | None,
        flash: str,
        waits: Callable[[], int] | None,
    ) -> None:
        """`flash` names the bus the flash's wait states belong to; `waits` tells how many are set now."""
        self._scales, self._services, self._rcc, self._pwr = scales, services, rcc, pwr
        self._flash, self._waits = flash, waits

    def check(self) -> None:
        """Look at the frequencies as they are now."""
        voltage = self._pwr.scale if self._pwr else None
        scale = next((scale for scale in self._scales if voltage is None or scale.value == voltage), None)
        if scale is None:
            return
        limits = {**scale.limits, **(scale.overdrive if self._pwr and self._pwr.overdriven else {})}
        for bus, limit in limits.items():
            if (hertz := self._rcc.hertz(bus)) > limit:
                at = f" at {scale.title}" if scale.title else ""
                self._services.note(f"{bus} runs at {hertz / 1e6:g} MHz; the chip allows {limit / 1e6:g} MHz{at}")
        self._check_waits(scale)

    def _check_waits(self, scale: Scale) -> None:
        if self._waits is None:
            return
        hertz, waits = self._rcc.hertz(self._flash), self._waits()
        needed = next((i for i, limit in enumerate(scale.waits) if hertz <= limit), len(scale.waits))
        if waits < needed:
            at = f" at {scale.title}" if scale.title else ""
            self._services.note(
                f"{hertz / 1e6:g} MHz with {waits} wait states of the flash, which are too few: it needs {needed}{at}"
            )
