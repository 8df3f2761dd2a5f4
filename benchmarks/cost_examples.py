"""Examples of every kernel a search can choose, with inputs as they meet them: from its views and its ways to fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError
from bitloop.kernels.base import LearningModel, Model, Shape, Signals, Stage, State, StaticModel
from bitloop.kernels.costs import Use, use_of
from bitloop.kernels.pick import Pick
from bitloop.kernels.pipeline import Preprocessing
from bitloop.kernels.quadratic import Quadratic
from bitloop.kernels.scale import Scale
from bitloop.search.fits import ENTRIES
from bitloop.search.project import fit_pca
from bitloop.search.views import VIEWS

SHAPES = (Shape(1, 256), Shape(3, 64), Shape(3, 256), Shape(1, 1024), Shape(6, 128), Shape(2, 512))
TRIES = 6
"""Random choices per view and shape."""
SIGNALS, CLASSES = 40, 3


@dataclass(frozen=True, slots=True)
class Example:
    """A kernel with one signal (or feature vector) it is timed on; `state` is what a learning model has learned."""

    kernel: Stage | Model
    given: Shape
    x: NDArray[np.float32]
    use: Use
    state: State | None = None


def signals(shape: Shape, seed: int, count: int = SIGNALS) -> Signals:
    """(count, axes, length): harmonics and noise, different for every class (signal modulo CLASSES)."""
    rng = np.random.default_rng(seed)
    t, label = np.arange(shape.length)[None, None, :], np.arange(count)[:, None, None] % CLASSES
    phase = rng.uniform(0, 6.3, (count, shape.axes, 1))
    wave = np.sin((0.2 + 0.1 * label) * t + phase) + 0.3 * np.sin(0.9 * t - phase)
    return (wave + rng.normal(0.0, 0.2, (count, shape.axes, shape.length)) + 0.1).astype(np.float32)


def labels(count: int = SIGNALS) -> NDArray[np.int64]:
    return np.arange(count) % CLASSES


def chains(shape: Shape, seed: int) -> Iterator[tuple[Stage, ...]]:
    """Random choices of every view, without those that do not fit."""
    rng = np.random.default_rng(seed)
    x, y = signals(shape, seed), labels()
    for view in VIEWS.values():
        kind = "classes" if "classes" in view.kinds else view.kinds[0]
        options = view.options(shape, 1.0)
        for _ in range(TRIES if options else 0):
            chosen: dict[str, Any] = {name: choices[rng.integers(len(choices))] for name, choices in options.items()}
            try:
                target = y if kind == "classes" else y.astype(np.float32)
                yield view.stages(chosen, shape) if view.fit is None else view.fit(chosen, shape, x, target, 1)
            except BitloopError:
                continue


def stages(each: int) -> dict[str, list[Example]]:
    """By kernel, at most `each` examples of the most different efforts."""
    found: dict[str, dict[Any, Example]] = defaultdict(dict)
    for number, shape in enumerate(SHAPES):
        for chain in chains(shape, number):
            x, given = signals(shape, number, 1), shape
            for stage in chain:
                after = stage.shape(given)
                use = Use(stage.kernel, given.size, after.size, stage.effort(given))
                found[stage.kernel].setdefault(use, Example(stage, given, x[0], use))
                with np.errstate(all="ignore"):
                    x, given = stage.reference(x), after
        for features in (4, 12, 40, 120):
            column = np.random.default_rng(features).normal(size=(SIGNALS, features, 1)).astype(np.float32)
            given = Shape(features, 1)
            for stage in heads(column):
                use = Use(stage.kernel, features, stage.shape(given).size, stage.effort(given))
                found[stage.kernel].setdefault(use, Example(stage, given, column[0], use))
    return {kernel: _spread(list(examples.values()), each) for kernel, examples in found.items()}


def heads(column: Signals) -> tuple[Stage, ...]:
    """What may stand in the head, for features (signals, features, 1)."""
    count = column.shape[1]
    return (
        Scale.zscore(column),
        Pick(np.arange(0, count, 2, dtype=np.uint16)),
        fit_pca(column[:, :, 0], 1 + count // 4),
        Quadratic(min(count, 16)),
    )


def models(each: int) -> dict[str, list[Example]]:
    """By kernel, at most `each` examples fitted on features of made-up signals."""
    found: dict[str, dict[Any, Example]] = defaultdict(dict)
    for entry in ENTRIES.values():
        for number, features in enumerate((4, 10, 24, 60)):
            if features > entry.most:
                continue
            rng = np.random.default_rng([number, features])
            x = (rng.normal(size=(SIGNALS, features)) + labels()[:, None]).astype(np.float32)
            hyper = {name: float(choices[rng.integers(len(choices))]) for name, choices in entry.hyper.items()}
            try:
                model, state = fitted(entry, x, hyper)
            except BitloopError:
                continue
            found[model.kernel].setdefault(
                use_of(model), Example(model, Shape(1, features), x[:1], use_of(model), state)
            )
    return {kernel: _spread(list(examples.values()), each) for kernel, examples in found.items()}


def fitted(entry: Any, x: NDArray[np.float32], hyper: dict[str, float]) -> tuple[Model, State | None]:
    """A model of an entry, and what it learned if it learns."""
    if entry.kind == "anomaly":
        model = entry.fit(x.shape[1], hyper, 3.0)
        assert isinstance(model, LearningModel)
        known = np.concatenate([x + np.float32(0.1 * i) for i in range(4)])  # more than any warm-up
        return model, model.reference_learn(known, model.empty())
    if entry.kind == "outlier":
        return entry.fit(x, hyper, 1.0, 1), None
    static = entry.fit(x, labels(len(x)) if entry.kind == "classes" else x[:, 0].copy(), hyper, 1)
    assert isinstance(static, StaticModel)
    return static, None


def preprocessings(seed: int) -> Iterator[Preprocessing]:
    """Whole preprocessings of one or two branches."""
    shape = SHAPES[seed % len(SHAPES)]
    known = list(chains(shape, 100 + seed))
    rng = np.random.default_rng(seed)
    while True:
        picked = rng.choice(len(known), size=1 + int(rng.integers(2)), replace=False)
        try:
            yield Preprocessing(shape.axes, shape.length, tuple(known[i] for i in picked))
        except BitloopError:
            continue


def _spread(examples: list[Example], most: int) -> list[Example]:
    examples.sort(key=lambda e: (e.use.effort, e.use.input, e.use.output))
    if len(examples) <= most:
        return examples
    return [examples[round(i * (len(examples) - 1) / (most - 1))] for i in range(most)]
