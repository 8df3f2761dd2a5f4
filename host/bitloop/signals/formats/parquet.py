"""Parquet files of numbers: a row is a sample of a log, or a signal; a column `Time` in front gives the rate.

polars reads them in a process of its own with bounded memory, as a hostile file can bring its reader down.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bitloop.errors import InputError
from bitloop.signals.formats.values import MOST_EXPANDED, SMALL, to_table
from bitloop.signals.table import MAX_VALUES, Table

_MAGIC = b"PAR1"
_UNREADABLE = "it is no Parquet file that can be read; write it again with polars or pandas"
_PATIENCE = 60.0
_BYTES_PER_SECOND = 10e6


def read(path: Path) -> Table:
    """Every row. InputError says what is wrong."""
    size = path.stat().st_size
    _check_footer(path, size)
    with tempfile.TemporaryDirectory(prefix="bitloop-") as folder:
        values = Path(folder) / "values.npy"
        orders = {"path": str(path.resolve()), "values": str(values), "columns": MAX_VALUES}
        orders |= {"bytes": max(SMALL, MOST_EXPANDED * size), "stored": size}
        said = _ask(orders, path, _PATIENCE + size / _BYTES_PER_SECOND)
        if "wrong" in said:
            raise InputError(str(said["wrong"]), path, said.get("line"), said.get("column"))
        x = np.load(values, allow_pickle=False)
    names = [name.partition(" [") for name in said["names"]]
    axes = tuple(name for name, _, _ in names)
    units = tuple(unit.removesuffix("]") for _, _, unit in names)
    return to_table(x, path, said["rate_hz"], axes, units)


def _ask(orders: dict[str, Any], path: Path, seconds: float) -> dict[str, Any]:
    """What the worker says; InputError where it dies of the file or does not come to an end."""
    command = [sys.executable, "-m", "bitloop.signals.formats.parquet_worker", json.dumps(orders)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=True)
        said: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise InputError(_UNREADABLE, path) from error
    return said


def _check_footer(path: Path, size: int) -> None:
    """InputError unless the file begins and ends as Parquet does, which needs no process to tell."""
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(-min(8, size), os.SEEK_END)
        length, tail = stream.read(4), stream.read(4)
    if size < 12 or (head, tail) != (_MAGIC, _MAGIC) or int.from_bytes(length, "little") > size - 12:
        raise InputError(_UNREADABLE, path)
