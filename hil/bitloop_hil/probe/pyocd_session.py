"""What bitloop does with pyOCD: open a session, program, read back, reset. Used in worker processes only.

pyOCD does not read back what it programmed, and only warns of segments that lie outside the flash; both is done here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyocd import __version__ as pyocd_version
from pyocd.core import exceptions
from pyocd.core.session import Session
from pyocd.flash.loader import FlashLoader
from pyocd.probe.aggregator import DebugProbeAggregator

from bitloop.errors import BitloopError, FlashError, ProbeError, VerifyError
from bitloop_hil.probe.readback import compare
from bitloop_hil.probe.targets import register
from bitloop_hil.segments import segments

_CHUNK = 16 * 1024  # bytes read back at once
_OPERATIONS = ("init", "erase_sector", "program", "analyzer", "erase_all")
_DHCSR, _DHCSR_KEY = 0xE000EDF0, 0xA05F0000  # Armv7-M ARM (DDI 0403E) C1.6: the key, and no debugging at all
_DEMCR = 0xE000EDFC
_ERASES_TWO = "stm32h7"
"""Targets whose algorithm erases the sector behind the one it is told, too: with those pyOCD must not leave out
sectors that hold the right data already."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `Flasher` was made with."""

    uid: str
    target: str
    pack: str | None
    frequency: int
    connect_mode: str
    operation_seconds: float | None


class Driver:
    """One probe. The session is only open during a call."""

    def __init__(self, settings: Settings, progress: Callable[[str, float], None]) -> None:
        self._settings, self._progress = settings, progress
        register()

    def flash(self, image: Path) -> dict[str, Any]:
        """Program an image and read it back, unless the flash holds it already."""
        began, parts = time.monotonic(), segments(image)
        with self._session() as session:
            self._fits(session, image, parts)
            target, skipped = session.target, True
            if self._differing(target, parts, "looking") is not None:
                skipped = False
                self._program(session, parts)
                if (difference := self._differing(target, parts, "verifying")) is not None:
                    raise VerifyError(f"{self._settings.uid}: {difference}; the flash may be worn or protected")
            target.reset_and_halt()
        size = sum(len(data) for _, data in parts)
        seconds = time.monotonic() - began
        return {"bytes": size, "seconds": seconds, "verified": size, "skipped": skipped, "pyocd": pyocd_version}

    def reset(self) -> None:
        """Leave the core to itself and reset it by its pin, so that what the firmware sets up afterwards stays.

        pyOCD's own way of leaving clears DEMCR behind a firmware that runs already, and with it the cycle counter.
        """
        with self._session() as session:
            session.target.write32(_DEMCR, 0)
            session.target.write32(_DHCSR, _DHCSR_KEY)
            session.probe.reset()

    def _fits(self, session: Any, image: Path, parts: list[tuple[int, bytes]]) -> None:
        """FlashError if a part is not wholly in the flash."""
        for address, data in parts:
            at = address
            while at < address + len(data):
                region = session.target.memory_map.get_region_for_address(at)
                if region is None or not region.is_flash:
                    raise FlashError(
                        f"{image} has {len(data)} bytes at 0x{address:08x}, and 0x{at:08x} is outside the flash "
                        f"of {self._settings.target}; build it for this board"
                    )
                at = region.end + 1

    def _program(self, session: Any, parts: list[tuple[int, bytes]]) -> None:
        loader = FlashLoader(session, progress=lambda done: self._progress("programming", float(done)))
        for address, data in parts:
            loader.add_data(address, data)
        try:
            loader.commit()
        except (exceptions.FlashFailure, exceptions.TimeoutError) as error:
            raise FlashError(f"{self._settings.uid}: {_words(error)}; the flash may be worn or protected") from error

    def _differing(self, target: Any, parts: list[tuple[int, bytes]], what: str) -> str | None:
        """What first differs from the flash, in words; None if nothing does."""
        total, done = sum(len(data) for _, data in parts), 0
        read: list[tuple[int, bytes, bytes]] = []
        for address, data in parts:
            got = b""
            for at in range(0, len(data), _CHUNK):
                piece = data[at : at + _CHUNK]
                got += bytes(target.read_memory_block8(address + at, len(piece)))
                done += len(piece)
                self._progress(what, done / total)
            read.append((address, data, got))
        return compare(read)

    @contextmanager
    def _session(self, resume: bool = False) -> Iterator[Any]:
        """An open session; whatever pyOCD raises comes out as bitloop's errors."""
        try:
            session = Session(self._probe(), options=self._options(resume))
            with session:
                yield session
        except BitloopError:
            raise
        except exceptions.TargetSupportError as error:
            raise ProbeError(self._unsupported()) from error
        except (exceptions.Error, OSError) as error:
            raise ProbeError(
                f"{self._settings.uid}: {_words(error)}; check the cable and who else uses it"
            ) from error

    def _probe(self) -> Any:
        probe = DebugProbeAggregator.get_probe_with_id(self._settings.uid)
        if probe is None:
            found = DebugProbeAggregator.get_all_connected_probes(self._settings.uid)
            if len(found) != 1:
                what = (
                    "is not there; plug it in" if not found else f"could be any of {len(found)}; give its whole name"
                )
                raise ProbeError(f"the probe {self._settings.uid} {what}")
            probe = found[0]
        return probe

    def _options(self, resume: bool) -> dict[str, Any]:
        settings = self._settings
        options: dict[str, Any] = {
            "target_override": settings.target,
            "frequency": settings.frequency,
            "connect_mode": settings.connect_mode,
            "chip_erase": "sector",
            "smart_flash": not settings.target.startswith(_ERASES_TWO),
            "fast_program": False,
            "keep_unwritten": True,
            "hide_programming_progress": True,
            "resume_on_disconnect": resume,
            "no_config": True,
            "project_dir": str(Path(__file__).parent),  # where nobody leaves scripts for pyOCD to run
        }
        if settings.pack is not None:
            if not Path(settings.pack).is_file():
                raise ProbeError(f"the CMSIS-Pack {settings.pack} is not there; check the rig file")
            options["pack"] = settings.pack
        if settings.operation_seconds is not None:
            options |= {f"flash.timeout.{operation}": settings.operation_seconds for operation in _OPERATIONS}
        return options

    def _unsupported(self) -> str:
        target = self._settings.target
        return f"pyOCD does not know the chip {target} yet; install its CMSIS-Pack by `pyocd pack install {target}`"


def _words(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
