"""Libraries whose branches share their first stages: computed once, the same bits everywhere, and paid for."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bitloop.errors import LibraryError
from bitloop.kernels.base import Stage
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.costs import estimate
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.pipeline import BEFORE, Preprocessing
from bitloop.kernels.statistics import Statistics
from bitloop.library import Library
from bitloop.library.build import build
from bitloop.library.codegen import generate
from bitloop.library.options import Options
from bitloop.library.sizes import measure
from bitloop.library.texts import describe
from bitloop.search.cost import least
from bitloop.targets import target
from bitloop.toolchain import Flags
from tests.library.examples import KINDS, library, signals
from tests.library.test_clean import PEDANTIC
from tests.library.test_parity import PERSONAS, assert_parity
from tests.library.userland import need

FILTER = (Biquad.band(0.02, 0.2), Biquad.band(0.0, 0.3, 1))


def filtered(name: str, before: tuple[Stage, ...] = FILTER) -> Library:
    made = library(name)
    preprocessing = replace(made.pipeline.preprocessing, before=before)
    return replace(made, pipeline=replace(made.pipeline, preprocessing=preprocessing))


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("name", [*(f"{kind}-both" for kind in KINDS), "classes-spectrum", "anomaly-raw"])
def test_generated_c_and_emulators_agree_in_every_bit(name: str, persona: str) -> None:
    assert_parity(filtered(name), persona)


def test_every_branch_starts_from_what_stands_before_them() -> None:
    made = Preprocessing(3, 32, ((), (Statistics(("rms",)),)), before=FILTER)
    x = signals(10, 1)
    planar = made.deinterleave(x)
    for stage in FILTER:
        planar = stage.reference(planar)
    features = made(x)
    np.testing.assert_array_equal(features[:, :96], planar.reshape(10, -1))
    np.testing.assert_array_equal(features[:, 96:], Statistics(("rms",)).reference(planar).reshape(10, -1))
    steps = [(step.index, step.branch) for step, _ in made.trace(x)]
    assert steps == [(0, BEFORE), (1, BEFORE), (2, 1)]
    *_, (_, last) = made.trace(x)
    np.testing.assert_array_equal(last.reshape(10, -1), features[:, 96:])


def test_the_filter_is_written_once_and_named_first() -> None:
    text = generate(filtered("outlier-both")).files["neai.c"].decode()
    assert (text.count("bl_biquad("), text.count("bl_deinterleave(")) == (2, 1)
    assert text.count("static void prepare(") == text.count("    prepare(in, neai.signal);") == 1
    assert describe(filtered("outlier-both")).startswith("biquad, biquad, (remove_mean")
    assert describe(filtered("outlier-spectrum")).startswith("biquad, biquad, remove_mean")


def test_libraries_without_it_are_what_they_were_and_files_read_back() -> None:
    plain = library("outlier-both")
    assert filtered("outlier-both", ()).id == plain.id
    assert "before" not in json.loads(plain.to_json())["pipeline"]["preprocessing"]
    made = filtered("outlier-both")
    again = Library.from_json(made.to_json())
    assert (again.id, again.id != plain.id) == (made.id, True)
    np.testing.assert_array_equal(
        again.pipeline.preprocessing(signals(5, 2)), made.pipeline.preprocessing(signals(5, 2))
    )


def test_a_file_whose_filter_was_taken_out_by_hand_is_refused() -> None:
    data = json.loads(filtered("outlier-both").to_json())
    del data["pipeline"]["preprocessing"]["before"]
    with pytest.raises(LibraryError, match="changed by hand"):
        Library.from_json(json.dumps(data))
    data["pipeline"]["preprocessing"]["before"] = {}
    with pytest.raises(LibraryError, match="have to be integers, before, branches"):
        Library.from_json(json.dumps(data))


def test_what_changes_the_shape_may_not_stand_before_all_branches() -> None:
    with pytest.raises(LibraryError, match="has to keep the number of axes and samples"):
        Preprocessing(3, 32, ((),), before=(Decimate(2),))


def test_its_memory_and_time_are_counted() -> None:
    core = target("cortex-m4f")
    for name, kept in (("anomaly-both", 4 * 3 * 32), ("anomaly-spectrum", 0)):
        plain, made = library(name), filtered(name)
        assert measure(made, core).static_ram - measure(plain, core).static_ram == kept
        bounds = [least(lib.pipeline.preprocessing, lib.pipeline.model).ram for lib in (made, plain)]
        assert bounds[0] - bounds[1] == kept
        cycles = [estimate(lib.pipeline, "cortex-m4f").cycles for lib in (made, plain)]
        assert cycles[0] > cycles[1] + 3 * 32 * 3


@pytest.mark.parametrize(("core", "compiler"), [("cortex-m0", "gcc"), ("cortex-m4f", "zig")])
@pytest.mark.parametrize("persona", PERSONAS)
def test_no_warning(persona: str, core: str, compiler: str) -> None:
    need(compiler, target(core))
    flags = Flags("-O2", extra=PEDANTIC)
    for name in ("anomaly-both", "classes-spectrum"):
        options = Options(persona, "x9", trace=name == "anomaly-both")
        assert build(filtered(name), target(core), compiler, options, flags).archive.is_file()
