"""Figures: what they show is what they were given, they render to both formats, and the same bytes twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bitloop import plots
from bitloop.errors import BitloopError
from bitloop.plots.pareto import Spot

POINTS = [(0.5, 10, 0.4, 0.3), (2.0, 80, 0.7, 0.65), (9.0, 900, 0.9, 0.88)]
CLASSES = {
    "off": {"recall": 1.0, "interval": [0.93, 1.0], "signals": 50},
    "a $slow$ one with a very long name": {"recall": 0.5, "interval": [0.36, 0.64], "signals": 50},
}
METRICS = {
    "confusion": [[50, 0], [25, 25]],
    "labels": list(CLASSES),
    "per_class": CLASSES,
    "per_fold": {"recall": {"off": {"worst": 0.9}}},
    "learning_curve": [[10, 0.5], [50, 0.8], [100, 0.9]],
    "figures": {"similarity": {"regular": [0] * 96 + [5] * 5, "abnormal": [30] + [0] * 100}, "pairs": [[1.0, 1.1]]},
}
SPOTS = [Spot(1, 0.9, 9000), Spot(2, 0.8, 3000, chosen=True), Spot(3, 0.7, 9500, pareto=False)]


def test_a_report_has_every_figure_its_numbers_allow() -> None:
    drawn = plots.figures(METRICS, recommended=50, spots=SPOTS, points=POINTS, seconds=12.0)
    assert list(drawn) == ["history", "confusion", "recall", "learning", "similarity", "values", "pareto"]
    assert plots.figures({}) == {}
    for figure in drawn.values():
        png, svg = (plots.render(figure, form) for form in plots.FORMATS)
        assert png.startswith(b"\x89PNG") and b"<svg" in svg
        assert b"<dc:date>" not in svg


def test_the_same_figure_gives_the_same_bytes() -> None:
    for form in plots.FORMATS:
        one, two = (plots.render(plots.history(POINTS, 12.0, "R²"), form) for _ in range(2))
        assert one == two


def test_the_course_of_a_search_is_drawn_to_its_end() -> None:
    line = plots.history(POINTS, 12.0, "R²").axes[0].get_lines()[0]
    np.testing.assert_allclose(np.asarray(line.get_xydata()), [[0.5, 0.4], [2.0, 0.7], [9.0, 0.9], [12.0, 0.9]])
    assert plots.history([], 0.0, "R²").axes[0].get_lines() == []
    assert plots.history(POINTS, 300.0, "R²").axes[0].get_xscale() == "log"


def test_the_matrix_carries_its_counts_and_no_mathematics() -> None:
    axes = plots.confusion(METRICS["confusion"], METRICS["labels"], 3).axes[0]  # type: ignore[arg-type]
    assert sorted(text.get_text() for text in axes.texts) == ["25", "25", "50"]
    assert axes.get_xlabel() == "answer (3 refused)"
    assert r"\$slow\$" in axes.get_yticklabels()[1].get_text()
    many = np.eye(20, dtype=int).tolist()
    assert not plots.confusion(many, [str(n) for n in range(20)]).axes[0].texts


def test_similarities_are_shares_with_the_decision_at_the_edge_of_a_bar() -> None:
    axes = plots.similarity(METRICS["figures"]["similarity"]).axes[0]  # type: ignore[index]
    heights = {(bar.get_x(), round(bar.get_height(), 6)) for bar in axes.patches if bar.get_height()}  # type: ignore[attr-defined]
    assert heights == {(95.0, 100.0), (0.0, 100.0)}


def test_the_recommended_minimum_is_named() -> None:
    axes = plots.learning([[10, 0.5], [50, 0.8]], 50).axes[0]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["worst fold", "recommended minimum: 50"]


def test_every_library_carries_its_number() -> None:
    assert [text.get_text() for text in plots.pareto(SPOTS).axes[0].texts] == ["1", "2", "3"]


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    drawn = {"history": plots.history(POINTS, 12.0, "R²"), "pareto": plots.pareto(SPOTS)}
    written = plots.save(drawn, tmp_path / "new")
    assert sorted(path.name for path in written) == ["history.png", "history.svg", "pareto.png", "pareto.svg"]
    (tmp_path / "pareto.svg").write_text("mine")
    with pytest.raises(BitloopError, match="exists already"):
        plots.save(drawn, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["pareto.svg"]
    with pytest.raises(BitloopError, match="png, svg"):
        plots.render(drawn["pareto"], "pdf")


def test_nothing_of_matplotlib_is_loaded_before_a_figure_and_pyplot_never() -> None:
    code = (
        "import sys; from bitloop import plots; early = 'matplotlib' in sys.modules\n"
        "plots.render(plots.history([], 0.0, 'R2'), 'png'); print(early, 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
