"""ST's acquisitions read as ST's own tools read them.

`ref_csv/`, `ref_labeled/` and `ref_nanoedge/` were written by ST's SDK, `ref_unico/` by ST in 2021. ST prints a value
rounded to six decimals: as float64 where the sensor sends integers, as float32 where it sends floats. Equal means: as
many rows, and each of our float32 values, rounded in that way, is the number that was printed, as are the times. (Of
what an ISPU's program sends as a float, ST keeps the whole number.)
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from bitloop.signals.acquisitions import Stream, Tag, read_acquisition, read_stream
from bitloop.signals.acquisitions.windows import sheet, tagged
from bitloop.signals.shape.window import window

_SETS = ("st_hsd_fan", "st_hsd2")
_EXPORTED = 50_000
"""Of microphones the reference has only the first samples; see MANIFEST.md of the recordings."""


@cache
def _stream(folder: Path, name: str) -> Stream:
    found = {component.name: component for component in read_acquisition(folder).components}
    return read_stream(found[name])


def _text(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes())


def _numbers(content: bytes, header: bool = True) -> NDArray[np.float64]:
    frame = pl.read_csv(content, has_header=header, infer_schema=False)
    return frame.cast(pl.Float64).to_numpy()


def _as_printed(x: NDArray[np.float32], printed: NDArray[np.float64], name: str) -> NDArray[np.bool_]:
    if name.endswith("_ispu"):
        return np.trunc(x).astype(np.float64) == printed
    if name.endswith(("_press", "_temp", "_hum")):
        return np.round(x, 6) == printed.astype(np.float32)
    return np.round(x.astype(np.float64), 6) == printed


def _exports(data: Path) -> list[tuple[Path, str, Path]]:
    """(acquisition, component, what ST made of it)."""
    paths = [path for name in _SETS for path in sorted((data / name / "ref_csv").glob("*/*"))]
    return [
        (p.parents[2] / "acq" / p.parent.name, p.name.partition(".")[0], p.parent / p.name.removesuffix(".gz"))
        for p in paths
    ]


def test_every_component_equals_the_export_of_st(data: Path) -> None:
    exports = _exports(data)
    assert len(exports) == 6 + 26
    for folder, name, path in exports:
        stream, content = _stream(folder, name), _text(path)
        header = content.partition(b"\n")[0].decode().rstrip("\r").split(",")
        log = stream.log
        assert header == ["Time", *(f"{axis} [{unit}]" for axis, unit in zip(log.axes, log.units, strict=True))]
        printed = _numbers(content)
        if name.endswith("_mic"):
            assert len(printed) == _EXPORTED < len(log.x)
        else:
            assert len(printed) == len(log.x)
        assert stream.times is not None
        assert (np.round(stream.times[: len(printed)], 6) == printed[:, 0]).all(), path
        assert _as_printed(log.x[: len(printed)], printed[:, 1:], name).all(), path


def test_there_are_as_many_samples_as_st_exported(data: Path) -> None:
    for name in _SETS:
        with (data / name / "REFERENCE.tsv").open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
        assert rows
        described = [
            (f.name, c.name) for f in sorted((data / name / "acq").iterdir()) for c in read_acquisition(f).components
        ]
        assert Counter(described) == Counter((row["acquisition"], row["component"]) for row in rows)
        for row in rows:
            stream = _stream(data / name / "acq" / row["acquisition"], row["component"])
            assert len(stream.log.x) == int(row["samples_exported_by_ST_SDK"])
            assert stream.gaps == ()


def test_tags_begin_and_end_where_st_labels_samples(data: Path) -> None:
    files = sorted((data / "st_hsd2" / "ref_labeled").glob("*/*.csv"))
    assert len(files) == 4
    for path in files:
        folder = data / "st_hsd2" / "acq" / path.parent.name
        stream, tags = _stream(folder, path.stem), read_acquisition(folder).tags
        table = pl.read_csv(path)
        sheets = tagged(stream, "x", tags)
        assert list(sheets) == ["SW_TAG_0", "SW_TAG_1"]
        for label, part in sheets.items():
            rows = np.flatnonzero(table[label].to_numpy())
            assert np.array_equal(part.values, stream.log.x[rows])
            assert part.seams == tuple(np.flatnonzero(np.diff(rows) > 1) + 1)


def test_windows_equal_the_nanoedge_files_of_st(data: Path) -> None:
    files = [path for name in _SETS for path in sorted((data / name / "ref_nanoedge").iterdir())]
    assert len(files) == 6
    for path in files:
        acquisition, _, rest = path.name.partition("__") if "__" in path.name else path.name.partition("_ism")
        name = "ism330dhcx_acc" if not rest.startswith(("iis", "lsm")) else "_".join(rest.split("_")[:2])
        stream = _stream(path.parents[1] / "acq" / acquisition, name)
        printed = _numbers(_text(path.parent / path.name.removesuffix(".gz")), header=False)
        made = window(sheet(stream, name), printed.shape[1] // 3, printed.shape[1] // 3)
        assert made.values.shape == printed.shape
        assert _as_printed(made.values, printed, name).all(), path


def test_values_equal_what_st_made_for_unico(data: Path) -> None:
    files = sorted((data / "st_hsd_fan" / "ref_unico").glob("*/*.txt"))
    assert len(files) == 3
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()[4:]
        printed = np.loadtxt(io.StringIO("\n".join(lines)))
        folder = data / "st_hsd_fan" / "acq" / path.parent.name
        both = [_stream(folder, f"ism330dhcx_{kind}").log.x for kind in ("acc", "gyro")]
        assert _as_printed(np.concatenate(both, axis=1), printed, "ism330dhcx").all()


def test_the_rate_is_measured_by_the_times(data: Path) -> None:
    stream = _stream(data / "st_hsd2" / "acq" / "STWIN_DL2_00001", "iis2dh_acc")
    assert stream.times is not None
    seconds = stream.times[-1] - stream.times[1000]
    # the sensor ran at 1279 Hz where the board's description believes 1600
    assert stream.log.rate_hz == pytest.approx((len(stream.times) - 1 - 1000) / seconds, rel=1e-4)
    assert stream.log.rate_hz == pytest.approx(1278.5, rel=1e-4)


def test_tags_pair_with_the_next_end_or_last_to_the_end() -> None:
    from bitloop.signals.acquisitions.tags import pair

    marks = [
        ("a", True, 1.0),
        ("b", True, 2.0),
        ("a", False, 3.0),
        ("a", True, 4.0),
        ("b", False, 5.0),
        ("c", False, 6),
    ]
    assert pair(marks) == (Tag("a", 1.0, 3.0), Tag("b", 2.0, 5.0), Tag("a", 4.0, float("inf")))
