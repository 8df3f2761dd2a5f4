"""Manipulation of signals: nothing is lost, nothing is made up, and the order of the steps is the order of work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import BitloopError, InputError
from bitloop.signals.reader import read_table
from bitloop.signals.shape import STEPS, Sheet, Sheets, chain, open_sheet, results
from bitloop.signals.shape.files import to_csv


def _signals(lines: int, length: int, axes: int, target: bool = False) -> Sheet:
    """Every value a number of its own; targets differ from line to line."""
    values = np.arange(lines * length * axes, dtype=np.float32).reshape(lines, -1)
    if target:
        values = np.column_stack([np.arange(lines, dtype=np.float32), values])
    return Sheet("a", values, axes, target=target)


def _log(samples: int, axes: int = 3, name: str = "a") -> Sheet:
    return Sheet(name, np.arange(samples * axes, dtype=np.float32).reshape(samples, axes), log=True)


def _one(sheet: Sheet, *steps: str) -> Sheet:
    (made,) = chain(steps)((sheet,))
    return made


def _all(sheets: Sheets) -> list[list[float]]:
    return [line for sheet in sheets for line in sheet.values.tolist()]


_SHEETS = st.builds(_signals, st.integers(2, 12), st.integers(1, 9), st.integers(1, 4), st.booleans())
_LOGS = st.builds(_log, st.integers(2, 40), st.integers(1, 4))
_ANY = st.one_of(_SHEETS, _LOGS)


@given(_ANY, st.data())
def test_what_is_extracted_and_what_is_left_without_it_are_the_file(sheet: Sheet, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, sheet.lines - 1))
    last = data.draw(st.integers(first, sheet.lines - 1))
    kept, rest = _one(sheet, f"extract:{first}-{last}"), _one(sheet, f"drop:{first}-{last}")
    assert kept.values.tolist() == sheet.values[first - 1 : last].tolist()
    assert sorted(_all((kept, rest))) == sheet.values.tolist()
    assert rest.seams == ((first - 1,) if sheet.log and first > 1 else ())


@given(_SHEETS, st.integers(0, 99))
def test_a_shuffle_keeps_every_line_whole_and_repeats_with_its_seed(sheet: Sheet, seed: int) -> None:
    one, again = (_one(sheet, f"shuffle:{seed}") for _ in range(2))
    assert sorted(one.values.tolist()) == sheet.values.tolist()
    assert one.values.tolist() == again.values.tolist()


def test_another_seed_is_another_order() -> None:
    orders = {tuple(_one(_signals(20, 1, 1, True), f"shuffle:{seed}").values[:, 0]) for seed in range(5)}
    assert len(orders) == 5


@given(_ANY, st.integers(1, 99), st.integers(1, 15))
def test_parts_of_a_split_put_together_are_the_file(sheet: Sheet, share: int, block: int) -> None:
    blocks = chain([f"split:block,{block}"])((sheet,))
    assert _all(blocks) == sheet.values.tolist()
    assert {part.lines for part in blocks[:-1]} <= {block}
    cut = round(sheet.lines * share / 100)
    if 0 < cut < sheet.lines:
        parts = chain([f"split:share,{share},{100 - share}"])((sheet,))
        assert [part.lines for part in parts] == [cut, sheet.lines - cut]
        joined = chain(["concatenate"])(parts)[0]
        assert joined.values.tolist() == sheet.values.tolist()


@given(st.lists(st.integers(1, 30), min_size=3, max_size=8))
def test_a_split_by_file_keeps_files_whole_and_every_part_has_one(lines: list[int]) -> None:
    sheets = tuple(replace(_signals(n, 2, 1), name=f"f{i}") for i, n in enumerate(lines))
    made = chain(["split:file,50,30,20"])(sheets)
    assert [(s.name, s.values.tolist()) for s in made] == [(s.name, s.values.tolist()) for s in sheets]
    parts = [s.done[-1] for s in made]
    assert parts == sorted(parts)
    assert set(parts) == {"part-1", "part-2", "part-3"}


@given(_LOGS, st.integers(1, 12), st.integers(1, 14))
def test_windows_are_what_stands_in_the_log_at_every_step(sheet: Sheet, length: int, step: int) -> None:
    if length > sheet.lines:
        with pytest.raises(BitloopError, match=f"the longest has {sheet.lines}"):
            _one(sheet, f"window:{length},{step}")
        return
    made = _one(sheet, f"window:{length},{step}")
    assert made.lines == (sheet.lines - length) // step + 1
    for n, line in enumerate(made.values):
        assert line.tolist() == sheet.values[n * step : n * step + length].reshape(-1).tolist()
    over = sheet.lines - ((made.lines - 1) * step + length)
    assert [text.split()[0] for text in made.remarks] == ([str(over)] if over else [])


@given(_LOGS, st.integers(1, 6), st.integers(2, 4))
def test_windows_end_to_end_joined_and_cut_again_are_the_same(sheet: Sheet, length: int, parts: int) -> None:
    if sheet.lines < length * parts:
        return
    windows = _one(sheet, f"window:{length * parts}")
    short = _one(windows, f"reshape:{length}")
    assert short.values.tolist() == _one(sheet, f"window:{length}").values[: short.lines].tolist()
    assert _one(short, f"reshape:{length * parts}").values.tolist() == windows.values.tolist()


@given(_ANY, st.integers(2, 5))
def test_decimation_takes_the_mean_or_the_first_of_each_group(sheet: Sheet, factor: int) -> None:
    stretches = sheet.stretches()
    if len(stretches[0]) < factor:
        return
    first, mean = _one(sheet, f"decimate:{factor},pick"), _one(sheet, f"decimate:{factor}")
    for stretch, one, other in zip(stretches, first.stretches(), mean.stretches(), strict=True):
        whole = stretch[: len(stretch) // factor * factor]
        assert one.tolist() == whole[::factor].tolist()
        expected = whole.reshape(-1, factor, whole.shape[1]).astype(np.float64).mean(axis=1)
        np.testing.assert_allclose(other, expected, rtol=1e-6)
    if sheet.target:
        assert first.values[:, 0].tolist() == sheet.values[:, 0].tolist()


@given(_SHEETS, st.data())
def test_columns_that_stay_are_the_ones_not_named(sheet: Sheet, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(1, sheet.columns), max_size=sheet.columns - 1 - sheet.target))
    kept = [n for n in range(sheet.columns) if n + 1 not in gone]
    if not gone or (kept == [0] and sheet.target):
        return
    made = _one(sheet, "remove-columns:" + ",".join(map(str, gone)))
    assert made.values.tolist() == sheet.values[:, kept].tolist()
    assert made.target == (sheet.target and 1 not in gone)


@given(st.one_of(_SHEETS, _LOGS), st.data())
def test_removing_an_axis_removes_its_numbers_and_no_others(sheet: Sheet, data: st.DataObject) -> None:
    axes = sheet.given_axes()
    if axes == 1:
        return
    axis = data.draw(st.integers(1, axes))
    made = _one(sheet, f"remove-axis:{axis}")
    for before, after in zip(sheet.stretches(), made.stretches(), strict=True):
        assert after.tolist() == np.delete(before, axis - 1, axis=1).tolist()
    assert made.given_axes() == axes - 1


def test_columns_and_lines_are_counted_from_one_and_ranges_include_both_ends() -> None:
    sheet = Sheet("a", np.arange(1, 25, dtype=np.float32).reshape(1, 24))
    kept = _one(sheet, "remove-columns:3,7,10-20").values[0].tolist()
    assert kept == [1, 2, 4, 5, 6, 8, 9, 21, 22, 23, 24]
    lines = Sheet("a", np.arange(1, 9, dtype=np.float32)[:, None])
    assert _one(lines, "extract:7-,-2,4").values[:, 0].tolist() == [1, 2, 4, 7, 8]


def test_the_worked_examples_of_buffers() -> None:
    assert _one(_log(1000), "window:256").columns == 768  # 3 axes, buffer of 256
    extrapolation = _one(_log(3000), "window:1024", "target:41.5")
    assert extrapolation.columns == 3073  # 1024 x 3 + 1
    assert extrapolation.values[:, 0].tolist() == [41.5, 41.5]


def test_lines_are_those_of_the_file_until_there_are_others(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1,2\n\n3,4\n5,6\n\n\n7,8\n9")
    sheet = open_sheet(path)
    assert sheet.remarks == ("line 8 of the file broken off and left out",)
    assert _one(sheet, "extract:3-4").values.tolist() == [[3, 4], [5, 6]]
    assert _one(sheet, "remove-columns:2", "drop:1-4").values.tolist() == [[7]]
    assert _one(sheet, "drop:1", "extract:1").values.tolist() == [[3, 4]]
    with pytest.raises(BitloopError, match="there is no 8 among lines 1-7"):
        _one(sheet, "drop:8")
    with pytest.raises(BitloopError, match="no line would be left"):
        _one(sheet, "extract:2")


def test_a_file_that_says_so_is_a_log(tmp_path: Path) -> None:
    from scipy.io import wavfile

    wavfile.write(tmp_path / "a.wav", 8000, (np.arange(600).reshape(-1, 2) * 16).astype(np.int16))
    sheet = open_sheet(tmp_path / "a.wav")
    assert (sheet.log, sheet.given_axes()) == (True, 2)
    assert _one(sheet, "window:100").values[2, :2].tolist() == [400 * 16 / 32768, 401 * 16 / 32768]


def test_windows_that_no_memory_holds_are_refused() -> None:
    with pytest.raises(BitloopError, match="would take 11 GiB of memory; choose a larger step"):
        _one(Sheet("a", np.zeros((1_000_000, 1), dtype=np.float32), log=True), "window:3000,1")


_LONG = ("9" * 5000, "1-" + "9" * 30, "nan", "1e40")
_TEXTS = st.one_of(st.text(max_size=12), st.text("0123456789-,. ", max_size=12), st.sampled_from(_LONG))


@given(st.sampled_from(list(STEPS)), _TEXTS)
def test_whatever_is_written_behind_a_step_is_done_or_refused(step: str, text: str) -> None:
    try:
        made = chain([f"{step}:{text}"])((_signals(6, 8, 3), _signals(6, 8, 3)))
    except BitloopError as error:
        assert str(error)
    else:
        assert all(sheet.values.size and np.isfinite(sheet.values).all() for sheet in made)


def test_steps_are_done_in_the_order_they_are_written() -> None:
    log = _log(100, 1)
    assert _one(log, "decimate:2,pick", "window:4").values[0].tolist() == [0, 2, 4, 6]
    assert _one(log, "window:4", "decimate:2,pick").values[0].tolist() == [0, 2]


def test_no_window_and_no_mean_spans_a_seam() -> None:
    logs = (_log(10, 1, "a"), _log(7, 1, "b"))
    joined = chain(["concatenate"])(logs)[0]
    assert (joined.name, joined.seams) == ("a-and-1-more", (10,))
    assert chain(["window:4"])((joined,))[0].values.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3]]
    assert _one(joined, "decimate:3,pick").values[:, 0].tolist() == [0, 3, 6, 0, 3]
    assert _one(joined, "decimate:3,pick").seams == (3,)
    assert _one(joined, "extract:5-12").seams == (6,)
    assert _one(joined, "extract:11-17").seams == ()


def test_a_target_stays_with_its_signal_through_every_step() -> None:
    sheet = _signals(4, 8, 2, target=True)
    assert _one(sheet, "reshape:4").values[:, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert _one(sheet, "window:4,2").values[:, 0].tolist()[:4] == [0, 0, 0, 1]
    with pytest.raises(BitloopError, match="lines 1 to 2 have different targets"):
        _one(sheet, "reshape:16")
    same = replace(sheet, values=np.column_stack([np.full(4, 5, np.float32), sheet.values[:, 1:]]))
    assert _one(same, "reshape:16").values[:, 0].tolist() == [5, 5]


def test_the_name_of_a_result_says_what_was_done(tmp_path: Path) -> None:
    made = chain(["decimate:2", "split:share,80,20", "window:4,2"])((_log(100),))
    names = [path.name for path in results(made, tmp_path, [])]
    stem = "a.decimate-2.split-share,80,20.part-"
    assert names == [f"{stem}1.window-4,2.csv", f"{stem}2.window-4,2.csv"]
    joined = chain(["concatenate"])(made)
    assert [p.name for p in results(joined, tmp_path, [])] == [
        "a-and-1-more.decimate-2.split-share,80,20.concatenate.csv"
    ]
    long = chain(["extract:" + ",".join(map(str, range(1, 60)))])((_log(100),))
    (path,) = results(long, tmp_path, [])
    assert len(path.name) == 100
    assert path.name.startswith("a.extract-1,2,3")


def test_results_never_replace_each_other_or_what_they_come_from(tmp_path: Path) -> None:
    made = chain(["extract:1"])((_log(3), _log(3)))
    with pytest.raises(BitloopError, match=r"two of the files would become .*a\.extract-1\.csv"):
        results(made, tmp_path, [])
    with pytest.raises(BitloopError, match="is not replaced"):
        results(made[:1], tmp_path, [tmp_path / "a.extract-1.csv"])
    wide = chain(["window:6000"])((_log(6000),))
    with pytest.raises(BitloopError, match="18000 values on a line are too many"):
        results(wide, tmp_path, [])


def test_overlapping_windows_in_two_parts_are_remarked() -> None:
    shared = chain(["window:4,2", "split:block,5"])((_log(100),))
    assert all("share samples" in part.remarks[-1] for part in shared)
    for clean in (["window:4", "split:block,5"], ["split:block,50", "window:4,2"]):
        assert not any("share samples" in text for part in chain(clean)((_log(100),)) for text in part.remarks)


_ROWS = st.lists(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=3, max_size=3), min_size=1
)


@given(_ROWS)
def test_what_is_written_reads_back_bit_for_bit(rows: list[list[float]]) -> None:
    values = np.array(rows, dtype=np.float32)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "written.csv"
        path.write_bytes(to_csv(values))
        assert read_table(path).values.tobytes() == values.tobytes()


@pytest.mark.parametrize("step", STEPS)
def test_the_example_of_every_step_does_something(step: str) -> None:
    example = STEPS[step].example
    sheet = _signals(300, 512, 4)
    made = chain([example])((sheet,))
    assert made[0].done[0] == example.replace(":", "-")
    assert made[0].values.tolist() != sheet.values.tolist() or step == "concatenate"


_WRONG = {
    "extract": "which lines",
    "extract:": "which lines",
    "extract:0": "'0' is no range of lines",
    "extract:5-2": "'5-2' is no range of lines",
    "extract:1,,2": "a comma without a number",
    "extract:9": "there is no 9 among lines 1-6",
    "extract:5-9": "there is no 9 among lines 1-6",
    "drop:1-": "no line would be left",
    "remove-columns:x": "'x' is no range of columns",
    "remove-columns:1-24": "no column would be left",
    "remove-axis:4": "there is no 4 among axes 1-3",
    "remove-axis:-": "no axis would be left",
    "reshape:0": "whole number from 1",
    "reshape:12": "choose 8 or 16, or less than 8",
    "reshape:56": "6 signals of 8 samples make none of 56",
    "window:9": "the longest has 8",
    "window:4,0": "'0' is no step in samples",
    "window:4,2,1": "'2,1' is no step",
    "decimate:1": "'1' is no factor",
    "decimate:9": "8 samples cannot be decimated by 9",
    "decimate:2,best": "say mean, pick or filter",
    "shuffle:-1": "'-1' is no seed",
    "shuffle": "'' is no seed; give a whole number from 0",
    "concatenate:all": "it takes no value",
    "split": "is no way to split",
    "split:share": "do not make 100",
    "split:share,100": "'100' is no share",
    "split:share,50,40": "the shares 50,40 do not make 100",
    "split:share,1,99": "6 signals are too few for 2 such parts",
    "split:file,50,50": "1 file cannot make 2 parts",
    "split:block,0": "'0' is no number of lines",
    "target:warm": "'warm' is no number",
    "target:inf": "is no usable target",
    "fly:3": "there is no step 'fly'",
}


@pytest.mark.parametrize("step", _WRONG)
def test_what_cannot_be_done_is_refused_in_one_sentence(step: str) -> None:
    with pytest.raises(BitloopError, match=_WRONG[step]) as caught:
        chain([step])((_signals(6, 8, 3),))
    assert "\n" not in str(caught.value)


def test_what_does_not_suit_a_log_is_refused_with_what_does() -> None:
    for step in ("shuffle:1", "reshape:4", "target:1"):
        with pytest.raises(BitloopError, match="window:LENGTH,STEP"):
            _one(_log(10), step)
    with pytest.raises(BitloopError, match="begin with a target already"):
        _one(_signals(3, 4, 1, target=True), "target:1")
    with pytest.raises(BitloopError, match="steps are extract:1-100,250, drop"):
        chain([])


def test_axes_are_asked_for_only_where_they_matter() -> None:
    nameless = replace(_signals(4, 8, 3), axes=None)
    assert _one(nameless, "extract:2", "remove-columns:5").columns == 23
    with pytest.raises(BitloopError, match="say --axes N, or --log"):
        _one(nameless, "decimate:2")
    with pytest.raises(BitloopError, match="23 values are not a multiple of 3 axes"):
        _one(_signals(4, 8, 3), "remove-columns:5", "decimate:2")


def test_files_that_differ_in_shape_are_not_joined() -> None:
    with pytest.raises(BitloopError, match="its lines have 12 values and those of a 24"):
        chain(["concatenate"])((_signals(4, 8, 3), _signals(4, 4, 3)))
    with pytest.raises(BitloopError, match="its lines are samples and those of a signals"):
        chain(["concatenate"])((_signals(4, 1, 3), _log(4, 3)))


def test_a_file_is_a_log_where_that_is_said_or_its_lines_are_samples(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("1,2,3\n4,5,6\n")
    assert open_sheet(path, log=True).log
    assert open_sheet(path, axes=3).log
    assert not open_sheet(path, axes=1).log
    assert not open_sheet(path).log
    with pytest.raises(InputError, match="a sample has 3 values and --axes says 2"):
        open_sheet(path, axes=2, log=True)
    with pytest.raises(InputError, match="has no target"):
        open_sheet(path, log=True, target=True)
