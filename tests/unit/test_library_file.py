"""The library file: it reads back exactly, and refuses what was damaged or forged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bitloop.errors import LibraryError
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.library import Library


def example() -> Library:
    branches = ((RemoveMean(), BandMean((0, 3, 8))), ())
    odd = np.array([0.1, 1e-45, 3.4028235e38, -1.1754942e-38] + [1.0] * 16, dtype=np.float32)[:20]
    head = (Scale(odd, np.full(20, 0.3, dtype=np.float32)),)
    preprocessing = Preprocessing(2, 8, branches, head)
    model = RunningGaussian(20, 3.0, 1e-6)
    state = np.linspace(-1, 1, model.state_size, dtype=np.float32)
    return Library(Pipeline(preprocessing, model), learning=12, pretrained=state, report={"score": 0.5})


def test_a_library_reads_back_bit_for_bit(tmp_path: Path) -> None:
    library = example()
    library.save(tmp_path / "a.json")
    read = Library.load(tmp_path / "a.json")
    assert read.id == library.id
    assert read.to_json() == library.to_json()
    before, after = library.pipeline.preprocessing.head[0], read.pipeline.preprocessing.head[0]
    assert isinstance(before, Scale)
    assert isinstance(after, Scale)
    assert before.offset.tobytes() == after.offset.tobytes()
    assert read.pretrained is not None
    assert library.pretrained is not None
    assert read.pretrained.tobytes() == library.pretrained.tobytes()


def test_the_id_depends_on_behaviour_and_not_on_the_report() -> None:
    library = example()
    same = Library(library.pipeline, learning=12, pretrained=library.pretrained, report={"score": 0.9})
    other = Library(library.pipeline, learning=13, pretrained=library.pretrained)
    assert same.id == library.id
    assert other.id != library.id
    assert len(library.id) == 24


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("format",), "other", "not a bitloop library"),
        (("version",), 99, "format version 99"),
        (("learning",), 13, "changed by hand"),
        (("learning",), "12", "wrong type"),
        (("pipeline",), None, "objects"),
        (("pipeline", "preprocessing", "axes"), "2", "integers"),
        (("pipeline", "preprocessing", "axes"), -2, "none"),
        (("pipeline", "preprocessing", "head", 0, "kernel"), "os.system", "unknown"),
        (("pipeline", "preprocessing", "head", 0, "spread"), [1.0, [2.0]], "array of numbers"),
        (("pipeline", "preprocessing", "head", 0, "spread"), [1e999] * 20, "not finite"),
        (("pipeline", "preprocessing", "head", 0, "spread"), [1e39] * 20, "outside the range"),
        (("pipeline", "preprocessing", "branches", 0, 1, "edges"), [3, 1], "rise"),
        (("pipeline", "preprocessing", "branches", 0, 1, "edges"), [0, 300], "last band"),
        (("pipeline", "model", "features"), 19, "features"),
        (("pretrained",), [1.0], "pretrained state"),
        (("pretrained",), ["x"], "list of numbers"),
    ],
)
def test_what_was_damaged_is_refused_in_one_sentence(path: tuple[Any, ...], value: Any, says: str) -> None:
    data = json.loads(example().to_json())
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(LibraryError, match=says):
        Library.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "\x00"])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(LibraryError):
        Library.from_json(text)


def test_steps_count_through_branches_and_head() -> None:
    steps = list(example().pipeline.preprocessing.steps())
    assert [(s.index, s.branch, s.stage.kernel) for s in steps] == [
        (0, 0, "remove_mean"),
        (1, 0, "band_mean"),
        (2, None, "scale"),
    ]


def test_trace_ends_with_the_features_and_an_empty_branch_is_the_raw_signal() -> None:
    preprocessing = example().pipeline.preprocessing
    x = np.random.default_rng(5).normal(size=(3, 16)).astype(np.float32)
    *_, (last, values) = preprocessing.trace(x)
    assert last.stage.kernel == "scale"
    np.testing.assert_array_equal(values.reshape(3, -1), preprocessing(x))
    planar = x.reshape(3, 8, 2).transpose(0, 2, 1).reshape(3, 16)
    unscaled = Preprocessing(2, 8, preprocessing.branches)(x)
    np.testing.assert_array_equal(unscaled[:, 4:], planar)
