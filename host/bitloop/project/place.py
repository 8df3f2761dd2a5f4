"""What a project's `target` names: a board of boards/*.toml, or just a core."""

from __future__ import annotations

from dataclasses import dataclass

from bitloop import resources, targets
from bitloop.errors import ProjectError
from bitloop.project import toml
from bitloop.targets import Target


@dataclass(frozen=True, slots=True)
class Place:
    """Where libraries are to run. `board` is empty for a bare core."""

    core: Target
    board: str = ""


def boards() -> tuple[str, ...]:
    """Ids of the boards there are files for."""
    return tuple(sorted(p.stem for p in resources.boards().glob("*.toml") if p.name != "targets.toml"))


def place(name: str) -> Place:
    """The core, and the board if it is one, that a name stands for."""
    if name in targets.cores():
        return Place(targets.target(name))
    if name not in boards():
        known = ", ".join((*boards(), *targets.cores()))
        raise ProjectError(f"no board or core is called {name!r}; choose one of {known}")
    path = resources.boards() / f"{name}.toml"
    return Place(targets.target(toml.field(toml.load(path), "core", str, path)), name)
