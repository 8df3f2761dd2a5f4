"""Libraries whose features are convolved, picked, multiplied and projected: the generated C in every bit."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.linear import Linear
from bitloop.kernels.pick import Pick
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.projection import Projection
from bitloop.kernels.quadratic import Quadratic
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.kernels.statistics import Statistics
from bitloop.library import Library
from bitloop.search.prune import prune
from bitloop.search.rocket import fit
from tests.library.examples import AXES, CLASSES, LEARNING, LENGTH, signals
from tests.library.test_parity import assert_parity

KEPT = np.array([0, 3, 40, 83, 89, 85])
GIVEN = Shape(AXES, LENGTH)


def preprocessing(*after: Stage) -> Preprocessing:
    """MiniRocket and statistics, pruned to a few features in an odd order, scaled, then what comes `after`."""
    planar = Preprocessing(AXES, LENGTH, ((),)).deinterleave(signals(40, 1))
    rocket = fit(planar, 84, 1, difference=True)
    branches, places = prune(GIVEN, ((rocket,), (Statistics(("rms", "mobility")),)), KEPT)
    assert places is not None
    bare = Preprocessing(AXES, LENGTH, branches, (Pick(places),))
    scale = Scale.zscore(bare(signals(40, 1))[:, :, None])
    return Preprocessing(AXES, LENGTH, branches, (Pick(places), scale, *after))


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=shape).astype(np.float32)


HEADS: dict[str, tuple[Stage, ...]] = {
    "picked": (),
    "longer": (Quadratic(5),),
    "shorter": (Projection(noise(6), noise(2, 6)),),
    "both": (Quadratic(6), Projection(noise(27), noise(4, 27))),
}


@pytest.mark.parametrize("persona", ["v3", "v5"])
@pytest.mark.parametrize("head", HEADS)
def test_generated_c_and_emulators_agree_in_every_bit(head: str, persona: str) -> None:
    made = preprocessing(*HEADS[head])
    linear = Linear(noise(len(CLASSES), made.features), noise(len(CLASSES)))
    assert_parity(Library(Pipeline(made, linear), CLASSES), persona)


def test_a_model_that_learns_agrees_too() -> None:
    made = preprocessing(*HEADS["both"])
    model = RunningGaussian(made.features, 3.0, float(np.float32(1e-6)))
    assert_parity(Library(Pipeline(made, model), learning=LEARNING), "v5")


def test_a_library_file_reads_back_the_same() -> None:
    made = Pipeline(preprocessing(*HEADS["both"]), Linear(noise(3, 4), noise(3)))
    again = Pipeline.from_record(made.to_record())
    x = signals(10, 5)
    np.testing.assert_array_equal(made.preprocessing(x), again.preprocessing(x))
    assert again.to_record() == made.to_record()
