"""Whatever the bytes are, a reader returns numbers or raises a BitloopError in a sentence: nothing else, ever.

Files are sound ones with bytes changed, cut out or put in, and descriptions with fields replaced by any JSON.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import BitloopError
from bitloop.signals.acquisitions import read_acquisition, read_stream
from bitloop.signals.acquisitions.windows import choose_tags, sheet, tagged
from bitloop.signals.reader import read_table
from tests.signals.acquisition import Files, v1, v2
from tests.signals.corpus import assert_sentence
from tests.signals.corpus_binary import npy, npz, parquet, wav, zipped

Change = tuple[float, bytes, int]

_CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=8), st.sampled_from([0, 1, 1, 1, 2, 4, 8, 100])),
    min_size=1,
    max_size=6,
)
"""Where in the file (0 begin, 1 end), what to put there, and how many bytes it replaces."""
_X = np.arange(60, dtype=np.float32).reshape(-1, 3)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from([1e300, -1, 0, "int8"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def _changed(content: bytes, changes: list[Change]) -> bytes:
    data = bytearray(content)
    for where, new, replaced in changes:
        place = int(where * len(data))
        data[place : place + replaced] = new
    return bytes(data)


def _survives(path: Path, read: Callable[[Path], object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read(path)
        except BitloopError as error:
            assert_sentence(error, path.name)


@pytest.mark.parametrize("kind", [np.int16, np.uint8, np.int32, np.float32])
@given(_CHANGES)
@settings(max_examples=200)
def test_wav(tmp_path: Path, kind: type, changes: list[Change]) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_changed(wav(_X.astype(kind)), changes))
    _survives(path, read_table)


@given(_CHANGES)
@settings(max_examples=300)
def test_npy(tmp_path: Path, changes: list[Change]) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(_changed(npy(_X), changes))
    _survives(path, read_table)


@given(_CHANGES, st.booleans())
@settings(max_examples=300)
def test_npz(tmp_path: Path, changes: list[Change], inside: bool) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(zipped(_changed(npy(_X), changes)) if inside else _changed(npz(x=_X), changes))
    _survives(path, read_table)


@given(_CHANGES)
@settings(max_examples=10)
def test_parquet(tmp_path: Path, changes: list[Change]) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(_changed(parquet(x=_X[:, 0], y=range(20)), changes)[:-8] + parquet(x=[1.0])[-8:])
    _survives(path, read_table)


def _read_all(folder: Path) -> None:
    acquisition = read_acquisition(folder)
    for component in acquisition.components:
        stream = read_stream(component)
        assert np.isfinite(stream.log.x).all()
        assert stream.times is None or len(stream.times) == len(stream.log.x)
        whole = sheet(stream, folder.name)
        assert sum(map(len, whole.stretches())) == len(stream.log.x)
        if acquisition.tags and stream.times is not None:
            with contextlib.suppress(BitloopError):
                tagged(stream, folder.name, choose_tags(acquisition.tags, ["all"], folder))


def _write(folder: Path, files: Files) -> Path:
    place = folder / "acq"
    place.mkdir(exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


_TAGGED: dict[str, Files] = {
    "v1": v1(tags=[{"Label": "a", "Enable": True, "t": 0.6}, {"Label": "a", "Enable": False, "t": 0.8}]),
    "v2": v2(info={"tags": [{"l": "a", "e": True, "ta": "2024-09-16T15:21:49.700Z"}]}),
}


@pytest.mark.parametrize("version", ["v1", "v2"])
@given(st.integers(0, 2), _CHANGES)
@settings(max_examples=300)
def test_bytes_of_acquisitions(tmp_path: Path, version: str, which: int, changes: list[Change]) -> None:
    files = _TAGGED[version]
    name = sorted(files)[which]
    _survives(_write(tmp_path, files | {name: _changed(files[name], changes)}), _read_all)


def _places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in _places(value, (*path, key)))]


def _replaced(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("version", ["v1", "v2"])
@given(st.data())
@settings(max_examples=300)
def test_fields_of_acquisitions(tmp_path: Path, version: str, data: st.DataObject) -> None:
    files = _TAGGED[version]
    name = data.draw(st.sampled_from([name for name in sorted(files) if name.endswith(".json")]))
    described = json.loads(files[name])
    place = data.draw(st.sampled_from(_places(described)))
    made = json.dumps(_replaced(described, place, data.draw(_JSON))).encode()
    _survives(_write(tmp_path, files | {name: made}), _read_all)
