"""The proof notices what it is there for: each sabotage is reported, with the kernel it was done to.

Every test builds the image from changed C under the library's own name, so that the greeting lets it pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Features
from bitloop.kernels.base import Signals as Samples
from bitloop.kernels.linear import Linear
from bitloop.kernels.order import upwards
from bitloop.kernels.pipeline import Pipeline
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.library.codegen import Options, generate
from bitloop.library.file import Library
from bitloop.toolchain import Flags, Sources
from bitloop_hil.boards import board_file, open_board
from bitloop_hil.compare import words
from bitloop_hil.images import Image, build_image, link_image
from bitloop_hil.proof import Proof
from bitloop_hil.prove import ImageSource, Recipe, Signals, prove
from tests.hil.needs import need_compiler, need_qemu
from tests.library.examples import library, signals

BOARD = "generic-cortex-m4f"
ZIG = Recipe()


def proof_of(
    found: Library, images: ImageSource, recipe: Recipe = ZIG, on: tuple[str, str] = (BOARD, "virtual")
) -> Proof:
    learn = signals(15, 3) if found.kind == "anomaly" else None
    with open_board(*on) as board:
        return prove(found, board, images, Signals(signals(40, 4), learn), recipe=recipe)


def sabotaged(
    found: Library,
    change: Callable[[Sources], Sources] = lambda sources: sources,
    recipe: Recipe = ZIG,
    board: str = BOARD,
    instead: Library | None = None,
) -> ImageSource:
    """Images that claim to hold a library, from changed sources or from those of another one."""

    def image(trace: bool) -> Image:
        options = Options(persona=recipe.persona, trace=trace)
        sources = change(generate(instead or found, options))
        return link_image(found, sources, board_file(board), options, recipe.compiler, recipe.flags)

    return image


def edited(name: str, old: str, new: str) -> Callable[[Sources], Sources]:
    """One place of one file, changed."""

    def change(sources: Sources) -> Sources:
        text = sources.files[name].decode()
        assert text.count(old) == 1
        return sources | Sources({name: text.replace(old, new).encode()})

    return change


def contracted(header: str, compiler: str) -> Callable[[Sources], Sources]:
    """One kernel that may fuse its multiplications with its additions; the others stay as they are."""
    before, after = {
        "gcc": ('#pragma GCC push_options\n#pragma GCC optimize("fp-contract=fast")\n', "#pragma GCC pop_options\n"),
        "zig": ("#pragma STDC FP_CONTRACT ON\n", "#pragma STDC FP_CONTRACT OFF\n"),
    }[compiler]

    def change(sources: Sources) -> Sources:
        text = sources.files[header].decode()
        body, end = text.index("\n", text.rindex("#include")) + 1, text.rindex("#endif")
        return sources | Sources({header: (text[:body] + before + text[body:end] + after + text[end:]).encode()})

    return change


@pytest.mark.parametrize(("compiler", "core"), [("gcc", "cortex-m4f"), ("zig", "cortex-m7")])
@pytest.mark.parametrize(("kernel", "step"), [("rfft", 2), ("statistics", 5)])
def test_contraction_in_one_kernel_is_reported_as_that_kernels(
    kernel: str, step: int, compiler: str, core: str
) -> None:
    need_compiler(compiler)
    found, recipe, board = library("classes-both"), Recipe(compiler=compiler), f"generic-{core}"
    images = sabotaged(found, contracted(f"kernels/{kernel}.h", compiler), recipe, board)
    assert_named(proof_of(found, images, recipe, (board, "virtual")), kernel, step)


def test_contraction_by_the_compilers_flag_is_reported_as_the_first_kernels_it_touches() -> None:
    need_compiler("gcc")
    found = library("classes-spectrum")  # removing the mean and windowing have nothing to fuse
    recipe = Recipe(compiler="gcc", flags=Flags(extra=("-ffp-contract=fast",)))
    assert_named(proof_of(found, recipe.images(found, board_file(BOARD)), recipe), "rfft", 2)


def test_contraction_is_reported_by_qemu_as_well() -> None:
    need_qemu()
    found, board = library("classes-spectrum"), "mps2-an500"
    images = sabotaged(found, contracted("kernels/rfft.h", "zig"), ZIG, board)
    assert_named(proof_of(found, images, ZIG, (board, "qemu")), "rfft", 2)


def test_a_model_weight_off_by_one_unit_in_the_last_place_is_the_models() -> None:
    found = library("classes-both")
    model, expected = found.pipeline.model, judged(found)
    assert isinstance(model, Linear)
    changed = (Linear(up(model.weights, i), model.bias) for i in range(model.weights.size))
    others = (replace(found, pipeline=Pipeline(found.pipeline.preprocessing, other)) for other in changed)
    wrong = next(other for other in others if (words(judged(other)) != words(expected)).any())
    proof = proof_of(found, sabotaged(found, instead=wrong))
    assert_named(proof, "linear", None)
    assert_exactly(proof, expected, judged(wrong))


def test_a_scale_off_by_one_unit_in_the_last_place_is_the_scales() -> None:
    found = library("classes-spectrum")
    preprocessing = found.pipeline.preprocessing
    (scale,) = preprocessing.head
    assert isinstance(scale, Scale)
    head = (Scale(scale.offset, up(scale.spread, 2)),)
    wrong = replace(found, pipeline=Pipeline(replace(preprocessing, head=head), found.pipeline.model))
    proof = proof_of(found, sabotaged(found, instead=wrong))
    assert_named(proof, "scale", 5)
    assert proof.first_difference is not None and proof.first_difference.index == 2
    assert_exactly(proof, judged(found), judged(wrong), place=False)


def test_two_operations_swapped_are_reported_as_their_kernels() -> None:
    class Downwards(BandMean):
        """The same bands summed from their last bin to their first."""

        def reference(self, x: Samples) -> Samples:
            pairs = zip(self.edges, self.edges[1:], strict=False)
            return np.stack(
                [upwards(x[:, :, b - 1 : (a or None) and a - 1 : -1]) / np.float32(b - a) for a, b in pairs], 2
            )

    found = library("classes-spectrum")
    swap = edited(
        "kernels/band_mean.h",
        "float sum = spectrum[edges[b]];\n            for (size_t i = edges[b] + 1u; i < edges[b + 1u]; i++)",
        "float sum = spectrum[edges[b + 1u] - 1u];\n            for (size_t i = edges[b + 1u] - 1u; i-- > edges[b];)",
    )
    proof = proof_of(found, sabotaged(found, swap))
    assert_named(proof, "band_mean", 3)
    first, preprocessing = proof.first_difference, found.pipeline.preprocessing
    assert first is not None
    values = {step.index: seen for step, seen in preprocessing.trace(signals(40, 4))}
    stage = preprocessing.branches[0][3]
    assert isinstance(stage, BandMean)
    assert first.got_hex == f"0x{words(Downwards(stage.edges).reference(values[2])[first.signal])[first.index]:08x}"
    assert first.expected_hex == f"0x{words(values[3][first.signal])[first.index]:08x}"


def test_learning_that_rounds_otherwise_is_reported_with_the_state_word_it_spoils() -> None:
    found = library("anomaly-spectrum")
    model = found.pipeline.model
    assert isinstance(model, RunningGaussian)
    swap = edited("kernels/running_gaussian.h", "mean[i] += off / counted;", "mean[i] += off * (1.0f / counted);")
    proof = proof_of(found, sabotaged(found, swap))
    assert_named(proof, "running_gaussian", None)
    first = proof.first_difference
    assert first is not None and (first.call, first.what) == ("learn", "state")
    assert first.index >= 3  # the words before are the gauge's


def test_the_image_of_another_library_is_refused_before_any_call() -> None:
    found, other = library("classes-both"), library("classes-spectrum")
    image = build_image(other, board_file(BOARD))
    proof = proof_of(found, lambda trace: image)
    assert (proof.verdict, proof.failure, proof.calls, proof.signals) == ("BROKEN", "BOOT", 0, 0)
    assert found.id in str(proof.reason()) and other.id in str(proof.reason())


def test_another_build_of_the_same_library_is_refused_before_any_call() -> None:
    found = library("classes-both")
    old, new = (build_image(found, board_file(BOARD), flags=Flags(level)) for level in ("-Os", "-O2"))
    assert old.build != new.build
    proof = proof_of(found, lambda trace: replace(new, path=old.path))
    assert (proof.verdict, proof.failure, proof.calls) == ("BROKEN", "BOOT", 0)
    assert old.build in str(proof.reason()) and new.build in str(proof.reason())


def assert_named(proof: Proof, kernel: str, step: int | None) -> None:
    """The proof failed for parity and for nothing else, and names this kernel at this step."""
    first = proof.first_difference
    assert (proof.verdict, proof.failure) == ("FAIL", "PARITY")
    assert proof.differing > 0 and first is not None and first.located
    assert (first.kernel, first.step) == (kernel, step)
    assert first.expected_hex != first.got_hex
    assert proof.refusals.state_untouched


def assert_exactly(proof: Proof, expected: Features, got: Features, place: bool = True) -> None:
    """As many differing floats as these have, the first in the same signal; with `place` the very one is reported."""
    wrong = words(expected) != words(got)
    at, first = int(np.flatnonzero(wrong)[0]), proof.first_difference
    assert first is not None
    assert proof.differing == int(wrong.sum())
    assert first.signal == at // expected.shape[1]
    if place:
        assert first.index == at % expected.shape[1]
        assert (first.expected_hex, first.got_hex) == tuple(f"0x{words(side)[at]:08x}" for side in (expected, got))


def judged(found: Library) -> Features:
    """Probabilities of the signals of the proof."""
    emulator = Emulator(found)
    emulator.init()
    said = emulator.detect(signals(40, 4)).probabilities
    assert said is not None
    return said


def up(values: Features, index: int) -> Features:
    """The same constants, one of them one unit in the last place larger."""
    changed = values.copy()
    flat = changed.reshape(-1)
    flat[index] = np.nextafter(flat[index], np.float32(np.inf))
    return changed
