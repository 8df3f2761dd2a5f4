"""Chips pyOCD does not know by name: from parts it does know, or by flash loaders of our own."""

from __future__ import annotations

from typing import Any

from bitloop_hil.probe.loaders import FlashChip, algorithm, chips

_SIBLINGS = {
    "stm32f401retx": ("stm32f412xe", 96 << 10),
    "stm32f407vgtx": ("stm32f412xg", 128 << 10),
    "stm32f411retx": ("stm32f412xe", 128 << 10),
    "stm32f446retx": ("stm32f412xe", 128 << 10),
    "stm32l476rgtx": ("stm32l475xg", 96 << 10),
}
"""Chips whose flash is that of one pyOCD knows, with the same sectors and controller; bytes of their RAM."""


def register() -> None:
    """Make them known to pyOCD; a chip it has learned meanwhile is left as it is."""
    from pyocd.target import TARGET

    if "stm32f103rb" not in TARGET:
        TARGET["stm32f103rb"] = _stm32f103rb()
    for name, (sibling, ram) in _SIBLINGS.items():
        if name not in TARGET:
            TARGET[name] = _sibling(TARGET[sibling], ram)
    for name, chip in chips().items():
        if name not in TARGET:
            TARGET[name] = _loaded(chip)


def _sibling(chip: Any, ram: int) -> Any:
    """A chip like another, but for its RAM."""
    from pyocd.core.memory_map import MemoryMap, RamRegion

    class Sibling(chip):  # type: ignore[misc]
        """As pyOCD describes chips."""

        MEMORY_MAP = MemoryMap(
            *(region for region in chip.MEMORY_MAP if not region.is_ram),
            RamRegion(start=0x20000000, length=ram),
        )

        def __init__(self, session: Any) -> None:
            super(chip, self).__init__(session, self.MEMORY_MAP)

    return Sibling


def _stm32f103rb() -> Any:
    """The medium-density F103 (DS5319): 128 KiB in pages of 1 KiB, 20 KiB of RAM; the F103RC's algorithm."""
    from pyocd.core.memory_map import FlashRegion, MemoryMap, RamRegion
    from pyocd.coresight.coresight_target import CoreSightTarget
    from pyocd.target.builtin.target_STM32F103RC import DBGMCU_CR, DBGMCU_VAL, FLASH_ALGO

    class STM32F103RB(CoreSightTarget):  # type: ignore[misc]
        """As pyOCD describes chips."""

        VENDOR = "STMicroelectronics"
        MEMORY_MAP = MemoryMap(
            FlashRegion(start=0x08000000, length=0x20000, blocksize=0x400, is_boot_memory=True, algo=FLASH_ALGO),
            RamRegion(start=0x20000000, length=0x5000),
        )

        def __init__(self, session: Any) -> None:
            super().__init__(session, self.MEMORY_MAP)

        def post_connect_hook(self) -> None:
            self.write_memory(DBGMCU_CR, DBGMCU_VAL)

    return STM32F103RB


def _loaded(chip: FlashChip) -> Any:
    """A chip that is flashed by a loader of ours, which is built when a session begins."""
    from pyocd.core.memory_map import FlashRegion, MemoryMap, RamRegion
    from pyocd.coresight.coresight_target import CoreSightTarget

    class Loaded(CoreSightTarget):  # type: ignore[misc]
        """As pyOCD describes chips."""

        VENDOR = "STMicroelectronics"

        def __init__(self, session: Any) -> None:
            flash = FlashRegion(
                start=chip.origin,
                length=chip.size,
                blocksize=chip.sector,
                page_size=chip.sector,
                phrase_size=chip.unit,
                is_boot_memory=True,
                algo=algorithm(chip),
            )
            super().__init__(session, MemoryMap(flash, RamRegion(start=chip.ram, length=chip.ram_size)))

        def post_connect_hook(self) -> None:
            for address, bits in chip.debug:
                self.write32(address, self.read32(address) | bits)

    return Loaded
