"""Reading signals: what is tolerated, how numbers round, and which sentence names which fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import InputError
from bitloop.signals import reader, text
from bitloop.signals.scan import scan
from bitloop.signals.spelling import spell

_GOOD = {
    "commas": b"1,2\n3,4\n",
    "semicolons": b"1;2\n3;4\n",
    "tabs": b"1\t2\n3\t4\n",
    "spaces and a trailing one, as the datalogger prints": b"1.000 2.000 \n3.000 4.000 \n",
    "two trailing spaces and CR LF, as an Arduino prints": b"1 2  \r\n3 4  \r\n",
    "blanks around commas": b" 1 , 2\n3 ,\t4\n",
    "trailing commas": b"1,2,\n3,4,\n",
    "a trailing comma on one line only": b"1,2\n3,4,\n",
    "a byte order mark": b"\xef\xbb\xbf1,2\n3,4\n",
    "no line end at the end": b"1,2\n3,4",
    "blank lines": b"\n1,2\n\n3,4\n \n\n",
    "CR alone": b"1,2\r3,4\r",
    "every line end at once": b"1,2\r\n\r3,4\n\r\n",
    "exponents and signs": b"+1,2e0\n.3E+1,40.e-1\n",
}


@pytest.mark.parametrize("content", _GOOD.values(), ids=_GOOD.keys())
def test_what_loggers_and_spreadsheets_write_is_read(tmp_path: Path, content: bytes) -> None:
    table = reader.read_table(_file(tmp_path, content))
    assert table.values.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert table.values.dtype == np.float32


_BAD = {
    "a header": (b"x,y\n1,2\n", 1, 1, "header"),
    "a word": (b"1,2\n3,four\n", 2, 2, "'four' is not a number"),
    "not a number": (b"1,2\n3,nan\n", 2, 2, "'nan' is no usable value"),
    "infinity": (b"1,2\n-inf,4\n", 2, 1, "'-inf' is no usable value"),
    "beyond float32": (b"1,2\n3,3.5e38\n", 2, 2, "beyond the range"),
    "beyond float64": (b"1,2\n1e999,4\n", 2, 1, "beyond the range"),
    "a missing value": (b"1,2,3\n4,,6\n", 2, 2, "a value is missing"),
    "a missing first value": (b"1,2\n,4\n", 2, 1, "a value is missing"),
    "two trailing commas": (b"1,2,,\n", 1, 3, "a value is missing"),
    "a decimal comma": (b"1,5;2,5\n", 1, 1, "decimal comma"),
    "decimal commas between spaces": (b"1,5 2,5\n", 1, 2, "more than one number"),
    "two separators": (b"1,2\n3;4\n", 2, 1, "'3;4' is more than one number"),
    "a short line": (b"1,2\n3\n4,5\n", 2, None, "1 value where the others have 2"),
    "a short line between": (b"1 2\n3 4\n5\n6 7", 3, None, "1 value where the others have 2"),
    "a short last line with its end": (b"1 2\n3 4\n5\n", 3, None, "1 value where the others have 2"),
    "a long first line": (b"1 2 3\n3 4\n5 6\n", 1, None, "3 values where the others have 2"),
    "a gap in a short first line": (b"1,,3\n4,5,6,7\n8,9,10,11\n", 1, 2, "a value is missing"),
    "a hexadecimal number": (b"1,2\n0x10,4\n", 2, 1, "not a number"),
    "an underscore": (b"1,2\n1_0,4\n", 2, 1, "not a number"),
    "foreign digits": ("1,2\n٣,4\n".encode(), 2, 1, "not a number"),
    "two signs": (b"1,2\n--3,4\n", 2, 1, "not a number"),
    "a fault after blank lines": (b"1,2\r\n\r\n3,x\r\n", 3, 2, "not a number"),
    "UTF-16": ("1,2\n".encode("utf-16"), None, None, "UTF-16"),
    "zero bytes": (b"1,2\n3,\x004\n", 2, None, "no text file"),
    "Latin-1": (b"1,2\n3,\xb5\n", 2, None, "not UTF-8"),
    "an empty file": (b"", None, None, "no signals"),
    "only line ends": (b"\r\n\n", None, None, "no signals"),
}


@pytest.mark.parametrize(("content", "line", "column", "words"), _BAD.values(), ids=_BAD.keys())
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, content: bytes, line: int | None, column: int | None, words: str
) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(InputError) as caught:
        reader.read_table(path)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_a_folder_and_a_foreign_suffix_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, words in (
        ("none.csv", "no such file"),
        ("folder.csv", "cannot be read"),
        ("a.xlsx", "only .csv, .txt"),
    ):
        with pytest.raises(InputError, match=words):
            reader.read_table(tmp_path / name)


def test_a_line_has_fewer_than_16384_values(tmp_path: Path) -> None:
    assert reader.read_table(_file(tmp_path, b"1," * 16383)).values.shape == (1, 16383)
    with pytest.raises(InputError, match="16384 values are too many"):
        reader.read_table(_file(tmp_path, b"1," * 16384))


def test_the_rules_of_the_studio_by_its_examples(tmp_path: Path) -> None:
    """Three axes at 1000 Hz in buffers of 256: 768 values a line; extrapolation, 1024 of three axes: 3073."""
    path = _file(tmp_path, (b"0.5 " * 768 + b"\n") * 2)
    assert reader.read_recording(path, "regular", axes=3).x.shape == (2, 256 * 3)
    path = _file(tmp_path, (b"21.5;" + b"0.5;" * 3072 + b"\n") * 2)
    extrapolation = reader.read_recording(path, "", axes=3, target_first=True)
    assert extrapolation.x.shape == (2, 1024 * 3)
    with pytest.raises(InputError, match="3073 values are not a multiple of 3 axes"):
        reader.read_recording(path, "regular", axes=3)
    path = _file(tmp_path, b"0.5 " * 3072 + b"\n")
    with pytest.raises(InputError, match="3071 values behind the target are not a multiple"):
        reader.read_recording(path, "", axes=3, target_first=True)


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    table = reader.read_table(_file(tmp_path, b"\r\n1 2\r\n\r\n3 4\n\n5 6"))
    assert table.lines.tolist() == [2, 4, 6]


def test_the_first_number_is_the_target_of_an_extrapolation(tmp_path: Path) -> None:
    path = _file(tmp_path, b"20,1,2\n30,3,4\n")
    recording = reader.read_recording(path, "", axes=2, target_first=True)
    assert recording.targets is not None
    assert recording.targets.tolist() == [20.0, 30.0]
    assert recording.x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("axes", "target_first", "multi_sensor", "words"),
    [
        (2, False, False, "3 values are not a multiple of 2 axes"),
        (3, True, False, "2 values behind the target are not a multiple"),
        (1, False, True, "3 values are not one sample of 1 axis "),
    ],
)
def test_a_width_that_does_not_fit_the_project_is_refused(
    tmp_path: Path, axes: int, target_first: bool, multi_sensor: bool, words: str
) -> None:
    path = _file(tmp_path, b"1,2,3\n")
    with pytest.raises(InputError, match=words):
        reader.read_recording(path, "", axes=axes, target_first=target_first, multi_sensor=multi_sensor)


def test_a_target_without_a_signal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only one number"):
        reader.read_recording(_file(tmp_path, b"1\n"), "", axes=1, target_first=True)


def test_a_continuous_log_has_one_sample_per_line(tmp_path: Path) -> None:
    path = _file(tmp_path, b"1 2 3 \n4 5 6 \n")
    log = reader.read_log(path, axes=3, rate_hz=100.0)
    assert log.x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert (log.rate_hz, len(log.axes), len(log.units)) == (100.0, 3, 3)
    with pytest.raises(InputError, match="line 1: 3 values are not one sample of 2 axes"):
        reader.read_log(path, axes=2)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=40))
def test_numbers_round_as_python_rounds_them(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    usable = [v for v in values if abs(v) < 3.4e38]
    path = _file(tmp_path_factory.getbasetemp(), ",".join(map(repr, [0.0, *usable])).encode())
    with np.errstate(under="ignore"):
        expected = np.array([0.0, *usable], dtype=np.float64).astype(np.float32)
    assert reader.read_table(path).values[0].tobytes() == expected.tobytes()


@given(st.binary(max_size=60) | st.text("0123456789.,;+-eE \t\r\nnaix", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        table = reader.read_table(_file(tmp_path_factory.getbasetemp(), content))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(table.values).all()
        assert len(table.lines) == len(table.values)


@given(st.text("01.,;+-eE \t\n", max_size=60).map(str.encode), st.sampled_from([b",", b";", b"\t", b" "]))
def test_the_quick_and_the_careful_way_agree(content: bytes, separator: bytes) -> None:
    quick = scan(content, separator)
    if quick is not None:
        careful = spell(content, separator, Path("a.csv"), 1, first=True)
        assert quick.values.tobytes() == careful.values.tobytes()
        assert (quick.counts.tolist(), quick.places.tolist()) == (careful.counts.tolist(), careful.places.tolist())


@given(st.text("01.,;+-eE \t\n", max_size=60).map(str.encode), st.sampled_from([b",", b";", b"\t", b" "]))
def test_the_careful_way_refuses_what_the_quick_way_leaves_to_it(content: bytes, separator: bytes) -> None:
    if scan(content, separator) is None:
        with pytest.raises(InputError):
            spell(content, separator, Path("a.csv"), 1, first=True)


def test_the_quick_way_serves_every_real_recording(data: Path) -> None:
    for path in sorted(data.glob("*/test_*.csv"))[:12]:
        assert scan(path.read_bytes(), b",") is not None


_BROKEN = {
    "a short first line": (b"2\n3,4\n5,6\n", 1, [[3.0, 4.0], [5.0, 6.0]]),
    "a first line that begins with its separator": (b",2\n3,4\n5,6\n", 1, [[3.0, 4.0], [5.0, 6.0]]),
    "half a number in the first line": (b"e-05 2\n3 4\n5 6\n", 1, [[3.0, 4.0], [5.0, 6.0]]),
    "a short first line below a blank one": (b"\r\n2\n3,4\n5,6\n", 2, [[3.0, 4.0], [5.0, 6.0]]),
    "a last line without its end": (b"1 2\n3 4\n5", 3, [[1.0, 2.0], [3.0, 4.0]]),
    "a last line that ends with its separator": (b"1,2,3\n4,5,6\n7,8,", 3, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "half a number in the last line": (b"1,2\n3,4\n5,-", 3, [[1.0, 2.0], [3.0, 4.0]]),
}


@pytest.mark.parametrize(("content", "line", "values"), _BROKEN.values(), ids=_BROKEN.keys())
def test_what_is_left_of_a_signal_is_left_out_and_named(
    tmp_path: Path, content: bytes, line: int, values: list[list[float]]
) -> None:
    table = reader.read_table(_file(tmp_path, content))
    assert table.cut == (line,)
    assert table.values.tolist() == values


def test_two_lines_are_too_few_to_tell_which_is_broken(tmp_path: Path) -> None:
    for content in (b"1\n2,3\n", b"1,2\n3"):
        with pytest.raises(InputError, match="where the others have"):
            reader.read_table(_file(tmp_path, content))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CR LF", "CR"])
def test_blocks_meet_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes) -> None:
    rows = np.arange(600, dtype=np.float32).reshape(-1, 6)
    content = b"".join(b"%d,%d,%d,%d,%d,%d" % tuple(row) + end * (1 + (i % 7 == 0)) for i, row in enumerate(rows))
    path = _file(tmp_path, content)
    whole = reader.read_table(path)
    assert whole.values.tolist() == rows.tolist()
    for size in range(60, 75):
        monkeypatch.setattr(text, "BLOCK", size)
        pieces = reader.read_table(path)
        assert pieces.values.tobytes() == whole.values.tobytes()
        assert pieces.lines.tolist() == whole.lines.tolist()


@pytest.mark.skipif(sys.platform != "linux", reason="the largest resident size is in KiB on Linux")
def test_a_long_file_takes_little_more_memory_than_its_numbers(tmp_path: Path) -> None:
    line = ",".join(f"{v:.6f}" for v in np.sin(np.arange(768))).encode() + b"\n"
    path = _file(tmp_path, line * (60_000_000 // len(line)))
    (tmp_path / "small.csv").write_bytes(line * 1000)
    code = """
import resource, sys
from pathlib import Path
from bitloop.signals.reader import read_table
peaks = []
for name in sys.argv[1:]:
    table = read_table(Path(name))
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
print(peaks[1] - peaks[0] - table.values.nbytes)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "small.csv"), str(path)]
    besides = int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert besides < 90_000_000


def test_a_line_longer_than_a_block_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK", 1 << 10)
    path = _file(tmp_path, b"1,2\n" * 500 + b"1," * 5000 + b"\n3,4\n")
    with pytest.raises(InputError, match="line 501: the line is longer than"):
        reader.read_table(path)


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "signals.csv"
    path.write_bytes(content)
    return path
