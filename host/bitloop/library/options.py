"""How a library is written: which persona it speaks, under which suffix."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bitloop.errors import LibraryError
from bitloop.library.personas import Persona, persona

_SUFFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Options:
    """How a library is written. `trace` adds calls of `neai_trace` after every step, for finding a difference."""

    persona: str = "v3"
    suffix: str = ""
    trace: bool = False

    def __post_init__(self) -> None:
        persona(self.persona)
        if self.suffix and not _SUFFIX.fullmatch(self.suffix):
            raise LibraryError(f"suffix {self.suffix!r} cannot end a C name; use letters, digits and underscores")

    @property
    def speech(self) -> Persona:
        """What the persona says in each situation."""
        return persona(self.persona)

    @property
    def v3(self) -> bool:
        return self.persona == "v3"

    def file(self, stem: str, ending: str) -> str:
        """A file name with the suffix: `NanoEdgeAI_tempad.h`."""
        return f"{self.symbol(stem)}.{ending}"

    def symbol(self, name: str) -> str:
        """A function or array with the suffix: `neai_anomalydetection_init_tempad`."""
        return f"{name}_{self.suffix}" if self.suffix else name

    def macro(self, name: str) -> str:
        """A macro with the suffix: `AXIS_NUMBER_TEMPAD`."""
        return f"{name}_{self.suffix.upper()}" if self.suffix else name


DEFAULT_OPTIONS = Options()
