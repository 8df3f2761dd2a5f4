"""Hints: each appears on data made to deserve it, and none on good data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.search.evidence import features, gather, judge
from bitloop.search.hints import hints, poor
from bitloop.search.table import Table
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording

AXES, LENGTH = 2, 64
Signals = NDArray[np.float32]


def tone(seed: int, speed: float, count: int = 50, noise: float = 0.3, loud: float = 1.0) -> Signals:
    """(count, LENGTH * AXES): a tone of `speed` turns per sample with noise on both axes."""
    rng = np.random.default_rng(seed)
    at = np.arange(LENGTH)[None, :, None]
    phase = rng.uniform(size=(count, 1, AXES))
    x = loud * np.sin(2 * np.pi * (speed * at + phase)) + noise * rng.normal(size=(count, LENGTH, AXES))
    return np.float32(x).reshape(count, -1)


def classes(*recordings: tuple[str, Signals]) -> Table:
    made = [Recording(f"{label}{n}.csv", label, x) for n, (label, x) in enumerate(recordings)]
    return Table.of(Dataset("classes", AXES, LENGTH, tuple(made)))


def good() -> Table:
    """Two recordings of each of three speeds."""
    speeds = {"slow": 0.1, "fast": 0.2, "mad": 0.3}
    return classes(*((name, tone(10 * n + k, v)) for n, (name, v) in enumerate(speeds.items()) for k in range(2)))


def regular(*recordings: tuple[str, Signals], kind: str = "anomaly") -> Table:
    made = [Recording(f"r{n}.csv", label, x) for n, (label, x) in enumerate(recordings)]
    return Table.of(Dataset(kind, AXES, LENGTH, tuple(made)))


def metrics(table: Table, accuracy: float = 1.0, confusion: Any = None, **recall: float) -> dict[str, Any]:
    """A report in which every class has the same accuracy, but for those named."""
    names = list(table.labels)
    counts = {name: len(table.rows(n)) for n, name in enumerate(names)}
    spread = 0.02 if len(table.x) > 100 else 0.1
    return {
        "balanced_accuracy": accuracy,
        "interval": [max(0.0, accuracy - spread), min(1.0, accuracy + spread)],
        "recall": dict.fromkeys(names, accuracy) | recall,
        "per_class": {name: {"signals": count} for name, count in counts.items()},
        "confusion": np.diag(list(counts.values())).tolist() if confusion is None else confusion,
        "labels": names,
        "signals": len(table.x),
    }


def codes(table: Table, measured: dict[str, Any]) -> set[str]:
    found = hints(table, measured)
    assert all(hint.what and hint.advice and not hint.what.endswith(".") for hint in found)
    return {hint.code for hint in found}


@pytest.mark.parametrize("accuracy", [1.0, 0.7], ids=["good result", "poor result"])
def test_good_signals_get_no_hint_whatever_the_result(accuracy: float) -> None:
    assert codes(good(), metrics(good(), accuracy)) == set()
    anomaly = regular((REGULAR, tone(1, 0.1, 80)), (REGULAR, tone(2, 0.1, 80)), (ABNORMAL, tone(3, 0.2, 80)))
    assert codes(anomaly, metrics(anomaly, accuracy, regular=1.0, abnormal=1.0)) == set()


def test_values_over_the_whole_range_get_no_hint() -> None:
    table, measured = values()
    assert codes(table, measured) == set()


def test_two_confused_classes_are_named() -> None:
    confusion = [[60, 40, 0], [35, 65, 0], [0, 0, 100]]
    (hint,) = hints(good(), metrics(good(), 0.75, confusion))
    assert hint.code == "confused"
    assert "'slow' and 'fast'" in hint.what and "38%" in hint.what


def test_false_alarms_and_missed_faults_are_told_apart() -> None:
    table = regular((REGULAR, tone(1, 0.1)), (REGULAR, tone(2, 0.1)), (ABNORMAL, tone(3, 0.2)))
    assert codes(table, metrics(table, 0.9, regular=0.7, abnormal=1.0)) == {"false-alarms"}
    assert codes(table, metrics(table, 0.9, regular=1.0, abnormal=0.7)) == {"missed"}


def test_few_signals() -> None:
    table = classes(
        ("a", tone(1, 0.1, 15)), ("a", tone(2, 0.1, 10)), ("b", tone(3, 0.2, 60)), ("b", tone(4, 0.2, 60))
    )
    found = hints(table, metrics(table, 0.99))
    assert [hint.code for hint in found] == ["few"]
    assert "'a' (25)" in found[0].what
    wide = metrics(good(), 0.99) | {"interval": [0.8, 1.0]}
    assert codes(good(), wide) == {"few"}


def test_a_class_that_is_behind_because_it_has_least() -> None:
    table = classes(
        ("a", tone(1, 0.1, 25)), ("a", tone(2, 0.1, 25)), ("b", tone(3, 0.2, 150)), ("b", tone(4, 0.2, 150))
    )
    assert codes(table, metrics(table, 0.96, a=0.8)) == {"imbalance"}
    assert codes(table, metrics(table, 0.96)) == set()


def test_classes_of_one_recording_are_named() -> None:
    table = classes(("a", tone(1, 0.1)), ("a", tone(2, 0.1)), ("b", tone(3, 0.2)))
    (hint,) = hints(table, metrics(table))
    assert hint.code == "one-recording" and hint.what.startswith("'b':")


def test_recordings_that_are_recognised_rather_than_classes() -> None:
    """Every recording has a speed of its own, the classes have nothing."""
    made = [(name, tone(10 * n + k, 0.03 * 1.35 ** (2 * k + n), 40)) for n, name in enumerate("ab") for k in range(4)]
    table = classes(*made)
    assert "recording-not-class" in codes(table, metrics(table, 0.5))


def test_drift_that_costs_accuracy() -> None:
    """The speed creeps up by more than the fault changes it."""
    creeping = [
        np.concatenate([tone(k + n, v + 0.0006 * n, 1) for n in range(90)]) for k, v in ((1, 0.1), (500, 0.12))
    ]
    table = regular((REGULAR, creeping[0]), (ABNORMAL, creeping[1]))
    found = hints(table, metrics(table, 0.8, regular=1.0, abnormal=1.0), ("monday.csv", "tuesday.csv"))
    what = {hint.code: hint.what for hint in found}
    assert what["drift"].startswith("monday.csv, tuesday.csv: ")
    harmless = regular((REGULAR, tone(1, 0.1, 90) * np.linspace(1, 3, 90, dtype=np.float32)[:, None]))
    alone = metrics(harmless, 0.8, regular=1.0) | {"interval": [0.78, 0.82]}
    assert codes(harmless, alone) == {"drift"}  # nothing to compare with: the recording itself has to do
    both = regular((REGULAR, harmless.x), (ABNORMAL, tone(3, 0.3, 90)))
    assert codes(both, metrics(both, 0.8, regular=1.0, abnormal=1.0)) == set()


def test_regular_recordings_that_differ_as_a_fault_does() -> None:
    table = regular((REGULAR, tone(1, 0.1)), (REGULAR, tone(2, 0.3)), (ABNORMAL, tone(3, 0.2)))
    assert codes(table, metrics(table, 0.8, regular=1.0, abnormal=1.0)) == {"regular-differ"}


def test_an_axis_that_never_moves_and_one_of_noise() -> None:
    def quiet(seed: int, speed: float) -> Signals:
        x = tone(seed, speed).reshape(-1, LENGTH, AXES)
        x[:, :, 1] = 0.5
        return x.reshape(len(x), -1)

    def noisy(seed: int, speed: float) -> Signals:
        x = tone(seed, speed).reshape(-1, LENGTH, AXES)
        x[:, :, 1] = np.random.default_rng(seed).normal(size=x.shape[:2])
        return x.reshape(len(x), -1)

    for make, says in ((quiet, "axis 2 has the same value"), (noisy, "axis 2 seems to carry nothing")):
        table = classes(*((name, make(10 * n + k, 0.1 + 0.1 * n)) for n, name in enumerate("ab") for k in range(2)))
        (hint,) = hints(table, metrics(table))
        assert hint.code == "idle-axis" and hint.what.startswith(says)


def test_a_recording_cut_into_too_short_buffers() -> None:
    """Weak tones in much noise: two signals together tell more. The band they are in is not slow."""
    made = [(f"c{n}", tone(20 * n + k, 0.15 + 0.1 * n, 200, noise=2.2)) for n in range(3) for k in range(2)]
    table = classes(*made)
    found = hints(table, metrics(table, 0.6))
    assert "longer-buffer" in {hint.code for hint in found}
    assert "buffers of 128 samples" in next(h.advice for h in found if h.code == "longer-buffer")


def test_clipped_signals() -> None:
    made = [(name, np.clip(x, -1.0, 1.0)) for name, x in (("a", tone(1, 0.02, loud=2)), ("a", tone(2, 0.02, loud=2)))]
    table = classes(*made, ("b", tone(3, 0.2)), ("b", tone(4, 0.2)))
    assert codes(table, metrics(table)) == set()  # only some signals rest there, and others go beyond
    table = classes(*made, *(("b", np.clip(tone(n, 0.2), -1.0, 1.0)) for n in (3, 4)))
    found = hints(table, metrics(table))
    assert {hint.code for hint in found} == {"clipped"}
    assert found[0].what.startswith("axis 1 rests at -1 in ")


def values(count: int = 12, targets: int = 8) -> tuple[Table, dict[str, Any]]:
    speeds = np.linspace(0.06, 0.3, targets)
    made = [Recording(f"r{n}", "", tone(n, v, count), np.full(count, v, np.float32)) for n, v in enumerate(speeds)]
    table = Table.of(Dataset("extrapolation", AXES, LENGTH, tuple(made)))
    pairs = [[float(t), float(t)] for t in table.targets]
    return table, {"r2": 0.99, "figures": {"pairs": pairs}, "signals": len(table.x)}


def test_few_targets_and_estimates_that_fail_at_the_ends() -> None:
    table, measured = values(targets=3)
    assert "few-targets" in codes(table, measured)
    table, measured = values()
    pairs = np.array(measured["figures"]["pairs"])
    pairs[:, 1] = np.clip(pairs[:, 1], 0.1, 0.25)
    assert "ends" in codes(table, measured | {"r2": 0.8, "figures": {"pairs": pairs.tolist()}})


def test_a_worst_fold_makes_a_result_poor() -> None:
    fine = {"balanced_accuracy": 0.97, "per_fold": {"balanced_accuracy": {"worst": 0.93}}}
    assert not poor(fine)
    assert poor(fine | {"per_fold": {"balanced_accuracy": {"worst": 0.8}}})
    assert poor({"r2": 0.9})


def test_evidence_is_cheap_and_in_its_range() -> None:
    table = good()
    evidence = gather(table)
    assert evidence.x.shape[:2] == (300, AXES)
    assert evidence.quality() > 0.99
    rng = np.random.default_rng(1)
    assert 0.2 < judge("classes", rng.normal(size=(300, 5)), evidence.y, evidence.block) < 0.5
    assert features(np.ones((4, 6), np.float32), 3).shape == (4, 3, 2)


def test_states_of_several_sensors_have_hints_too() -> None:
    rng = np.random.default_rng(2)
    x = np.float32(rng.normal(size=(120, 3)))
    made = (Recording("a", REGULAR, x), Recording("b", ABNORMAL, x + 3))
    table = Table.of(Dataset("anomaly", 3, 1, made, multi_sensor=True))
    assert codes(table, metrics(table, 0.7, regular=1.0, abnormal=1.0)) == set()


@pytest.mark.parametrize("kind", ["classes", "anomaly", "outlier"])
@pytest.mark.parametrize(
    "make", [np.zeros, np.ones, lambda shape: np.full(shape, 3e38), lambda shape: np.eye(*shape) * 1e-38]
)
def test_no_signals_are_too_odd_to_look_at(kind: str, make: Any) -> None:
    names = (REGULAR, ABNORMAL) if kind != "classes" else ("a", "b")
    made = tuple(Recording(name, name, make((20, AXES * LENGTH)).astype(np.float32)) for name in names)
    table = Table.of(Dataset(kind, AXES, LENGTH, made))
    assert all(hint.what for hint in hints(table, metrics(table, 0.5)))
