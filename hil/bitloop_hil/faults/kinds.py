"""The faults a virtual board can be ordered to have, and what each has to end in.

    inject(board, "flash-drop", every=1000)     # the next programming leaves out words; VERIFY names the first
    inject(board, "hang", after_bytes=3)        # the core stops three bytes from now, in the middle of a request

Orders are given before what they spoil: flash and probe faults before `flash`, faults of the core at any time. A
fault of the core happens once; flash faults stay until the board is closed or they are ordered again with other
arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bitloop.errors import ProbeError


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault: what happens, its arguments (name to smallest value), and the class of the verdict it ends in."""

    name: str
    text: str
    ends_in: str
    arguments: Mapping[str, int] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("reset", "the core is reset after so many more bytes from the host", "LINK", {"after_bytes": 0}),
        Kind("hang", "the core stops executing after so many more bytes from the host", "LINK", {"after_bytes": 0}),
        Kind(
            "hardfault",
            "the core takes a bus fault after so many more bytes from the host",
            "LINK",
            {"after_bytes": 0},
        ),
        Kind("flash-ignore", "the flash accepts programming and changes nothing", "VERIFY"),
        Kind("flash-drop", "the flash loses one word in so many", "VERIFY", {"every": 1}),
        Kind("flash-stuck-busy", "the flash stays busy for ever after the first command", "FLASH"),
        Kind("probe-lost", "the debug probe goes away after so many more transfers", "PROBE", {"after": 0}),
    )
}


def inject(board: object, kind: str, **arguments: int) -> None:
    """Order a fault; ProbeError where the board's bench cannot have it, ValueError for a wrong order."""
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"no fault is called {kind!r}; choose one of {', '.join(KINDS)}")
    if set(arguments) != set(known.arguments):
        wanted = ", ".join(known.arguments) or "no arguments"
        raise ValueError(f"the fault {kind} takes {wanted}, not {', '.join(sorted(arguments)) or 'none'}")
    for name, value in arguments.items():
        if value < known.arguments[name]:
            raise ValueError(f"{name} = {value} of the fault {kind} has to be at least {known.arguments[name]}")
    order: Any = _order(board)
    if order is None:
        name, bench = getattr(board, "name", "this board"), getattr(board, "bench", "unknown")
        raise ProbeError(f"{name} on the bench {bench} cannot be given faults; use a virtual board")
    order(kind, **arguments)


def _order(board: object) -> object | None:
    while board is not None and not hasattr(board, "inject"):
        board = getattr(board, "inner", None)
    return getattr(board, "inject", None)
