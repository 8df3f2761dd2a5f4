"""Where the C sources, templates and board files are: inside the wheel, or in the checkout beside the package."""

from __future__ import annotations

from pathlib import Path

from bitloop.errors import BuildError

_PACKAGE = Path(__file__).resolve().parent


def _room(name: str) -> Path:
    for candidate in (_PACKAGE / "data" / name, _PACKAGE.parent.parent / name):
        if candidate.is_dir():
            return candidate
    raise BuildError(f"the folder {name!r} is missing from this installation; install bitloop again")


def firmware() -> Path:
    """Folder of everything that runs on a target (kernels/, apps/, templates/, ...)."""
    return _room("firmware")


def boards() -> Path:
    """Folder of the board and target TOML files."""
    return _room("boards")
