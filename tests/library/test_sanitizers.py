"""The generated C under the address and undefined-behaviour sanitizers: silent, and the same answers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.library.codegen import generate
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from tests.library.examples import KINDS, LEARNING, edges, library, signals
from tests.library.userland import PROGRAMS, need

SANITIZE = (
    "-fsanitize=address,undefined,float-cast-overflow",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
)


def run(program: Path, learned: np.ndarray, judged: np.ndarray) -> bytes:
    records = b"".join(b"L" + row.tobytes() for row in learned) + b"".join(b"D" + row.tobytes() for row in judged)
    done = subprocess.run([str(program)], input=records, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[:4000]
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_undefined_happens_on_any_signal(kind: str) -> None:
    need("gcc", target("host"))
    made = library(f"{kind}-both")
    sources = generate(made) | Sources({"driver.c": (PROGRAMS / "driver.c").read_bytes()})
    flags = Flags("-O1", debug=True, defines=(kind.upper(),), extra=SANITIZE)
    program = Toolchain("gcc", target("host")).executable(sources, flags, "driver")

    learned = np.concatenate([edges(), signals(LEARNING, 8)]) if kind == "anomaly" else signals(0, 8)
    judged = np.concatenate([signals(20, 9), edges()])
    said = run(program, learned, judged)

    emulator = Emulator(made)
    emulator.init()
    if kind == "anomaly":
        emulator.learn(learned)
    answers = emulator.detect(judged)
    outputs = (
        answers.probabilities if kind == "classes" else answers.value if kind == "extrapolation" else answers.ratio
    )
    assert outputs is not None
    outputs = outputs.reshape(len(judged), -1)
    form = np.dtype([("status", "<i4"), ("label", "<i4"), ("outputs", "<f4", (outputs.shape[1],))])
    rows = np.frombuffer(said, form, count=len(learned) + len(judged))[len(learned) :]
    np.testing.assert_array_equal(rows["status"], answers.status)
    assert rows["outputs"].tobytes() == outputs.tobytes()
    if kind == "anomaly":
        assert said[form.itemsize * (len(learned) + len(judged)) :] == emulator.knowledge()
