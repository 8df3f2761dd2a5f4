"""Views over time: every draw of their options makes a pipeline, or there is no such view; what they tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.kernels.base import Shape
from bitloop.kernels.histogram import Histogram
from bitloop.kernels.pipeline import Preprocessing, refused
from bitloop.kernels.record import from_record, to_record
from bitloop.kernels.stages import STAGES
from bitloop.native import host
from bitloop.search.views import VIEWS
from bitloop.search.views.spectrum import band_edges
from bitloop.search.views.view import Value

NAMES = (
    "segments",
    "quantiles",
    "correlation",
    "wavelet",
    "band",
    "envelope",
    "autoregression",
    "autocorrelation",
    "histogram",
)
SHAPES = (Shape(1, 8), Shape(1, 17), Shape(2, 33), Shape(3, 125), Shape(6, 96), Shape(9, 64), Shape(1, 3072))


def draw(name: str, given: Shape, rng: np.random.Generator) -> dict[str, Value]:
    options = VIEWS[name].options(given, 0.1)
    return {key: values[int(rng.integers(len(values)))] for key, values in options.items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", SHAPES, ids=str)
def test_every_draw_makes_a_pipeline(name: str, given: Shape) -> None:
    rng = np.random.default_rng(given.size)
    if not VIEWS[name].options(given, 0.1):
        assert given.length < 17 or (name == "correlation" and given.axes == 1)
        return
    x = rng.normal(size=(2, given.size)).astype(np.float32)
    for _ in range(40):
        chosen = draw(name, given, rng)
        stages = VIEWS[name].stages(chosen, given)
        assert not refused(Preprocessing(given.axes, given.length, (stages,))(x, host())).any(), chosen
        for stage in stages:
            assert to_record(from_record(to_record(stage), STAGES)) == to_record(stage)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [1, 2, 7])
def test_short_signals_have_no_such_view(name: str, length: int) -> None:
    assert VIEWS[name].options(Shape(3, length), 1.0) == {}


def test_limits_of_a_histogram_are_fitted_where_they_are_to_be() -> None:
    view, given = VIEWS["histogram"], Shape(3, 64)
    x = np.random.default_rng(1).normal(50.0, 2.0, size=(300, 3, 64)).astype(np.float32)
    assert view.fit is not None
    for limits in ("fixed", "sigma"):
        chosen = {"limits": limits, "difference": False, "bins": 8, "norm": -3}
        planned, fitted = view.stages(chosen, given), view.fit(chosen, given, x, np.zeros(300), 1)
        assert [s.shape(Shape(4, 64)) for s in planned[-1:]] == [s.shape(Shape(4, 64)) for s in fitted[-1:]]
        last = fitted[-1]
        assert isinstance(last, Histogram) and last.kind == limits
        if limits == "fixed":
            np.testing.assert_allclose(last.limits[0, :3], 50 - 2.58 * 2, atol=0.5)
            np.testing.assert_allclose(last.limits[1, :3], 2 * 2.58 * 2, atol=1)


def _features(name: str, chosen: dict[str, Value], x: np.ndarray) -> np.ndarray:
    for stage in VIEWS[name].stages(chosen, Shape(x.shape[1], x.shape[2])):
        x = stage.run(np.ascontiguousarray(x, dtype=np.float32), host())
    return x.reshape(len(x), -1)


def test_an_envelope_spectrum_shows_a_modulation_that_the_signal_hides() -> None:
    turns, cycles = 2 * np.pi * np.arange(256) / 256, (12, 24)
    x = np.stack([(1 + 0.9 * np.sin(turns * slow)) * np.sin(turns * 77) for slow in cycles])
    chosen: dict[str, Value] = {"center": True, "difference": False, "share": 0.25, "decimate": 4, "points": 24}
    found = _features("envelope", {**chosen, "floor": 0.0}, x[:, None])
    edges = np.array(band_edges(33, 24, "linear"))
    assert np.argmax(found, axis=1).tolist() == (np.searchsorted(edges, cycles, "right") - 1).tolist()


def test_correlation_tells_which_current_leads() -> None:
    t = np.arange(125)
    three = [np.sin(2 * np.pi * (t / 20 + turn / 3)) for turn in range(3)]
    x = np.array([three, three[::-1]])
    at_once = _features("correlation", {"lags": 0, "step": 1}, x)
    np.testing.assert_allclose(at_once[0], at_once[1], atol=0.05)
    late = _features("correlation", {"lags": 1, "step": 5}, x)
    assert np.abs(late[0] - late[1]).max() > 1


def test_segments_tell_what_comes_first() -> None:
    x = np.zeros((2, 1, 60))
    x[0, 0, :20], x[1, 0, 40:] = 1, 1
    rows = _features("segments", {"segments": 3, "which": ("mean",)}, x)
    np.testing.assert_array_equal(rows, [[1, 0, 0], [0, 0, 1]])
