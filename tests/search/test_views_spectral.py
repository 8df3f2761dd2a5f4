"""Views of frames: every draw of their options makes a pipeline, or there is no such view; and what mfcc hears."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from bitloop.errors import LibraryError
from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.base import Shape
from bitloop.kernels.pipeline import Preprocessing, refused
from bitloop.kernels.record import from_record, to_record
from bitloop.kernels.stages import STAGES
from bitloop.native import host
from bitloop.search.views import VIEWS
from bitloop.search.views.view import Value

NAMES = ("mel", "cepstrum", "mfcc")
SHAPES = (Shape(1, 17), Shape(1, 64), Shape(9, 64), Shape(3, 256), Shape(1, 3072), Shape(1, 16384), Shape(2, 1000))


def draw(name: str, given: Shape, rng: np.random.Generator) -> dict[str, Value]:
    options = VIEWS[name].options(given, 0.1)
    return {key: values[int(rng.integers(len(values)))] for key, values in options.items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", SHAPES)
def test_every_draw_makes_a_pipeline(name: str, given: Shape) -> None:
    rng = np.random.default_rng(given.size)
    if not VIEWS[name].options(given, 0.1):
        assert given.length < 64 and name == "mfcc"
        return
    x = rng.normal(size=(2, given.size)).astype(np.float32)
    for _ in range(60):
        chosen = draw(name, given, rng)
        stages = VIEWS[name].stages(chosen, given)
        pipeline = Preprocessing(given.axes, given.length, (stages,))
        assert pipeline.buffer == given.size, chosen  # in place
        assert not refused(pipeline(x, host())).any(), chosen
        for stage in stages:
            assert from_record(to_record(stage), STAGES) == stage


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [1, 2, 8, 16])
def test_short_signals_have_no_such_view(name: str, length: int) -> None:
    assert VIEWS[name].options(Shape(3, length), 1.0) == {}


def test_a_combination_that_does_not_fit_is_refused() -> None:
    chosen = draw("mfcc", Shape(1, 3072), np.random.default_rng(1))
    with pytest.raises(LibraryError):
        VIEWS["mfcc"].stages({**chosen, "frame": 4096}, Shape(1, 3072))


def words(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(signals, 2048) and whether each falls: a tone that rises or falls, somewhere, at some loudness, in noise."""
    rng = np.random.default_rng(seed)
    falls = rng.random(count) < 0.5
    x = rng.normal(0, 0.01, size=(count, 2048))
    for i in range(count):
        length, start = int(rng.integers(600, 1000)), int(rng.integers(0, 1000))
        sweep = np.linspace(0.05, 0.3, length)[:: -1 if falls[i] else 1] * rng.uniform(0.9, 1.1)
        x[i, start : start + length] += np.sin(2 * np.pi * np.cumsum(sweep))
        x[i] *= 10 ** rng.uniform(-1, 1)
    return x.astype(np.float32), falls


MFCC: Mapping[str, Value] = {
    "difference": False,
    "frame": 128,
    "overlap": 50,
    "bands": 16,
    "corner": 0.3,
    "floor": "40 dB",
    "active": 0.4,
    "segments": 3,
    "centering": 0.0,
    "steps": False,
    "coefficients": 8,
}


def test_words_are_told_apart_wherever_and_however_loud_they_are() -> None:
    """By the nearest of two means: features that depended on place or loudness would fail."""

    def right(chosen: Mapping[str, Value]) -> float:
        pipeline = Preprocessing(1, 2048, (VIEWS["mfcc"].stages(chosen, Shape(1, 2048)),))
        (x, falls), (other, truth) = words(60, 1), words(60, 2)
        train, test = pipeline(x, host()), pipeline(other, host())
        up, down = train[~falls].mean(axis=0), train[falls].mean(axis=0)
        found = ((test - down) ** 2).sum(axis=1) < ((test - up) ** 2).sum(axis=1)
        return float(np.mean(found == truth))

    assert right(MFCC) == 1.0
    assert right({**MFCC, "active": 0.0}) < 0.95


def test_the_active_part_of_speech_is_averaged_before_the_transform() -> None:
    stages = VIEWS["mfcc"].stages(MFCC, Shape(1, 2048))
    kernels = [stage.kernel for stage in stages]
    assert kernels == ["remove_mean", "mel_spectrogram", "relative_logarithm", "active_segments", "dct"]
    assert isinstance(stages[3], ActiveSegments) and stages[3].segments == 3
