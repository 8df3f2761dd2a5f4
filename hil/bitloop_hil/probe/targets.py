"""Chips pyOCD does not know by name, from parts it does know. Importing this imports pyOCD."""

from __future__ import annotations

from typing import Any


def register() -> None:
    """Make them known to pyOCD; a chip it has learned meanwhile is left as it is."""
    from pyocd.target import TARGET

    for name, chip in (("stm32f103rb", _stm32f103rb),):
        if name not in TARGET:
            TARGET[name] = chip()


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
