"""Figures of signals: what is drawn is what was computed, nothing covers it, and every axis says what it measures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop import plots
from bitloop.errors import BitloopError
from bitloop.plots.axes import MOST

if TYPE_CHECKING:
    from matplotlib.figure import Figure

X = np.random.default_rng(1).normal(size=(20, 64, 3)).astype(np.float32)
LOG = np.random.default_rng(2).normal(size=(3000, 2)).astype(np.float32)


def _drawn(classes: dict[str, NDArray[np.float32]], rate: float | None = None) -> dict[str, Figure]:
    return {name: draw() for name, draw in plots.signal_figures(classes, rate).items()}


def test_every_class_has_its_figures_and_all_of_them_two_together() -> None:
    from matplotlib.image import imread

    drawn = _drawn({"off": X, "on": 2 * X})
    kinds = ("course", "spectrum", "spectrogram")
    assert list(drawn) == [f"{n}-{kind}" for n in ("off", "on") for kind in kinds] + [
        "classes-course",
        "classes-spectrum",
    ]
    assert b"<svg" in plots.render(drawn["classes-course"], "svg")
    for figure in drawn.values():
        pixels = imread(io.BytesIO(plots.render(figure, "png")))
        assert pixels.shape[0] > 400 and pixels.shape[1] > 900
        assert (pixels[:, :, :3] < 0.97).any(axis=2).mean() > 0.02
        rows = [a for a in figure.axes if a.get_label() != "<colorbar>"]
        assert [row.get_ylabel().split("\n")[0] for row in rows] == ["axis 1", "axis 2", "axis 3"]
        assert all(a.get_ylabel() == "dB re 1" for a in figure.axes if a.get_label() == "<colorbar>")
        assert rows[-1].get_xlabel()


@pytest.mark.parametrize(
    ("rate", "words"), [(None, ("sample of the signal", "cycles per sample")), (2e4, ("ms", "Hz"))]
)
def test_abscissae_are_hertz_and_seconds_only_where_the_rate_is_known(
    rate: float | None, words: tuple[str, str]
) -> None:
    drawn = _drawn({"off": X}, rate)
    for kind, word in zip(("course", "spectrum"), words, strict=True):
        assert word in drawn[f"off-{kind}"].axes[-1].get_xlabel()
    assert drawn["off-spectrum"].axes[0].get_xlim() == (0.0, 0.5 if rate is None else 1e4)


def test_lines_are_the_numbers_computed() -> None:
    from bitloop.signals.look import course, spectrum

    drawn = _drawn({"off": X}, 100.0)
    (mean,) = drawn["off-course"].axes[1].get_lines()
    np.testing.assert_allclose(np.asarray(mean.get_ydata()), course(X).mean[:, 1])
    largest, rms = drawn["off-spectrum"].axes[2].get_lines()
    np.testing.assert_allclose(np.asarray(rms.get_ydata()), spectrum(X).amplitude[1:, 2])
    np.testing.assert_allclose(np.asarray(largest.get_ydata()), spectrum(X).highest[1:, 2])


def test_legends_cover_no_data_and_titles_no_legend() -> None:
    many = {f"class {n} of a long name": X + n for n in range(13)}
    drawn = _drawn(many)
    for figure in (drawn["classes-course"], drawn["classes-spectrum"], drawn["class 0 of a long name-course"]):
        figure.draw_without_rendering()
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        (legend,) = figure.legends
        box = legend.get_window_extent(renderer)
        for row in figure.axes:
            assert not box.overlaps(row.get_tightbbox(renderer))  # type: ignore[arg-type]
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1
    looks = {(line.get_color(), line.get_linestyle()) for line in drawn["classes-spectrum"].axes[0].get_lines()}
    assert len(looks) == 13


def test_logs_are_drawn_over_time() -> None:
    drawn = _drawn({"log": LOG}, 100.0)
    assert drawn["log-course"].axes[-1].get_xlabel() == "time, s"
    assert drawn["log-spectrogram"].axes[1].get_xlabel() == "time, s"
    assert drawn["log-course"].axes[0].get_title("left") == "log: 3,000 samples"


def test_of_many_axes_the_first_are_drawn_and_the_title_says_so() -> None:
    wide = np.zeros((3, 32, 60), dtype=np.float32)
    figure = _drawn({"still": wide})["still-spectrum"]
    assert len(figure.axes) == MOST
    assert figure.axes[0].get_title("left").endswith("the first 8 of 60 axes")


def test_a_sensor_that_does_not_move_can_be_drawn() -> None:
    drawn = _drawn({"still": np.ones((3, 32, 1), dtype=np.float32)})
    assert drawn["still-spectrum"].axes[0].get_yscale() == "linear"
    assert all(plots.render(figure, "png") for figure in drawn.values())


def test_signals_are_counted_in_whole_numbers_where_there_are_few() -> None:
    figure = _drawn({"one": X[:1]})["one-spectrogram"]
    assert all(tick.is_integer() for tick in figure.axes[0].get_xticks())


@pytest.mark.filterwarnings("error")
def test_names_are_drawn_as_they_are() -> None:
    drawn = _drawn({"_a $x$": X, "漢": X})
    assert drawn["_a $x$-course"].axes[0].get_title("left") == r" _a \$x\$: 20 signals"
    for figure in (drawn["classes-course"], drawn["classes-spectrum"]):
        assert [text.get_text() for text in figure.legends[0].get_texts()] == [r" _a \$x\$", "漢"]
    assert "漢" in plots.render(drawn["漢-course"], "svg").decode()


def test_what_is_too_short_has_a_course_and_no_spectrum() -> None:
    assert list(plots.signal_figures({"states": np.ones((4, 3), dtype=np.float32)})) == ["states-course"]


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(BitloopError, match="b has 2 axes and a 3"):
        plots.signal_figures({"a": X, "b": X[:, :, :2]})
    with pytest.raises(BitloopError, match="one of a and b is a log"):
        plots.signal_figures({"a": X, "b": LOG})


def test_seams_of_a_log_are_marked_and_leave_a_gap_in_the_spectrogram() -> None:
    drawn = {name: draw() for name, draw in plots.signal_figures({"log": LOG}, 100.0, (), {"log": (1500,)}).items()}
    dotted = [one for one in drawn["log-course"].axes[0].lines if one.get_linestyle() == ":"]
    assert [list(map(float, one.get_xdata())) for one in dotted] == [[15.0, 15.0]]
    mesh = drawn["log-spectrogram"].axes[0].collections[0].get_array()
    assert mesh is not None
    assert np.ma.getmaskarray(mesh).any() and not np.ma.getmaskarray(mesh).all()


def test_logs_of_different_length_share_one_unit_of_time() -> None:
    drawn = _drawn({"long": LOG, "short": LOG[:90]}, 100.0)["classes-course"]
    assert drawn.axes[-1].get_xlabel() == "time, s"
    assert drawn.axes[0].get_xlim()[1] == pytest.approx(30, rel=0.05)
