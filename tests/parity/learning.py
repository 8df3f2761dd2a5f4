"""What every learning model has to do, whatever its formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bitloop.kernels.base import Features
from bitloop.kernels.gauge import GaugedModel
from tests.parity.matrix import assert_learning_parity, assert_same_bits, executors
from tests.parity.rows import cloud


def assert_stays_finite(model: GaugedModel, learn: Features, detect: Features) -> None:
    """State and ratios, whatever was learned; and it goes on learning."""
    state = model.reference_learn(learn, model.empty())
    assert np.isfinite(state).all()
    assert np.isfinite(model.reference_detect(detect, state)).all()
    state = model.reference_learn(cloud(3, 20, model.features), state)
    assert np.isfinite(state).all() and state[0] == len(learn) + 20
    assert np.isfinite(model.reference_detect(detect, state)).all()


def assert_hopeless_until_least(model: GaugedModel) -> None:
    """The ratio is 1e6 until `least` signals are learned, and less from then on."""
    x = cloud(13, model.least, model.features)
    state = model.reference_learn(x[:-1], model.empty())
    np.testing.assert_array_equal(model.reference_detect(x, state), np.float32(1e6))
    assert model.reference_detect(x, model.reference_learn(x, model.empty())).max() < 1e6


def assert_full_at_2_to_24(model: GaugedModel) -> None:
    """A float can count no further: nothing more is learned."""
    x = cloud(9, model.least + 4, model.features)
    state = model.reference_learn(x, model.empty())
    state[0] = 2.0**24
    core = model.core_size
    for executor in executors():
        assert_same_bits(state[:core], model.run_learn(x, state, executor)[:core], f"full, on {executor.name}")
    np.testing.assert_array_equal(model.reference_learn(x, state)[:core], state[:core])


def assert_smooths(model: GaugedModel, smoothing: int = 2) -> None:
    """With `smoothing` the same bits everywhere, learning and detecting; and it is the model on the running means."""
    smooth = replace(model, smoothing=smoothing)  # type: ignore[type-var]
    learn, detect = cloud(21, model.least + 10, model.features), cloud(22, 12, model.features)
    state = assert_learning_parity(smooth, learn, detect)
    both, mean = np.concatenate([learn, detect]), np.zeros(model.features, dtype=np.float32)
    seen = np.empty_like(both)
    for n, row in enumerate(both):
        mean = mean + (row - mean) * np.float32(1.0 / min(n + 1, 1 << smoothing))
        seen[n] = mean
    plain = model.reference_learn(seen[: len(learn)], model.empty())
    assert_same_bits(plain, state[: model.core_size], "core state on running means")
    ratio, after = smooth.reference_follow(detect, state)
    assert_same_bits(model.reference_detect(seen[len(learn) :], plain), ratio, "ratios of running means")
    assert_same_bits(np.append(np.float32(1 << smoothing), mean), after[model.core_size :], "the running mean")
    for executor in executors():
        assert_same_bits(after, smooth.run_follow(detect, state, executor)[1], f"state after, on {executor.name}")
