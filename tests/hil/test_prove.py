"""What a proof compares, counts, refuses and names, against a board whose faults are made to order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bitloop.errors import BootError, BuildError, FlashError, LibraryError, LinkError
from bitloop.library.file import Library
from bitloop_hil.link.client import Reply
from bitloop_hil.proof import Proof
from bitloop_hil.prove import Signals, prove
from tests.hil.fakes import FakeBoard, Faults, flip_output, flipped
from tests.library.examples import KINDS, library, signals

LEARNED = 15


def proof_of(name: str, faults: Faults | None = None, **options: Any) -> Proof:
    found = library(name)
    return proof_on(FakeBoard(found, faults), found, **options)


def proof_on(board: FakeBoard, found: Library, **options: Any) -> Proof:
    learn = signals(LEARNED, 3) if found.kind == "anomaly" else None
    return prove(found, board, board.image, Signals(signals(20, 4), learn), **options)


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_board_passes_with_everything_compared(kind: str) -> None:
    name = f"{kind}-both"
    proof, model = proof_of(name), library(name).pipeline.model
    assert (proof.verdict, proof.failure, proof.reason()) == ("PASS", None, None)
    learns = kind == "anomaly"
    state = len(library(name).pretrained) if learns else 0  # type: ignore[arg-type]
    assert proof.signals == proof.calls == 20 + LEARNED * learns
    assert proof.floats_compared == 20 * model.outputs + state
    assert proof.differing == 0 and proof.first_difference is None
    assert proof.detect is not None and proof.detect.median == 100
    assert (proof.learn is not None) == learns


def test_the_report_is_json_with_the_promised_fields() -> None:
    data = json.loads(json.dumps(proof_of("anomaly-both").to_json()))
    assert data["cycles"]["unit"] == "cycles"
    assert data["cycles"]["learn"] == {"min": 50, "median": 50, "max": 50}
    assert {"signals", "floats_compared", "differing", "first_difference", "link", "build", "core"} <= set(data)
    assert data["refusals"] == {"calls": 13, "refused": 12, "wrong": 0, "state_untouched": True}


def test_starts_from_pretrained_knowledge_where_asked() -> None:
    found = library("anomaly-spectrum")
    board = FakeBoard(found)
    proof = prove(found, board, board.image, Signals(signals(5, 4)), pretrained=True)
    assert proof.verdict == "PASS" and proof.signals == 5 and proof.learn is None


def test_only_floats_of_answered_calls_count_as_compared() -> None:
    found = library("anomaly-both")
    board = FakeBoard(found)
    early = prove(found, board, board.image, Signals(signals(20, 4), signals(found.learning - 1, 3)))
    assert early.verdict == "PASS" and early.floats_compared == len(found.pretrained)  # type: ignore[arg-type]
    assert early.answers_compared == 20 + found.learning - 1 + 1  # statuses, and the saved knowledge as a whole


@pytest.mark.parametrize("native", [False, True])
def test_either_emulator_can_be_the_judge(native: bool) -> None:
    assert proof_of("classes-both", native=native).subject.emulator == ("host C" if native else "reference")


def test_one_bit_of_one_output_fails_the_proof() -> None:
    proof = proof_of("classes-both", Faults(reply=flip_output("detect", 7, 2)))
    assert (proof.verdict, proof.failure, proof.differing) == ("FAIL", "PARITY", 1)
    first = proof.first_difference
    assert first is not None and (first.signal, first.call, first.what, first.index) == (7, "detect", "output", 2)
    assert int(first.expected_hex, 16) ^ int(first.got_hex, 16) == 1
    assert not first.located and first.kernel == "" and "cannot be named" in first.note


def test_a_wrong_status_and_a_wrong_label_count_too() -> None:
    def wrong(what: str, number: int, reply: Reply) -> Reply:
        if (what, number) == ("learn", 3):
            return replace(reply, status=127)
        return replace(reply, label=reply.label ^ 1) if (what, number) == ("detect", 2) else reply

    proof = proof_of("anomaly-both", Faults(reply=wrong))
    assert proof.differing == 2
    first = proof.first_difference
    assert first is not None and (first.signal, first.call, first.what) == (3, "learn", "status")
    assert (first.expected, first.got) == (126, 127)


def test_the_first_differing_step_is_named() -> None:
    faults = Faults(
        reply=flip_output("detect", 9),
        step=lambda index, values: flipped(values, 4) if index in (2, 3, 6) else values,
    )
    first = proof_of("outlier-both", faults).first_difference
    assert first is not None and first.located
    assert (first.kernel, first.step, first.index, first.signal) == ("rfft", 2, 4, 9)


def test_a_step_the_board_does_not_report_in_full_blames_no_kernel() -> None:
    faults = Faults(reply=flip_output("detect", 0), step=lambda index, values: values[: 3 if index == 1 else None])
    first = proof_of("outlier-spectrum", faults).first_difference
    assert first is not None and not first.located
    assert "3 values after hann (step 1); 96 are due" in first.note


def test_a_difference_behind_equal_steps_is_the_models() -> None:
    def always(what: str, number: int, reply: Reply) -> Reply:
        return replace(reply, outputs=flipped(reply.outputs, 0)) if what == "detect" else reply

    first = proof_of("extrapolation-both", Faults(reply=always)).first_difference
    assert first is not None and (first.kernel, first.step, first.what, first.index) == ("ridge", None, "output", 0)


def test_a_wrong_similarity_of_a_right_score_is_that_functions() -> None:
    def always(what: str, number: int, reply: Reply) -> Reply:
        return replace(reply, label=reply.label - 1) if what == "detect" and reply.status == 0 else reply

    first = proof_of("anomaly-both", Faults(reply=always)).first_difference
    assert first is not None and (first.kernel, first.what) == ("similarity", "label")


def test_a_wrong_word_of_learned_state_is_found_at_its_signal() -> None:
    def corrupt(data: bytes) -> bytes:
        state = np.frombuffer(data[16:-4], dtype="<f4").copy()
        if state[0] < 6:
            return data
        return data[:16] + flipped(state, 5).tobytes() + data[-4:]

    proof = proof_of("anomaly-both", Faults(knowledge=corrupt))
    first = proof.first_difference
    assert proof.differing == 1 and first is not None
    assert (first.what, first.call, first.signal, first.index) == ("state", "learn", 5, 5)
    assert (first.kernel, first.step) == ("running_gaussian", None)


def test_the_same_state_in_another_wrapping_is_a_difference() -> None:
    proof = proof_of("anomaly-both", Faults(knowledge=lambda data: b"X" + data[1:]))
    assert (proof.verdict, proof.differing) == ("FAIL", 1)
    assert proof.first_difference is not None and proof.first_difference.what == "knowledge"


def test_a_hostile_signal_that_is_answered_fails_the_proof() -> None:
    def gullible(what: str, number: int, reply: Reply) -> Reply:
        return replace(reply, status=0) if (what, number) == ("detect", 20) else reply

    proof = proof_of("classes-both", Faults(reply=gullible))
    assert (proof.verdict, proof.differing, proof.refusals.wrong) == ("FAIL", 0, 1)
    assert "hostile" in str(proof.reason())


def test_a_refused_signal_that_is_learned_fails_the_proof() -> None:
    reads = iter(range(100))

    def drift(data: bytes) -> bytes:
        return data if next(reads) < 2 else data[:20] + bytes([data[20] ^ 1]) + data[21:]

    proof = proof_of("anomaly-both", Faults(knowledge=drift))
    assert (proof.verdict, proof.refusals.state_untouched) == ("FAIL", False)
    assert "changed the learned state" in str(proof.reason())


@pytest.mark.parametrize(
    ("call", "error", "verdict", "name"),
    [
        ("flash", FlashError("full"), "BROKEN", "FLASH"),
        ("greet", BootError("mute"), "BROKEN", "BOOT"),
        ("detect", LinkError("cut"), "BROKEN", "LINK"),
    ],
)
def test_infrastructure_that_fails_breaks_the_proof(call: str, error: Exception, verdict: str, name: str) -> None:
    board = FakeBoard(library("outlier-raw"), Faults(raises={call: error}))
    proof = proof_on(board, board.library)
    assert not board.links
    assert (proof.verdict, proof.failure, proof.reason()) == (verdict, name, str(error))
    json.dumps(proof.to_json())


def test_an_image_that_does_not_build_is_a_failure_and_not_to_be_retried() -> None:
    def broken(trace: bool) -> object:
        raise BuildError("refused")

    found = library("outlier-raw")
    proof = prove(found, FakeBoard(found), broken, Signals(signals(3, 1)))  # type: ignore[arg-type]
    assert (proof.verdict, proof.failure) == ("FAIL", "BUILD")


def test_a_link_lost_while_looking_for_the_kernel_leaves_the_verdict() -> None:
    faults = Faults(reply=flip_output("detect", 0), raises={"trace": LinkError("cut")})
    proof = proof_of("outlier-raw", faults)
    assert (proof.verdict, proof.failure) == ("FAIL", "PARITY")
    assert proof.first_difference is not None and "cut" in proof.first_difference.note


def test_the_tracing_image_is_only_built_when_something_differs() -> None:
    honest, found = FakeBoard(library("outlier-raw")), library("outlier-raw")
    proof_on(honest, found)
    assert honest.flashed == [Path("plain.elf")]
    wrong = FakeBoard(found, Faults(reply=flip_output("detect", 0)))
    proof_on(wrong, found)
    assert wrong.flashed == [Path("plain.elf"), Path("trace.elf")]
    assert not wrong.links


def test_progress_is_told_call_by_call() -> None:
    found, seen = library("anomaly-both"), []
    board = FakeBoard(found)
    given = Signals(signals(4, 4), signals(12, 3))
    prove(found, board, board.image, given, hostile=False, progress=lambda *said: seen.append(said))
    assert seen == [*((i, 12, "learn") for i in range(1, 13)), *((i, 4, "detect") for i in range(1, 5))]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("anomaly-raw", Signals(signals(4, 1))),
        ("classes-raw", Signals(signals(4, 1), signals(4, 1))),
        ("classes-raw", Signals(signals(1, 1)[:0])),
        ("classes-raw", Signals(signals(4, 1)[:, :5])),
        ("classes-raw", Signals(signals(4, 1).astype(np.float64))),
    ],
)
def test_signals_that_do_not_fit_are_the_callers_mistake(name: str, given: Signals) -> None:
    board = FakeBoard(library(name))
    with pytest.raises(LibraryError):
        prove(library(name), board, board.image, given)
    assert board.flashed == []
