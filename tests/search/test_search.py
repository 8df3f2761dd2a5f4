"""The search as a whole: deterministic, honest, within its budgets, and stopped when asked."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.errors import SearchError
from bitloop.search import Budget, Progress, SearchResult, finish, search
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
from tests.search.machines import BUDGET, LENGTH, anomaly, classes, dataset, extrapolation, tone


@pytest.fixture(autouse=True)
def few_finalists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linking takes a second each."""
    monkeypatch.setattr(finish, "FINALISTS", 2)


def found(result: SearchResult) -> list[tuple[str, float, str]]:
    return [(c.library.to_json(), c.score, c.family) for c in result.candidates]


@pytest.mark.parametrize(
    ("made", "evaluations"), [(classes(count=12), 66), (anomaly(), 140)], ids=["classes", "anomaly"]
)
def test_the_same_result_for_any_number_of_jobs(made: Dataset, evaluations: int) -> None:
    one, two = (search(made, BUDGET, evaluations=evaluations, seed=3, jobs=jobs) for jobs in (1, 2))
    assert one.evaluations == two.evaluations == evaluations
    assert found(one) == found(two)
    assert one.best.quality > 0.9


def test_another_seed_tries_other_candidates() -> None:
    one, two = (search(anomaly(), BUDGET, evaluations=20, seed=seed) for seed in (1, 2))
    assert found(one) != found(two)


def test_candidates_come_best_first_with_linked_sizes_within_the_budget() -> None:
    result = search(extrapolation(), BUDGET, evaluations=60)
    assert result.best is result.candidates[0]
    scores = [c.score for c in result.candidates]
    assert scores == sorted(scores, reverse=True)
    for candidate in result.candidates:
        assert 0 < candidate.flash_bytes <= BUDGET.flash_bytes
        assert 0 < candidate.ram_bytes <= BUDGET.ram_bytes
        assert candidate.knowledge_bytes <= candidate.flash_bytes
    assert result.best.metrics["r2"] > 0.9


def test_a_tight_budget_is_obeyed_and_an_impossible_one_is_refused() -> None:
    tight = replace(BUDGET, flash_bytes=4500, ram_bytes=900)
    best = search(classes(), tight, evaluations=40).best
    assert best.flash_bytes <= 4500 and best.ram_bytes <= 900
    with pytest.raises(SearchError, match="raise the budget"):
        search(classes(), replace(BUDGET, ram_bytes=4 * LENGTH), evaluations=20)


def test_random_labels_score_about_as_well_as_guessing() -> None:
    x = tone(1, 0.1, 90)
    labels = np.random.default_rng(7).permutation(90) % 3
    made = dataset("classes", *(Recording(f"r{c}", f"c{c}", x[labels == c]) for c in range(3)))
    best = search(made, BUDGET, evaluations=64).best
    assert best.quality < 0.55  # a third by guessing; the best of many tries is a little lucky
    low, high = best.metrics["interval"]
    assert low < best.metrics["balanced_accuracy"] < high


def test_an_anomaly_library_learns_and_finds_the_fault() -> None:
    best = search(anomaly(), BUDGET, evaluations=100).best
    library = best.library
    emulator = Emulator(library, native=True)
    emulator.init()
    emulator.learn(tone(50, 0.1, 60))
    regular, abnormal = emulator.detect(tone(51, 0.1, 60)), emulator.detect(tone(52, 0.22, 60, 0.5))
    assert regular.similarity is not None and abnormal.similarity is not None
    assert (regular.similarity >= 90).mean() > 0.9
    assert (abnormal.similarity < 90).mean() > 0.9
    assert 10 <= library.learning <= 48
    assert library.pretrained is not None and library.pretrained[0] == 60
    assert library.report["simulated_faults"] is False
    assert library.report["metrics"]["recall"].keys() == {REGULAR, ABNORMAL}


@pytest.mark.parametrize("kind", ["anomaly", "outlier"])
def test_without_abnormal_signals_the_report_says_how_candidates_were_compared(kind: str) -> None:
    made = replace(anomaly(abnormal=False), kind=kind)
    best = search(made, BUDGET, evaluations=100).best
    assert best.library.report["simulated_faults"] is True
    assert any("no abnormal signals" in note for note in best.library.report["notes"])
    emulator = Emulator(best.library, native=True)
    emulator.init()
    if kind == "anomaly":
        emulator.learn(made.labelled(REGULAR))
    regular, rough = emulator.detect(tone(51, 0.1, 60)).ratio, emulator.detect(tone(52, 0.22, 60, 0.6)).ratio
    assert regular is not None and rough is not None
    assert (regular <= 1).mean() > 0.85
    assert (rough > 1).mean() > 0.85


def test_multi_sensor_states_are_learned_in_order() -> None:
    rng = np.random.default_rng(8)
    load = rng.normal(size=(120, 1))
    states = np.float32(np.hstack([load, 2 * load, -load]) + 0.1 * rng.normal(size=(120, 3)))
    wrong = np.float32(rng.normal(size=(60, 3)) * [1, 2, 1])
    made = (Recording("good", REGULAR, states), Recording("bad", ABNORMAL, wrong))
    best = search(Dataset("anomaly", 3, 1, made, multi_sensor=True), BUDGET, evaluations=60).best
    assert best.library.multi_sensor
    assert best.quality > 0.75


def test_a_search_stops_on_time_and_reports_as_it_goes() -> None:
    heard: list[Progress] = []
    result = search(classes(), BUDGET, seconds=2.0, progress=heard.append)
    assert heard[-1].stage == "finishing"  # fitting and linking the finalists comes on top
    assert heard[-1].seconds < 10
    assert result.evaluations == heard[-1].evaluations > 0
    assert [p.evaluations for p in heard] == sorted(p.evaluations for p in heard)
    assert heard[-1].score == max(p.score for p in heard)
    assert heard[-1].family


def test_ctrl_c_returns_what_has_been_found() -> None:
    def stop(progress: Progress) -> None:
        if progress.evaluations >= 20 and progress.stage == "searching":
            raise KeyboardInterrupt

    result = search(classes(), BUDGET, evaluations=10_000, progress=stop)
    assert 20 <= result.evaluations < 40
    assert result.best.quality > 0


def test_searches_that_cannot_start_say_why() -> None:
    with pytest.raises(SearchError, match="needs an end"):
        search(classes(), BUDGET)
    with pytest.raises(SearchError, match="above 0"):
        search(classes(), BUDGET, evaluations=0)
    with pytest.raises(SearchError, match="too few"):
        search(classes(count=4), BUDGET, evaluations=5)
    with pytest.raises(SearchError, match="above 0 bytes"):
        Budget(0, 1, BUDGET.target)


def test_a_script_that_its_workers_cannot_import_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from bitloop.search import search\n"
        "from tests.search.machines import BUDGET, classes\n"
        "search(classes(), BUDGET, evaluations=10, jobs=2)\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.returncode != 0
    assert "__main__" in done.stderr.strip().splitlines()[-1]
