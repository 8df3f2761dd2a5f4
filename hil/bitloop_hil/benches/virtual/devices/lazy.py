"""What devices share that do their work in bulk: they catch up with time when somebody looks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from bitloop_hil.benches.virtual.clock import Event
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.registers import WordDevice


class LazyDevice(WordDevice):
    """`_event` is on the clock for the next moment when anybody could notice something."""

    def __init__(self, services: Services, reset_values: Mapping[int, int] | None = None) -> None:
        super().__init__(reset_values)
        self._services = services
        self._event: Event | None = None

    @abstractmethod
    def sync(self) -> None:
        """Catch up with time: before anything is read, and before anything changes."""

    @abstractmethod
    def _arm(self) -> None:
        """Put that event on the clock anew."""

    def glance(self) -> None:
        """Catch up with time if any flag, here or of a DMA channel at work here, may have changed since."""
        if self._event is not None and self._services.clock.now() >= self._event.when:
            self.sync()

    def attend(self) -> None:
        """A DMA channel has changed, or time has passed."""
        self.sync()
        self._arm()
