"""The process that reads one Parquet file: `python -m bitloop.signals.formats.parquet_worker ORDERS`.

The orders are JSON: the file, where to save its values, and what is too much. It answers with one JSON object on
stdout; that it dies is an answer as well.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_MEMORY = 4 << 30
_JUMP = 1.5
"""Two times further apart than this many usual steps have lost a sample between them."""


class _WrongError(Exception):
    """What is wrong with the file, and where."""

    def __init__(self, what: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(what)
        self.record = {"wrong": what, "line": line, "column": column}


def main(orders: dict[str, Any]) -> dict[str, Any]:
    """Names and rate; the values, float64 (rows, columns), are saved."""
    _bound(orders["bytes"])
    try:
        frame = _frame(orders)
        rate, frame = _rate(frame)
        np.save(orders["values"], _values(frame))
    except _WrongError as error:
        return error.record
    return {"names": frame.columns, "rate_hz": rate}


def _bound(expanded: int) -> None:
    """Leave the process no more memory than a sound file needs, where the system can say so."""
    try:
        import resource
    except ImportError:
        return
    most = _MEMORY + 8 * expanded
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _frame(orders: dict[str, Any]) -> pl.DataFrame:
    import polars as pl

    times = (pl.Datetime, pl.Duration, pl.Time)
    lazy = pl.scan_parquet(orders["path"], glob=False, hive_partitioning=False)
    schema = lazy.collect_schema()
    columns, rows = len(schema), int(lazy.select(pl.len()).collect().item())
    if columns > orders["columns"]:
        raise _WrongError(f"it has {columns} columns, more than a signal may have values")
    for number, (name, kind) in enumerate(schema.items(), 1):
        if not (kind.is_float() or kind.is_integer() or (number == 1 and kind.base_type() in times)):
            what = f"the column {name[:40]!r} is of type {str(kind)[:40]}, no numbers; drop it or convert it"
            raise _WrongError(what, column=number)
    if rows * columns * 4 > orders["bytes"]:
        what = f"{orders['stored']} bytes would become {rows} rows of {columns} columns"
        raise _WrongError(f"{what}, as no recording of a sensor does; write it uncompressed")
    if not rows or not columns:
        raise _WrongError("the file has no signals; record some, one per line")
    return lazy.collect()


def _rate(frame: pl.DataFrame) -> tuple[float | None, pl.DataFrame]:
    """The rate by a first column of times, and the other columns; no rate where there is no such column."""
    name, first = frame.columns[0], frame.to_series(0)
    if not first.dtype.is_temporal() and not (name.strip().lower() == "time" and first.dtype.is_float()):
        return None, frame
    if frame.width == 1:
        raise _WrongError("it has nothing but times; write the values beside them")
    seconds = first.to_physical().cast(float).to_numpy() if first.dtype.is_temporal() else first.to_numpy()
    steps = np.diff(seconds)
    if first.null_count() or not np.isfinite(seconds).all() or not (steps > 0).all():
        raise _WrongError(f"the times in {name[:40]!r} do not all increase; sort the rows, or drop the column")
    if len(steps) > 2 and steps.max() > _JUMP * np.median(steps):
        row = int(steps.argmax()) + 2
        raise _WrongError(f"samples are missing before the time {seconds[row - 1]:g}; cut the log there", row, 1)
    rate = (len(steps) / (seconds[-1] - seconds[0]) * _ticks(first)) if len(steps) else None
    return rate, frame.drop(name)


def _ticks(times: pl.Series) -> float:
    """How many of the column's units are in a second."""
    import polars as pl

    if isinstance(times.dtype, pl.Datetime | pl.Duration):
        return {"ms": 1e3, "us": 1e6, "ns": 1e9}[times.dtype.time_unit]
    return 1e9 if times.dtype == pl.Time else 1.0


def _values(frame: pl.DataFrame) -> NDArray[Any]:
    for number, column in enumerate(frame.iter_columns(), 1):
        if column.null_count():
            row = int(column.is_null().arg_max() or 0) + 1
            raise _WrongError("a value is missing; fill it in or delete the row", row, number)
    return frame.to_numpy()


if __name__ == "__main__":
    os.environ["POLARS_MAX_THREADS"] = "2"
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
