"""What bitloop builds for: a core and its ABI, read from boards/targets.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from bitloop import resources
from bitloop.errors import BuildError


@dataclass(frozen=True, slots=True)
class Target:
    """A core with its compiler flags. `float_abi` is `hard` or `soft`; soft means no FPU instruction at all."""

    name: str
    title: str
    fpu: bool
    float_abi: str
    zig: tuple[str, ...] = ()
    gcc: tuple[str, ...] = ()
    unicorn: str = ""

    @property
    def is_host(self) -> bool:
        """True for the machine bitloop itself runs on."""
        return self.name == "host"


@cache
def names() -> tuple[str, ...]:
    """Every target name, the host first."""
    return tuple(_table())


def cores() -> tuple[str, ...]:
    """Every target name but the host."""
    return tuple(name for name in names() if name != "host")


def target(name: str, float_abi: str | None = None) -> Target:
    """The target of that name; `float_abi` (`hard` or `soft`) defaults to hard where there is an FPU."""
    row = _table().get(name)
    if row is None:
        raise BuildError(f"no target is called {name!r}; choose one of {', '.join(names())}")
    fpu = bool(row["fpu"])
    abi = float_abi or ("hard" if fpu else "soft")
    if abi not in ("hard", "soft"):
        raise BuildError(f"float ABI {abi!r} is unknown; choose hard or soft")
    if abi == "hard" and not fpu:
        raise BuildError(f"{row['title']} has no FPU, so its float ABI can only be soft")
    return Target(
        name,
        str(row["title"]),
        fpu,
        abi,
        tuple(row.get("zig", ())),
        tuple(row.get("gcc", ())),
        str(row.get("unicorn", "")),
    )


@cache
def _table() -> dict[str, dict[str, Any]]:
    with (resources.boards() / "targets.toml").open("rb") as stream:
        return tomllib.load(stream)
