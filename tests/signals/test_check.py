"""The check of a project's signals: what blocks a search, what is only worth a warning, and where it is."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import SearchError
from bitloop.fan import CONDITIONS, Fan, record
from bitloop.search.table import Table
from bitloop.signals.check import RULES, check
from bitloop.signals.checks.finding import Finding
from bitloop.signals.dataset import FEWEST, Dataset, Recording
from bitloop.signals.reader import read_recording


def test_good_recordings_raise_nothing() -> None:
    report = check(_project(60, 60))
    assert report.ok
    assert report.findings == ()
    assert (report.signals, report.axes, report.length) == (120, 3, 256)


def test_every_kind_says_what_it_needs() -> None:
    empty = {kind: _codes(Dataset(kind, 3, 256, ())) for kind in ("anomaly", "outlier", "classes", "extrapolation")}
    assert empty["anomaly"] == {"no-regular", "no-abnormal"}
    assert empty["outlier"] == {"no-regular"}
    assert empty["classes"] == {"one-class"}
    assert empty["extrapolation"] == {"no-signals"}


def test_fewer_than_twenty_signals_per_axis_of_a_label_block() -> None:
    assert _codes(_project(59, 50)) == {"too-few"}
    assert check(_project(60, 50)).findings == ()
    one_axis = Recording("a.csv", "regular", np.ascontiguousarray(_signals(20)[:, ::3]))
    assert [f.code for f in check(Dataset("outlier", 1, 256, (one_axis,))).findings] == ["few"]


@pytest.mark.parametrize("kind", FEWEST)
def test_signals_are_scarce_where_a_search_refuses_them(kind: str) -> None:
    for count in (FEWEST[kind] - 1, FEWEST[kind]):
        labels = {"classes": ("slow", "fast"), "extrapolation": ("",)}.get(kind, ("regular",))
        targets = np.arange(count, dtype=np.float32) if kind == "extrapolation" else None
        made = [Recording(f"{label}.csv", label, _signals(count), targets) for label in labels]
        dataset = Dataset(kind, 3, 256, tuple(made))
        scarce = "scarce" in {finding.code for finding in check(dataset, looks=RULES).problems}
        with pytest.raises(SearchError, match="too few") if scarce else nullcontext():
            Table.of(dataset)
        assert scarce == (count < FEWEST[kind])


def test_rules_that_are_allowed_to_be_broken_only_warn() -> None:
    x = _signals(30)[:, : 200 * 3]
    dataset = Dataset("outlier", 3, 200, (Recording("a.csv", "regular", x),))
    problems = check(dataset).problems
    assert [f.code for f in problems] == ["too-few", "length"]
    assert all(f'write allow = ["{f.code}"] into bitloop.toml' in f.advice for f in problems)
    report = check(dataset, allowed=("too-few", "length"))
    assert (report.ok, [f.code for f in report.warnings]) == (True, ["too-few", "length"])


def test_the_rules_alone_are_found_without_the_suspicions() -> None:
    x = _signals(30)
    x[4, 1::3] = 0.5
    dataset = Dataset("outlier", 3, 256, (Recording("a.csv", "regular", x),))
    assert [f.code for f in check(dataset, looks=RULES).findings] == ["too-few"]


def test_few_or_no_abnormal_signals_are_a_warning() -> None:
    few = check(_project(60, 3))
    assert (few.ok, [f.code for f in few.findings]) == (True, ["few"])
    healthy = _project(60, 60).recordings[:1]
    none = check(Dataset("anomaly", 3, 256, healthy))
    assert (none.ok, [f.code for f in none.findings]) == (True, ["no-abnormal"])


def test_one_value_of_the_target_blocks() -> None:
    x = _signals(60)
    constant = Recording("a.csv", "", x, np.full(60, 7, dtype=np.float32))
    assert _codes(Dataset("extrapolation", 3, 256, (constant,))) == {"one-target"}
    rising = replace(constant, targets=np.arange(60, dtype=np.float32))
    assert check(Dataset("extrapolation", 3, 256, (rising,))).findings == ()


def test_buffers_are_powers_of_two_and_more_than_one_sample() -> None:
    x = _signals(60)
    odd = Dataset("outlier", 3, 255, (Recording("a.csv", "regular", x[:, : 255 * 3]),))
    assert [f.code for f in check(odd).findings] == ["length"]
    short = Dataset("outlier", 3, 8, (Recording("a.csv", "regular", x[:, : 8 * 3]),))
    assert [(f.code, f.blocking) for f in check(short).findings] == [("no-spectrum", False)]
    log = Dataset("outlier", 3, 1, (Recording("log.csv", "regular", x[:, :3]),))
    assert "no-buffer" in {f.code for f in check(log).problems}
    assert check(replace(log, kind="anomaly", multi_sensor=True)).ok


def test_copies_are_found_with_their_lines() -> None:
    x = _signals(60)
    x[[5, 9]] = x[3]
    found = _only(Dataset("outlier", 3, 256, (Recording("a.csv", "regular", x),)))
    assert (found.code, found.blocking, found.recording, found.lines) == ("duplicates", False, "a.csv", (6, 10))


def test_lines_are_those_of_the_file() -> None:
    x = _signals(60)
    x[1] = x[0]
    dataset = Dataset("outlier", 3, 256, (Recording("a.csv", "regular", x),))
    found = check(dataset, {"a.csv": np.arange(60, dtype=np.int64) * 2 + 1}).findings[0]
    assert found.lines == (3,)


def test_one_signal_under_two_labels_blocks() -> None:
    x = _signals(60)
    twice = (Recording("a.csv", "low", x), Recording("b.csv", "high", np.concatenate([x[:1], _signals(60, 5)])))
    found = _only(Dataset("classes", 3, 256, twice))
    assert (found.code, found.blocking, found.recording, found.lines) == ("contradiction", True, "b.csv", (1,))


def test_a_still_axis_is_found() -> None:
    x = _signals(60)
    x[4, 1::3] = 0.5
    found = _only(Dataset("outlier", 3, 256, (Recording("a.csv", "regular", x),)))
    assert (found.code, found.lines) == ("constant-axis", (5,))
    assert found.what.startswith("axis 2 ")


def test_clipping_is_found_and_coarse_steps_are_not_mistaken_for_it() -> None:
    x = _signals(60)
    level = np.float32(np.quantile(x[:, 2::3], 0.98))
    clipped = x.copy()
    clipped[:, 2::3] = np.minimum(x[:, 2::3], level)
    found = _only(Dataset("outlier", 3, 256, (Recording("a.csv", "regular", clipped),)))
    assert found.code == "clipped"
    assert found.what.startswith("axis 3 ")
    coarse = np.round(x * 100).astype(np.float32) / np.float32(100)
    assert check(Dataset("outlier", 3, 256, (Recording("a.csv", "regular", coarse),))).findings == ()


def test_imbalance_is_a_warning() -> None:
    few, many = Recording("a.csv", "low", _signals(60)), Recording("b.csv", "high", _signals(360, 5))
    found = _only(Dataset("classes", 3, 256, (few, many)))
    assert (found.code, found.blocking, found.label) == ("imbalance", False, "low")


def test_problems_come_first_and_the_report_is_json() -> None:
    x = _signals(59)
    x[:, 0::3] = 0
    report = check(Dataset("outlier", 3, 256, (Recording("a.csv", "regular", x),)))
    assert [f.blocking for f in report.findings] == [True, False]
    record = json.loads(json.dumps(report.to_record()))
    assert record["problems"][0]["code"] == "too-few"
    assert record["warnings"][0]["lines"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert (record["warnings"][0]["total"], record["warnings"][0]["ranges"]) == (59, "1-59")


def test_a_real_sensor_that_clipped_is_caught(data: Path) -> None:
    path = data / "uci_fan_speed" / "extrap_train.csv"
    recording = read_recording(path, "", axes=3, target_first=True)
    found = _only(Dataset("extrapolation", 3, 128, (recording,)))
    assert (found.code, found.what.split(" in ")[0]) == ("clipped", "axis 2 rests at -8")


def _signals(count: int, seed: int = 3) -> np.ndarray:
    return record(Fan(), "healthy", count, seed)


def _project(regular: int, abnormal: int) -> Dataset:
    healthy, clogged, _ = CONDITIONS
    first = Recording("a.csv", "regular", record(Fan(), healthy, regular, 1))
    second = Recording("b.csv", "abnormal", record(Fan(), clogged, abnormal, 1))
    return Dataset("anomaly", 3, 256, (first, second))


def _codes(dataset: Dataset) -> set[str]:
    return {finding.code for finding in check(dataset).findings}


def _only(dataset: Dataset) -> Finding:
    (finding,) = check(dataset).findings
    return finding
