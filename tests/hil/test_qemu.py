"""QEMU's process, its byte stream and its instruction counts, without any application on top."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bitloop.errors import BootError, ProbeError
from bitloop.toolchain import COMPILERS
from bitloop_hil.benches.qemu import MACHINES, Machine, Run
from tests.hil.echo import echo_image
from tests.hil.needs import need_compiler, need_qemu


@pytest.fixture(params=[(name, compiler) for name in MACHINES for compiler in COMPILERS], ids="-".join)
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    name, compiler = request.param
    need_qemu()
    need_compiler(compiler)
    process = Run(MACHINES[name], echo_image(MACHINES[name], compiler))
    yield process
    process.close()


def receive(run: Run, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = run.read(10.0)
        assert more, f"{len(data)} of {size} bytes came"
        data += more
    return data


def loop_ticks(run: Run, turns: int) -> int:
    run.write(b"T" + struct.pack("<I", turns))
    return int(struct.unpack("<I", receive(run, 4))[0])


def test_every_byte_comes_back_in_order(run: Run) -> None:
    run.write(b"x")
    assert receive(run, 1) == b"x"
    sent = np.random.default_rng(1).bytes(100_000).replace(b"T", b"t").replace(b"C", b"c")
    for start in range(0, len(sent), 20_000):  # what a FIFO and the program's buffer hold without a reader
        run.write(sent[start : start + 20_000])
        assert receive(run, min(20_000, len(sent) - start)) == sent[start : start + 20_000]


def test_ticks_count_instructions_exactly(run: Run) -> None:
    machine = run.machine
    base = machine.instructions(loop_ticks(run, 1000))
    assert machine.instructions(loop_ticks(run, 1000)) == base
    assert machine.instructions(loop_ticks(run, 1001)) == base + 2
    assert machine.instructions(loop_ticks(run, 600_000)) == base + 2 * 599_000
    assert machine.instructions(loop_ticks(run, 20_000_000)) == base + 2 * 19_999_000


def test_silence_is_empty_and_does_not_wait_longer_than_asked(run: Run) -> None:
    before = time.monotonic()
    assert run.read(0.05) == b""
    assert time.monotonic() - before < 2.0


def test_a_crash_is_reported_with_its_status(run: Run) -> None:
    run.write(b"x")
    receive(run, 1)
    run.write(b"C")
    with pytest.raises(ProbeError, match="ended with status 3"):
        run.read(10.0)


def test_closing_twice_is_safe_and_ends_the_process(run: Run) -> None:
    run.close()
    run.close()
    with pytest.raises(ProcessLookupError):
        os.kill(run.pid, 0)


def test_a_machine_qemu_does_not_have_is_reported(tmp_path: Path) -> None:
    need_qemu()
    run = Run(Machine("no-such-machine", "cortex-m4f", 1_000_000, 10, 1_000_000), tmp_path / "none.elf")
    try:
        with pytest.raises(BootError, match="no-such-machine"):
            run.read(10.0)
    finally:
        run.close()


def test_a_missing_qemu_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProbeError, match="not on the PATH"):
        Run(MACHINES["mps2-an386"], tmp_path / "none.elf")
