"""WAV, NumPy and Parquet files are read as what was written into them, and as what they say they are."""

from __future__ import annotations

import io
import struct
import wave
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bitloop.errors import InputError
from bitloop.signals.reader import read_log, read_recording, read_table
from tests.signals.corpus_binary import npy, npz, parquet, wav

_X = np.linspace(-2, 2, 24, dtype=np.float32).reshape(8, 3)


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_pcm_of_every_width_fills_the_scale(tmp_path: Path, width: int) -> None:
    stream = io.BytesIO()
    full = 1 << (8 * width - 1)
    numbers = np.array([[-full, full - 1], [0, 1], [full // 2, -1]])
    stored = numbers + full if width == 1 else numbers
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(width)
        sound.setframerate(16000)
        sound.writeframes(b"".join(int(n).to_bytes(width, "little", signed=width > 1) for n in stored.ravel()))
    log = read_log(_file(tmp_path, "a.wav", stream.getvalue()))
    assert np.array_equal(log.x, (numbers / full).astype(np.float32))
    assert (log.rate_hz, log.axes) == (16000.0, ("channel 1", "channel 2"))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floats_in_wav_stay_as_they_are(tmp_path: Path, kind: type) -> None:
    log = read_log(_file(tmp_path, "a.wav", wav(_X.astype(kind), 192000)))
    assert np.array_equal(log.x, _X)
    assert log.rate_hz == 192000.0


def test_an_extensible_header_and_chunks_of_other_programs_are_read(tmp_path: Path) -> None:
    guid = b"\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 16000, 2, 16, 22, 16, 4) + guid
    chunks = [(b"fmt ", form), (b"LIST", b"INFOx\0"), (b"data", struct.pack("<3h", 1, -2, 3)), (b"id3 ", b"abc\0")]
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(content)) + content for name, content in chunks)
    path = _file(tmp_path, "a.wav", b"RIFF" + struct.pack("<I", len(body)) + body)
    assert read_log(path).x[:, 0] * 32768 == pytest.approx([1, -2, 3])


@given(
    arrays.arrays(
        st.sampled_from(["<f4", ">f4", "<f8", "<f2", "<i2", ">i4", "u1", "<u4"]),
        arrays.array_shapes(min_dims=1, max_dims=3, max_side=5),
        elements=st.integers(0, 120),
    ),
    st.booleans(),
    st.sampled_from(["npy", "npz"]),
)
@settings(max_examples=60)
def test_arrays_are_read_as_they_were_saved(
    tmp_path_factory: pytest.TempPathFactory, array: np.ndarray[Any, Any], by_column: bool, suffix: str
) -> None:
    folder = tmp_path_factory.mktemp("numpy")
    stored = np.asfortranarray(array) if by_column else array
    content = npy(stored) if suffix == "npy" else npz(some=stored)
    table = read_table(_file(folder, f"a.{suffix}", content))
    assert np.array_equal(table.values, array.reshape(len(array), -1).astype(np.float32))
    assert table.lines.tolist() == list(range(1, len(array) + 1))


def test_of_several_arrays_the_one_called_x_is_read(tmp_path: Path) -> None:
    assert np.array_equal(read_table(_file(tmp_path, "a.npz", npz(y=_X[:1], x=_X))).values, _X)


def test_arrays_may_have_targets_in_front(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.npy", npy(np.column_stack([[5.0, 6.0], _X[:2]])))
    recording = read_recording(path, "", axes=3, target_first=True)
    assert recording.targets is not None
    assert recording.targets.tolist() == [5.0, 6.0]
    assert np.array_equal(recording.x, _X[:2])


def test_columns_of_parquet_are_axes_with_units(tmp_path: Path) -> None:
    columns = {"A_x [g]": _X[:, 0], "count": np.arange(8)}
    log = read_log(_file(tmp_path, "a.parquet", parquet(**columns)))
    assert np.array_equal(log.x, np.column_stack([_X[:, 0], np.arange(8)]).astype(np.float32))
    assert (log.axes, log.units, log.rate_hz) == (("A_x", "count"), ("g", ""), None)


def test_times_in_front_give_the_rate(tmp_path: Path) -> None:
    start, x = datetime(2024, 9, 16), _X[:, 0]
    moments = [start + n * timedelta(milliseconds=2.5) for n in range(8)]
    for times, name in ((np.arange(8) / 400 + 7, "time"), (moments, "when")):
        log = read_log(_file(tmp_path, "a.parquet", parquet(**{name: times, "x": x})))
        assert log.rate_hz == pytest.approx(400)
        assert log.axes == ("x",)


def test_an_export_of_st_to_parquet_would_be_read(tmp_path: Path, data: Path) -> None:
    """The columns are those of its CSV files; its own Parquet files have the same."""
    frame = pl.read_csv(data / "st_hsd_fan" / "ref_csv" / "Fan_on" / "ism330dhcx_acc.csv")
    frame.write_parquet(tmp_path / "fan.parquet")
    log = read_log(tmp_path / "fan.parquet")
    assert (log.axes, log.units) == (("A_x", "A_y", "A_z"), ("g", "g", "g"))
    assert log.rate_hz == pytest.approx(104.48, rel=1e-3)
    assert np.array_equal(log.x, frame[:, 1:].to_numpy().astype(np.float32))


def test_a_name_of_parquet_is_only_a_name(tmp_path: Path) -> None:
    """polars would look for patterns and partitions in it."""
    folder = tmp_path / "class=1"
    folder.mkdir()
    path = _file(folder, "a[*]?.parquet", parquet(x=[1.0, 2.0]))
    assert read_table(path).values.tolist() == [[1.0], [2.0]]


def test_the_worker_is_not_believed_beyond_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bitloop.signals.formats import parquet as module

    monkeypatch.setattr(module, "_PATIENCE", 0.001)
    with pytest.raises(InputError, match="no Parquet file that can be read"):
        read_table(_file(tmp_path, "a.parquet", parquet(x=[1.0])))
