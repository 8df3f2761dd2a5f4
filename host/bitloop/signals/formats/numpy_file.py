"""NumPy's `.npy` and `.npz`: (lines, values), one column, or (signals, samples, axes). Objects are never loaded."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.formats.values import check_expansion, to_table
from bitloop.signals.table import Table

_HEADER = 1 << 16
_MOST_ARRAYS = 1000
_ADVICE = "save it with numpy.save as float32"


def read_npy(path: Path) -> Table:
    """The array of the file. InputError says what is wrong."""
    if not path.stat().st_size:
        raise InputError(f"it is empty; {_ADVICE}", path)
    return to_table(_array(np.memmap(path, dtype=np.uint8, mode="r"), path), path)


def read_npz(path: Path) -> Table:
    """The only array of the archive, or the one called `x`. InputError says what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            entry = _choose(archive, path)
            check_expansion(entry.file_size, entry.compress_size, path)
            with archive.open(entry) as stream:
                # with a number, as without one everything would be expanded, whatever the size promised
                content = stream.read(entry.file_size)
    except InputError:
        raise
    except Exception as error:  # an archive can be damaged in every way zipfile and its compressions know
        raise InputError("it is no archive of NumPy that can be read; save it with numpy.savez", path) from error
    return to_table(_array(np.frombuffer(content, dtype=np.uint8), path), path)


def _choose(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    entries = {entry.filename: entry for entry in archive.infolist()[:_MOST_ARRAYS]}
    entry = next(iter(entries.values())) if len(entries) == 1 else entries.get("x.npy")
    if entry is None:
        names = ", ".join(name.removesuffix(".npy") for name in list(entries)[:4])
        what = f"it has {len(archive.infolist())} arrays ({names[:80]!r})"
        raise InputError(f"{what}; save one alone, or call the one with the signals x", path)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError("it is compressed in a way NumPy does not use; save it with numpy.savez_compressed", path)
    return entry


def _array(content: NDArray[np.uint8], path: Path) -> NDArray[Any]:
    shape, by_column, dtype, start = _header(content, path)
    if dtype.hasobject:
        raise InputError(f"it has Python objects, which are never loaded; {_ADVICE}", path)
    if dtype.kind not in "iuf":
        raise InputError(f"its values are of type {str(dtype)[:40]!r}, no real numbers; {_ADVICE}", path)
    if not 1 <= len(shape) <= 3:
        what = f"its array has {len(shape)} dimensions; (lines, values) and (signals, samples, axes) are read"
        raise InputError(what, path)
    promised = math.prod(shape) * dtype.itemsize
    if min(shape) < 0 or promised != len(content) - start:
        what = f"its shape needs {str(promised)[:24]} bytes where there are {len(content) - start}"
        raise InputError(f"{what}; it is damaged, so save it again", path)
    flat = content[start:].view(dtype)
    return flat.reshape(shape[::-1]).T if by_column else flat.reshape(shape)


def _header(content: NDArray[np.uint8], path: Path) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    stream = io.BytesIO(content[:_HEADER].tobytes())
    try:
        version = npy.read_magic(stream)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, by_column, dtype = read(stream)
    except Exception as error:  # the header is a literal of Python, with every way to be wrong
        raise InputError(f"it is no array of NumPy that can be read; {_ADVICE}", path) from error
    return shape, by_column, dtype, stream.tell()
