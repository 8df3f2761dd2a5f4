"""The files of an acquisition folder, found by name whatever the case of its letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from bitloop.errors import InputError

Files = Mapping[str, Path]
_MOST = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,63}")


def list_files(folder: Path) -> Files:
    """The folder's files by their names in lower case; InputError where there are too many, or two differ by case."""
    try:
        found = list(islice(folder.iterdir(), _MOST + 1))
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}); name the acquisition's folder", folder) from error
    if len(found) > _MOST:
        raise InputError(f"it has more than {_MOST} files, so it is no acquisition; name the folder of one", folder)
    files = {path.name.lower(): path for path in found}
    if len(files) != len(found):
        twice = next(path.name for path in found if files[path.name.lower()] != path)
        raise InputError(f"two files are called {twice} but for the case of letters; delete one", folder)
    return files


def safe_name(name: str, path: Path) -> str:
    """A name that is to become part of a file's name; InputError (about `path`) where it might lead anywhere else."""
    if not _NAME.fullmatch(name):
        what = f"{name[:40]!r} is no name of a sensor (letters, digits, _ and -)"
        raise InputError(f"{what}; copy the acquisition from the board again", path)
    return name


def find(folder: Path, files: Files, name: str) -> Path:
    """The data file of a component; where it is missing, the path it should have."""
    return files.get(f"{name}.dat".lower(), folder / f"{name}.dat")
