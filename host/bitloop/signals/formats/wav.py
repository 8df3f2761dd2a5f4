"""WAV files: 8, 16, 24 and 32-bit PCM and floats, as a continuous log with an axis per channel.

PCM becomes -1 to 1 (full scale is 1), as in ST's exports of microphones; floats stay as they are, read and written.
"""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.formats.values import to_table
from bitloop.signals.table import Table

_MOST_CHUNKS = 1000
_CLOSE = 1e-3
_FASTEST = 1e8


def read(path: Path) -> Table:
    """Every sample and the rate. InputError says what is wrong."""
    from scipy.io import wavfile

    _check_chunks(path)
    try:
        with warnings.catch_warnings():
            # of chunks with names, cover pictures and the like
            warnings.simplefilter("ignore")
            rate, samples = wavfile.read(path)
    except Exception as error:  # scipy raises whatever its parser stumbles over
        what = "it is no WAV file of PCM or float samples that can be read; export it as 16-bit PCM"
        raise InputError(what, path) from error
    x = _scaled(samples[:, None] if samples.ndim == 1 else samples)
    axes = tuple(f"channel {n}" for n in range(1, x.shape[1] + 1))
    return to_table(x, path, float(rate), axes, ("Waveform",) * len(axes))


def write(values: NDArray[np.float32], rate_hz: float) -> bytes:
    """A file of (samples, axes) as floats, which stay as they are. ValueError where its header cannot say the rate,
    which is in whole Hz, or how many bytes there are."""
    from scipy.io import wavfile

    whole = round(rate_hz)
    if not abs(whole - rate_hz) <= _CLOSE * rate_hz or not 0 < whole <= _FASTEST:
        raise ValueError(f"a WAV file has whole Hz as its rate, not {rate_hz:g}; say the nearest with --rate")
    stream = io.BytesIO()
    wavfile.write(stream, whole, np.ascontiguousarray(values, dtype=np.float32))
    return stream.getvalue()


def _scaled(samples: NDArray[Any]) -> NDArray[Any]:
    """PCM to -1 to 1; scipy has 24 bits in the upper ones of 32."""
    if samples.dtype.kind == "u":
        return (samples.astype(np.float32) - 128) / np.float32(128)
    if samples.dtype.kind == "i":
        return samples.astype(np.float64) / 2.0 ** (8 * samples.dtype.itemsize - 1)
    return samples


def _check_chunks(path: Path) -> None:
    """InputError unless the file is RIFF WAVE and every chunk as long as it says, which scipy only warns of."""
    with path.open("rb") as stream:
        size = path.stat().st_size
        head = stream.read(12)
        if len(head) < 12 or head[:4] not in (b"RIFF", b"RIFX") or head[8:] != b"WAVE":
            raise InputError("it is no WAV file (RIFF WAVE); export it as WAV with 16-bit PCM", path)
        order = "<" if head[:4] == b"RIFF" else ">"
        names = _chunks(stream, order, size, path)
    missing = next((name for name in ("fmt ", "data") if name not in names), None)
    if missing is not None:
        raise InputError(f"it has no {missing.strip()} chunk, so it is cut off; copy it again", path)


def _chunks(stream: BinaryIO, order: str, size: int, path: Path) -> list[str]:
    names: list[str] = []
    place = 12
    while place + 8 <= size:
        if len(names) == _MOST_CHUNKS:
            raise InputError(f"it has more than {_MOST_CHUNKS} chunks; export it again", path)
        stream.seek(place)
        name, length = struct.unpack(f"{order}4sI", stream.read(8))
        names.append(name.decode("latin-1"))
        if place + 8 + length > size:
            what = f"its {names[-1].strip()!r} chunk says {length} bytes where {size - place - 8} are left"
            raise InputError(f"{what}; it is cut off, so copy or record it again", path)
        if name == b"fmt ":
            _check_format(stream.read(16), order, path)
        place += 8 + length + length % 2
    return names


def _check_format(content: bytes, order: str, path: Path) -> None:
    """InputError where the bits of a sample do not fill its bytes, which scipy takes for whatever they would fill."""
    _, channels, rate, _, size, bits = struct.unpack(f"{order}HHIIHH", content.ljust(16, b"\0"))
    width = size // channels if channels else 0
    if not width or width * channels != size or not 8 * (width - 1) < bits <= 8 * width:
        what = f"its header says {channels} channels of {bits} bits in {size} bytes, which do not fit together"
        raise InputError(f"{what}; export it again", path)
    if not 0 < rate <= _FASTEST:
        raise InputError(f"its rate is {rate} Hz; repair its header, or export it again", path)
