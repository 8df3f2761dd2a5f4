"""The library a command works on: of a project, by number, the crowned or the best one, or a library file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bitloop.library.file import Library
    from bitloop.project import Project

Source = Annotated[
    Path, typer.Argument(metavar="PROJECT", help="Folder of the project, or a library file.", show_default=False)
]
Number = Annotated[
    int | None,
    typer.Option("--library", help="Number of the library (else the crowned or the best one).", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A library, and the project and number it has there; a library file of its own has neither."""

    library: Library
    project: Project | None = None
    number: int | None = None

    def to_record(self) -> dict[str, Any]:
        """For JSON."""
        return {"number": self.number, "id": self.library.id, "kind": self.library.kind}


def choose(source: Path, number: int | None) -> Chosen:
    """The library meant by the command line."""
    from bitloop.errors import ProjectError
    from bitloop.library.file import Library
    from bitloop.project import Project

    if source.is_file():
        if number is not None:
            raise ProjectError(f"{source} is a library file and has no numbers; leave --library away")
        return Chosen(Library.load(source))
    project = Project.load(source)
    shelf = project.libraries
    found = shelf.chosen(project.fingerprint()) if number is None else shelf.get(number)
    return Chosen(shelf.load(found), project, found.number)
