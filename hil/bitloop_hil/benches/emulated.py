"""What boards in foreign emulators share: the emulator loads the image itself, and every reset is a new run of it."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Generic, TypeVar

from bitloop.errors import FlashError, ProbeError
from bitloop_hil.closing import Closing
from bitloop_hil.link.client import Link

Run = TypeVar("Run", bound=Closing)


class EmulatedBoard(Closing, Generic[Run]):
    """A `Board` whose ticks are instructions. A run is one process of the emulator with one image."""

    unit = "instructions"

    def __init__(self, name: str, core: str) -> None:
        self.name, self.core = name, core
        self._image: Path | None = None
        self._run: Run | None = None

    @abstractmethod
    def _start(self, image: Path) -> Run:
        """A new run of the image."""

    @abstractmethod
    def _link(self, run: Run, image: Path) -> Link:
        """A link to a run."""

    def flash(self, image: Path) -> None:
        """Choose the image that runs from the next reset on."""
        if not image.is_file():
            raise FlashError(f"{image} is not a file; build the image first")
        self._stop()
        self._image = image

    def reset(self) -> None:
        """Start the emulator anew: nothing is left of the last run."""
        if self._image is None:
            raise ProbeError(f"{self.name} has no image; flash one first")
        self._stop()
        self._run = self._start(self._image)

    @property
    def run(self) -> Run:
        """The run that the last reset started, for programs that have no link; ProbeError if there is none."""
        if self._run is None:
            raise ProbeError(f"{self.name} is not running; reset it first")
        return self._run

    def link(self) -> Link:
        """A link to the run that the last reset started; it ends with the next reset."""
        run = self.run
        assert self._image is not None  # noqa: S101 - reset asks for one before it starts a run
        return self._link(run, self._image)

    def close(self) -> None:
        """End the emulator; safe to call twice."""
        self._stop()

    def _stop(self) -> None:
        if self._run is not None:
            self._run.close()
        self._run = None
