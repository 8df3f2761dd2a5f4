"""Malformed WAV, NumPy and Parquet files: each is made when a test asks for it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from scipy.io import wavfile

from tests.signals.corpus import Content, Malformed


def wav(samples: np.ndarray[Any, Any] | None = None, rate: int = 8000) -> bytes:
    """A sound file."""
    stream = io.BytesIO()
    wavfile.write(stream, rate, np.arange(600, dtype=np.int16).reshape(-1, 2) if samples is None else samples)
    return stream.getvalue()


def npy(array: np.ndarray[Any, Any], **options: Any) -> bytes:
    """What numpy.save makes of it."""
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def npz(**arrays: np.ndarray[Any, Any]) -> bytes:
    """What numpy.savez_compressed makes of them."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def parquet(**columns: Any) -> bytes:
    """What polars makes of the columns."""
    stream = io.BytesIO()
    pl.DataFrame(columns).write_parquet(stream)
    return stream.getvalue()


def _chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if length is None else length) + content


def _riff(*chunks: bytes) -> bytes:
    return _chunk(b"RIFF", b"WAVE" + b"".join(chunks))


def _format(code: int = 1, channels: int = 1, rate: int = 8000, align: int = 2, bits: int = 16) -> bytes:
    return _chunk(b"fmt ", struct.pack("<HHIIHH", code, channels, rate, rate * align, align, bits))


def _header(text: str) -> bytes:
    """An `.npy` with that header and 24 bytes behind it."""
    line = text.encode("latin-1").ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(line)) + line + b"\0" * 24


def _shape(shape: str, dtype: str = "'<f4'") -> bytes:
    return _header(f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}")


def zipped(content: bytes, name: str = "x.npy", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def _bomb(method: int, size: int = 1 << 20) -> Content:
    return lambda: zipped(npy(np.zeros(size, dtype=np.uint8)), method=method)


def _lying_bomb() -> bytes:
    """What says that it has a kilobyte, and has thirty megabytes."""
    data = zipped(b"\0" * (30 << 20))
    size = struct.pack("<I", 30 << 20)
    return data.replace(size, struct.pack("<I", 1024))


def _encrypted() -> bytes:
    data = bytearray(zipped(npy(np.zeros(9))))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _constant() -> bytes:
    """Seventeen million rows in a few kilobytes."""
    return parquet(x=pl.repeat(0, 17_000_000, dtype=pl.Int8, eager=True))


_X = np.arange(12, dtype=np.float32).reshape(4, 3)
_NAN = np.where(_X == 7, np.nan, _X)
_UNREADABLE = "it is no Parquet file that can be read"


def _rows(file: str, *rows: tuple[Any, ...]) -> tuple[Malformed, ...]:
    return tuple(Malformed(name, file, content, *expected) for name, content, *expected in rows)


WAV = _rows(
    "sound.wav",
    ("an empty file", b"", "it is no WAV file"),
    ("text", b"1,2,3\n" * 10, "it is no WAV file"),
    ("an AVI file", _chunk(b"RIFF", b"AVI LIST" + bytes(40)), "it is no WAV file"),
    ("only a header", _riff(), "it has no fmt chunk"),
    ("no data", _riff(_format()), "it has no data chunk"),
    ("no format", _riff(_chunk(b"data", bytes(40))), "it has no fmt chunk"),
    ("data cut off", lambda: wav()[:-100], "'data' chunk says 1200 bytes where 1100 are left"),
    ("data of four gigabytes", _riff(_format(), _chunk(b"data", bytes(40), 0xFFFFFFFF)), "says 4294967295 bytes"),
    ("a format longer than the file", _riff(_chunk(b"fmt ", bytes(16), 1 << 30)), "says 1073741824 bytes where 16"),
    ("a format of two bytes", _riff(_chunk(b"fmt ", b"\1\0"), _chunk(b"data", bytes(40))), "do not fit together"),
    ("no channels", _riff(_format(channels=0), _chunk(b"data", bytes(40))), "do not fit together"),
    ("samples of no bytes", _riff(_format(align=0), _chunk(b"data", bytes(40))), "do not fit together"),
    ("samples of 17 bits", _riff(_format(bits=17), _chunk(b"data", bytes(40))), "do not fit together"),
    ("a compressed format", _riff(_format(code=2), _chunk(b"data", bytes(40))), "no WAV file of PCM"),
    ("a rate of zero", _riff(_format(rate=0), _chunk(b"data", bytes(40))), "its rate is 0 Hz"),
    ("a rate of gigahertz", _riff(_format(rate=0x3FFFFFFF), _chunk(b"data", bytes(40))), "its rate is 1073741823 Hz"),
    ("no samples", lambda: wav(np.empty((0, 2), dtype=np.int16)), "the file has no signals"),
    ("NaN", lambda: wav(_NAN.astype(np.float32)), "nan is no usable value", 3, 2),
    ("values beyond float32", lambda: wav(np.array([1.0, 1e300])), "1e+300 is no usable value", 2, 1),
    ("a million chunks", lambda: _riff(*[_chunk(b"junk", b"")] * 1_000_000), "more than 1000 chunks"),
)

NPY = _rows(
    "array.npy",
    ("an empty file", b"", "it is empty"),
    ("text", b"1,2,3\n", "it is no array of NumPy"),
    ("a version of the future", b"\x93NUMPY\x09\x00" + bytes(200), "it is no array of NumPy"),
    ("a header cut off", npy(_X)[:60], "it is no array of NumPy"),
    ("data cut off", npy(_X)[:-1], "its shape needs 48 bytes where there are 47"),
    ("bytes behind the data", npy(_X) + b"\0", "its shape needs 48 bytes where there are 49"),
    ("objects", npy(np.array([1, "x"], dtype=object), allow_pickle=True), "Python objects, which are never loaded"),
    ("strings", npy(np.array(["1", "2"])), "of type '<U1', no real numbers"),
    ("truth values", npy(np.array([True, False])), "of type 'bool', no real numbers"),
    ("complex numbers", npy(np.array([1j])), "of type 'complex128', no real numbers"),
    ("records", npy(np.zeros(3, dtype=[("x", "f4")])), "no real numbers"),
    ("dates", npy(np.array(["2024-01-01"], dtype="M8[s]")), "no real numbers"),
    ("one number", npy(np.float32(3)), "0 dimensions"),
    ("four dimensions", npy(np.zeros((2, 2, 2, 2))), "4 dimensions"),
    ("nothing", npy(np.zeros((0, 3))), "the file has no signals"),
    ("lines without values", npy(np.zeros((3, 0))), "the file has no signals"),
    ("a shape of exabytes", _shape("(1 << 60,)".replace("1 << 60", str(1 << 60))), "its shape needs 46116860"),
    ("a shape of thousands of digits", _shape("(" + "9" * 80 + ",)"), "its shape needs 3999999"),
    ("a negative shape", _shape("(-2, -3)"), "its shape needs 24 bytes"),
    ("a shape in words", _shape("('six',)"), "it is no array of NumPy"),
    ("a type that is code", _shape("(6,)", "__import__('os')"), "it is no array of NumPy"),
    ("a type that nobody knows", _shape("(6,)", "'<q9'"), "it is no array of NumPy"),
    ("a header that is no literal", _header("{[" * 50), "it is no array of NumPy"),
    ("a deep nest", b"\x93NUMPY\x02\x00" + struct.pack("<I", 60000) + b"(" * 60000, "it is no array of NumPy"),
    ("a header of gigabytes", b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{", "it is no array of NumPy"),
    ("NaN", npy(_NAN), "nan is no usable value", 3, 2),
    ("values beyond float32", npy(np.array([[1.0, 4e38]])), "4e+38 is no usable value", 1, 2),
    ("signals that are too long", npy(np.zeros((2, 20000))), "20000 values are too many", 1),
)

NPZ = _rows(
    "arrays.npz",
    ("an empty file", b"", "it is no archive"),
    ("text", b"1,2,3\n", "it is no archive"),
    ("an archive cut off", npz(x=_X)[:-30], "it is no archive"),
    ("an empty archive", lambda: npz(), "0 arrays"),
    ("two arrays", npz(a=_X, b=_X), "2 arrays ('a, b')"),
    ("no array inside", zipped(b"hello", "readme.txt"), "it is no array of NumPy"),
    ("objects", zipped(npy(np.array([None]), allow_pickle=True)), "Python objects, which are never loaded"),
    ("a bomb", _bomb(zipfile.ZIP_DEFLATED, 70 << 20), "would become 73400448"),
    ("a bomb of bzip2", _bomb(zipfile.ZIP_BZIP2), "compressed in a way NumPy does not use"),
    ("a bomb that lies", _lying_bomb, "it is no archive"),
    ("a bomb of LZMA", _bomb(zipfile.ZIP_LZMA), "compressed in a way NumPy does not use"),
    ("a bomb in a bomb", zipped(zipped(b"\0" * 9999)), "it is no array of NumPy"),
    ("a shape of exabytes", zipped(_shape(f"({1 << 60},)")), "its shape needs 46116860"),
    ("an encrypted array", _encrypted, "it is no archive"),
    (
        "a checksum that is wrong",
        lambda: zipped(npy(_X), method=0).replace(b"\0\0\x80?", b"\0\0\x80@"),
        "no archive",
    ),
)

PARQUET = _rows(
    "table.parquet",
    ("an empty file", b"", _UNREADABLE),
    ("text", b"1,2,3\n" * 10, _UNREADABLE),
    ("only the marks", b"PAR1PAR1", _UNREADABLE),
    ("a footer of gigabytes", b"PAR1" + bytes(40) + b"\xff\xff\xff\x7fPAR1", _UNREADABLE),
    ("a file cut off", lambda: parquet(x=[1.0, 2.0])[:-9], _UNREADABLE),
    ("strings", lambda: parquet(x=["1", "2"]), "'x' is of type String, no numbers", None, 1),
    ("truth values", lambda: parquet(x=[1.0], y=[True]), "'y' is of type Boolean", None, 2),
    ("lists", lambda: parquet(x=[[1.0], [2.0]]), "'x' is of type List", None, 1),
    ("no rows", lambda: parquet(x=np.zeros(0)), "the file has no signals"),
    ("only times", lambda: parquet(Time=[0.0, 0.1]), "nothing but times"),
    ("times that fall", lambda: parquet(Time=[0.0, 0.1, 0.05], x=[1, 2, 3]), "do not all increase"),
    ("a gap in the times", lambda: parquet(Time=[0.0, 0.1, 0.2, 0.9, 1.0], x=[1] * 5), "before the time 0.9", 4, 1),
    ("a missing value", lambda: parquet(x=[1.0, 2.0], y=[3.0, None]), "a value is missing", 2, 2),
    ("NaN", lambda: parquet(x=[1.0, float("nan")]), "nan is no usable value", 2, 1),
    ("a bomb", _constant, "would become 17000000 rows"),
    ("too many columns", lambda: parquet(**{str(n): [1.0] for n in range(16385)}), "it has 16385 columns"),
)

ROWS = (*WAV, *NPY, *NPZ, *PARQUET)
GOOD: dict[str, Callable[[], bytes]] = {
    "sound.wav": wav,
    "array.npy": lambda: npy(_X),
    "arrays.npz": lambda: npz(x=_X),
    "table.parquet": lambda: parquet(x=[1.0, 2.0], y=[3, 4]),
}
"""A sound file of each format."""
