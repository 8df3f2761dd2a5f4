"""The finder on logs of which it is known what they need."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.errors import SearchError
from bitloop.sampling import Cell, Result, Settings, find
from bitloop.sampling.words import recommendation, remarks
from bitloop.signals.dataset import ABNORMAL, REGULAR
from tests.sampling.machines import alike, log, noise, swells, tones


def _scores(result: Result) -> dict[Cell, float]:
    return {s.cell: s.score for s in result.scored}


def test_what_differs_above_a_frequency_needs_a_rate_twice_as_high() -> None:
    logs = tones({"a": 310.0, "b": 350.0}, 1000.0, 8000)
    result = find(logs, Settings(1000.0, (16, 64, 256), (1, 2, 4)))
    scores = _scores(result)
    assert scores[Cell(1, 256)] > 0.95
    assert max(score for cell, score in scores.items() if cell.division > 1) < 0.75
    assert result.advice.cell.division == 1
    assert result.advice.low > 0.9


def test_without_a_low_pass_what_is_too_high_folds_back() -> None:
    logs = tones({"a": 310.0, "b": 350.0}, 1000.0, 8000)
    result = find(logs, Settings(1000.0, (64, 128), (2,), low_pass=False))
    assert min(_scores(result).values()) > 0.95


def test_a_recommendation_on_an_edge_says_so() -> None:
    for tone, said in (({"a": 310.0, "b": 350.0}, True), ({"a": 31.0, "b": 95.0}, False)):
        result = find(tones(tone, 1000.0, 8000), Settings(1000.0, (64, 128), (1, 2)))
        assert any(line.startswith("one rate lower, at 500 Hz, it is only 0.5") for line in remarks(result)) == said


def test_a_slow_modulation_needs_a_long_signal_whatever_the_rate() -> None:
    result = find(swells({"a": 0.5, "b": 2.0}, 200.0, 24000), Settings(200.0, (16, 64, 256, 512), (1, 4, 8)))
    scores = _scores(result)
    assert scores[Cell(1, 16)] < 0.65
    assert min(scores[Cell(1, 512)], scores[Cell(4, 256)]) > 0.9
    assert result.duration(result.advice.cell) > 1.0
    assert result.advice.cell.division > 1


def test_classes_that_do_not_differ_score_chance_though_the_best_cell_flatters() -> None:
    result = find(alike("abc", 6000), Settings(100.0, divisions=(1, 2, 3, 4, 6, 8, 16)))
    assert max(_scores(result).values()) > 0.45
    assert result.advice.low < 1 / 3 < result.advice.high
    assert not result.tells
    assert recommendation(result).startswith("no sampling tells the classes apart")
    assert result.to_record()["recommended"] is None


def test_easy_classes_get_the_cheapest_signals() -> None:
    logs = [log("quiet", 0.1 * noise(1, 20000)), log("loud", noise(2, 20000))]
    result = find(logs, Settings(100.0, (16, 32, 64), (1, 2, 4, 8)))
    assert result.advice.cell == Cell(8, 16)
    assert result.advice.score == result.advice.expected == 1.0
    assert "not distinguishably worse" in recommendation(result) or result.advice.best == result.advice.cell
    assert result.ram(result.advice.cell) == 64


def test_a_difference_of_levels_is_remarked_and_can_be_left_out() -> None:
    logs = [log("flat", noise(1, 6000)), log("tilted", noise(2, 6000) + 5.0)]
    result = find(logs, Settings(100.0, (16, 64), (1, 2)))
    assert result.advice.score > 0.99
    assert any("--no-level" in remark for remark in remarks(result))
    assert not find(logs, Settings(100.0, (16, 64), (1, 2), level=False)).tells


def test_faults_are_found_by_what_is_regular_alone() -> None:
    regular, abnormal = tones({REGULAR: 20.0, ABNORMAL: 32.0}, 200.0, 8000)
    result = find([abnormal, regular], Settings(200.0, (16, 64, 256), (1, 8), anomaly=True))
    scores = _scores(result)
    assert result.labels == (REGULAR, ABNORMAL)
    assert scores[Cell(1, 256)] > 0.95
    assert scores[Cell(8, 16)] < 0.75
    assert result.advice.cell.division == 1
    assert (result.measure, result.chance) == ("area under ROC", 0.5)


def test_whole_logs_are_held_back_where_there_are_enough() -> None:
    """Every log has a tone of its own, so blocks of a log are told apart, and logs never heard are not."""
    pitches = {"a": (11.0, 27.0, 41.0), "b": (16.0, 21.0, 35.0)}
    logs = [
        log(label, part.x, f"{label}{n}")
        for label, own in pitches.items()
        for n, f in enumerate(own)
        for part in tones({label: f}, 100.0, 2000)
    ]
    settings = Settings(100.0, (32, 128), (1, 2))
    apart = find(logs, settings)
    assert (apart.whole, apart.folds) == (True, 3)
    assert not apart.tells
    together = find([log for log in logs if log.name[-1] != "2"], settings)
    assert (together.whole, together.folds) == (False, 5)
    assert together.advice.expected > 0.95
    assert any("record each class three times" in remark for remark in remarks(together))


def test_cells_that_are_too_long_for_a_log_are_marked() -> None:
    result = find(alike("ab", 1000), Settings(100.0))
    assert len(result.scored) + len(result.too_short) == 9 * 32
    assert all((s.cell.length - 1) * s.cell.division < 200 for s in result.scored)
    assert Cell(1, 128) in _scores(result)
    assert Cell(1, 256) in result.too_short
    shown = result.matrix()
    assert shown.shape == (32, 9)
    assert np.isnan(shown).sum() == len(result.too_short)
    assert any("need longer logs: a block of a has 200 samples" in remark for remark in remarks(result))


def test_the_same_logs_give_the_same_result() -> None:
    logs = alike("ab", 3000)
    one, two = (find(logs, Settings(100.0, (16, 64), (1, 3))).to_record() | {"seconds": 0} for _ in range(2))
    assert one == two


def test_an_interrupt_keeps_what_there_is() -> None:
    def third(done: int, total: int, cells: object) -> None:
        if done == 3:
            raise KeyboardInterrupt

    result = find(alike("ab", 3000), Settings(100.0), third)
    assert (result.stopped, len(result.scored)) == (True, 3)
    assert any(remark.startswith("interrupted") for remark in remarks(result))


def test_an_interrupt_before_the_first_score_has_nothing_to_keep() -> None:
    def at_once(done: int, total: int, cells: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find(alike("ab", 100), Settings(100.0, (4096,), (1, 2)), at_once)


@pytest.mark.parametrize("scale", [0.0, 1e-42, 1e-20, 1.0, 1e37])
@pytest.mark.parametrize("anomaly", [False, True])
def test_axes_that_do_not_move_and_any_units_are_no_trouble(scale: float, anomaly: bool) -> None:
    labels = (REGULAR, ABNORMAL) if anomaly else ("a", "b")
    logs = [log(label, np.hstack([scale * noise(n, 600), np.full((600, 1), 7.0)])) for n, label in enumerate(labels)]
    with np.errstate(all="raise", under="ignore"):
        result = find(logs, Settings(100.0, (16, 32), (1, 5), anomaly=anomaly))
    assert all(0 <= s.score <= 1 for s in result.scored)
    assert not result.tells


def test_units_do_not_matter() -> None:
    settings = Settings(100.0, (16, 64), (1, 2))
    logs = tones({"a": 20.0, "b": 24.0}, 100.0, 2000)
    larger = [log(g.label, 1024.0 * np.float64(g.x)) for g in logs]
    assert _scores(find(logs, settings)) == _scores(find(larger, settings))


@pytest.mark.parametrize(
    ("logs", "settings", "words"),
    [
        (alike("a", 500), Settings(10.0), "only one class"),
        ([*alike("a", 500), *alike("b", 500, axes=3)], Settings(10.0), "the same sensor"),
        (alike("ab", 500, axes=384), Settings(10.0), "looks like signals"),
        (alike("ab", 79), Settings(10.0), "the logs of a are too short"),
        (alike("ab", 500), Settings(10.0, anomaly=True), "regular and abnormal logs are needed"),
        ([log("a", np.full(500, np.nan)), *alike("b", 500, axes=1)], Settings(10.0), "no numbers"),
    ],
)
def test_logs_that_do_not_suit_are_refused_in_a_sentence(logs: list[object], settings: Settings, words: str) -> None:
    with pytest.raises(SearchError, match=words) as caught:
        find(logs, settings)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("rate", "lengths", "divisions"),
    [(0.0, (16,), (1,)), (np.nan, (16,), (1,)), (1.0, (17,), (1,)), (1.0, (16,), (33,)), (1.0, (), (1,))],
)
def test_settings_that_mean_nothing_are_refused(
    rate: float, lengths: tuple[int, ...], divisions: tuple[int, ...]
) -> None:
    with pytest.raises(SearchError):
        Settings(rate, lengths, divisions)
