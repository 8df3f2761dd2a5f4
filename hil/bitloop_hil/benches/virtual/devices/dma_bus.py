"""What a DMA controller reaches: memory but for what hangs on the core alone, and the registers of devices."""

from __future__ import annotations

from collections.abc import Sequence

from bitloop_hil.benches.virtual.devices.device import BusError, Mapped, Services
from bitloop_hil.fields import Region


class DmaBus:
    """Memory and devices by address, as DMA sees them."""

    def __init__(self, services: Services, devices: Sequence[Mapped], out_of_reach: Sequence[Region]) -> None:
        """`devices` may grow later."""
        self._services, self._devices, self._out_of_reach = services, devices, out_of_reach

    def load(self, address: int, size: int) -> bytes:
        """BusError where nothing answers."""
        self._check(address)
        mapped = self._device(address)
        if mapped is None:
            return self._services.load(address, size)
        step = 1 if address & 1 or size & 1 else 2 if address & 2 or size & 2 else 4
        offsets = range(address - mapped.base, address - mapped.base + size, step)
        return b"".join(mapped.device.read(offset, step).to_bytes(step, "little") for offset in offsets)

    def store(self, address: int, data: bytes) -> None:
        """BusError where nothing answers."""
        self._check(address)
        mapped = self._device(address)
        if mapped is None:
            self._services.store(address, data)
        elif len(data) in (1, 2, 4):
            mapped.device.write(address - mapped.base, len(data), int.from_bytes(data, "little"))
        else:
            raise BusError(f"{len(data)} bytes at once for the register at 0x{address:08x}")

    def _check(self, address: int) -> None:
        if any(region.origin <= address < region.end for region in self._out_of_reach):
            raise BusError(f"DMA does not reach the memory at 0x{address:08x}, which belongs to the core alone")

    def _device(self, address: int) -> Mapped | None:
        return next((one for one in self._devices if one.base <= address < one.base + one.size), None)
