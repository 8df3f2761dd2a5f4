"""pyOCD's entry point for virtual boards (group `pyocd.probe`).

pyOCD loads every such entry point whenever it is imported, and lets no fault of one pass: so nothing of pyOCD or of
the probe is imported here before pyOCD asks for it, and whatever goes wrong only leaves the plugin out.
"""

from __future__ import annotations

import logging
from typing import Any

_LOG = logging.getLogger(__name__)


def plugin() -> Any:
    """The plugin object pyOCD's loader calls for (it takes any callable that makes one)."""
    from pyocd.core.plugin import Plugin

    class VirtualProbePlugin(Plugin):  # type: ignore[misc]
        """Virtual boards of bitloop as debug probes."""

        _probe: Any = None

        def should_load(self) -> bool:
            try:
                from bitloop_hil.probe.virtual import VirtualProbe

                self._probe = VirtualProbe
            except Exception:
                _LOG.warning("virtual boards of bitloop are not available", exc_info=True)
            return self._probe is not None

        def load(self) -> Any:
            return self._probe

        @property
        def name(self) -> str:
            return "virtual"

        @property
        def description(self) -> str:
            return "virtual boards of bitloop"

        @property
        def version(self) -> str:
            return "1"

    return VirtualProbePlugin()
