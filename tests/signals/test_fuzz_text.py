"""Text of signals under fire: any bytes, valid files with damage, and valid files of every shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bitloop.errors import BitloopError
from bitloop.signals import text
from bitloop.signals.reader import read_table
from tests.signals.corpus import assert_sentence
from tests.signals.corpus_text import ROWS

EXAMPLES = 1000
"""Some seconds of one core for each of the tests."""

_SPLIT = re.compile(rb"[ \t]*[,;][ \t]*|[ \t]+")
_SMALL = [row.content for row in ROWS if isinstance(row.content, bytes) and len(row.content) < 500]

floats = st.floats(allow_nan=False, allow_infinity=False, width=32)
separators = st.sampled_from([",", ";", "\t", " ", ", ", " ; "])
ends = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])


@st.composite
def valid(draw: st.DrawFn) -> tuple[bytes, NDArray[np.float32]]:
    """A file as some program might write it, and its values."""
    rows, values = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    x = np.array(draw(st.lists(floats, min_size=rows * values, max_size=rows * values)), dtype=np.float32)
    form = draw(st.sampled_from(["%r", "%.17g", "%.16e", "%+.17E"]))
    separator, trailing = draw(separators), draw(st.booleans())
    content = draw(st.sampled_from(["", "\ufeff", "\n"]))
    for row in x.reshape(rows, values):
        content += separator.join(form % float(v) for v in row) + separator * trailing + draw(ends)
    return content.encode(), x.reshape(rows, values)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A valid or a malformed file with bytes taken out, put in, turned round or written twice."""
    content = draw(st.one_of(valid().map(lambda pair: pair[0]), st.sampled_from(_SMALL)))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        inside = content[first:last]
        middle = draw(
            st.one_of(
                st.sampled_from(
                    [b"", inside[::-1], inside * 2, b"-", b".", b"e", b"\r", b"\n", b",", b" ", b"nan", b"\0"]
                ),
                st.binary(max_size=4),
            )
        )
        content = content[:first] + middle + content[last:]
    return content


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "signals.csv"


@pytest.fixture(scope="module", autouse=True)
def _small_blocks() -> Iterator[None]:
    """Seams between blocks are where a reader goes wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", 160)
        patch.setattr(text, "_FEW", 16)
        yield


@settings(max_examples=EXAMPLES)
@given(valid())
def test_valid_files_are_read_exactly(path: Path, pair: tuple[bytes, NDArray[np.float32]]) -> None:
    content, x = pair
    path.write_bytes(content)
    assert read_table(path).values.tobytes() == x.tobytes()


@settings(max_examples=EXAMPLES)
@given(damaged())
def test_damaged_files_are_refused_in_a_sentence_or_read_as_they_stand(path: Path, content: bytes) -> None:
    _is_refused_or_right(path, content)


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=200) | st.text("0123456789.,;+-eE \t\r\n", max_size=200).map(str.encode))
@example(b"1,2\r")
@example(b"\xef\xbb\xbf\r\n1 2\n3 4\n5")
def test_any_bytes_are_refused_in_a_sentence_or_read_as_they_stand(path: Path, content: bytes) -> None:
    _is_refused_or_right(path, content)


def _is_refused_or_right(path: Path, content: bytes) -> None:
    """Every line of an accepted file is in the table with its own numbers, or is named as left out, or blank."""
    path.write_bytes(content)
    try:
        table = read_table(path)
    except BitloopError as error:
        assert_sentence(error, path.name)
        return
    assert np.isfinite(table.values).all()
    lines = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    rows = dict(zip(table.lines.tolist(), table.values, strict=True))
    for number, line in enumerate(lines, 1):
        if number in rows:
            fields = [float(field) for field in _SPLIT.split(line.strip(b" \t")) if field]
            with np.errstate(under="ignore"):
                assert np.array(fields).astype(np.float32).tobytes() == rows[number].tobytes()
        else:
            assert not line.strip(b" \t") or number in table.cut
    assert set(table.cut) <= {next(n for n, line in enumerate(lines, 1) if line.strip(b" \t")), len(lines)}
