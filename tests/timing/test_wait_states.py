"""Flash with wait states: what the accelerator hides, and what it cannot."""

from __future__ import annotations

from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.timing import Engine
from tests.timing.snippets import SCRIPT

M4 = "cortex-m4f"


def timed(body: str, core: str, wait_states: int) -> list[int]:
    """Cycles of three calls in a row."""
    head = ".syntax unified\n.thumb\n.text\n.balign 16\n.global snippet\n.type snippet, %function\nsnippet:\n"
    sources = Sources({"snippet.S": f"{head}{body}\n bx lr\n".encode(), "snippet.ld": SCRIPT})
    image = Toolchain("zig", target(core)).executable(sources, Flags("-O2"), "snippet.elf", script="snippet.ld")
    engine = Engine(core, image, wait_states)
    return [engine.call("snippet").cycles for _ in range(3)]


def test_a_loop_that_fits_costs_no_more_after_its_first_run() -> None:
    loop = "movs r0, #100\n1:\n" + "add.w r1, r1, r2\n" * 40 + "subs r0, #1\nbne 1b"
    without, slow = timed(loop, M4, 0), timed(loop, M4, 5)
    assert slow[0] > without[0]
    assert slow[1] - without[1] <= 10


def test_code_larger_than_the_cache_waits_for_every_line() -> None:
    """2400 bytes in a row: 4 cycles of work for each line of 16 bytes that takes 6 to read."""
    straight = "add.w r1, r1, r2\n" * 600
    without, slow = timed(straight, M4, 0)[2], timed(straight, M4, 5)[2]
    assert 140 * 2 <= slow - without <= 160 * 2


def test_without_a_cache_narrow_code_is_read_ahead_in_time() -> None:
    """The M0's flash: a line of 8 bytes is 4 instructions, and takes 2 cycles to read."""
    straight = "adds r1, r1, r2\n" * 200
    assert timed(straight, "cortex-m0", 1)[1] - timed(straight, "cortex-m0", 0)[1] <= 3
    loop = "movs r0, #100\n1:\n subs r0, #1\nbne 1b"
    assert timed(loop, "cortex-m0", 1)[1] >= timed(loop, "cortex-m0", 0)[1]


def test_constants_in_flash_wait_once_where_they_are_kept() -> None:
    load = "adr r1, 2f\n movs r0, #50\n1:\n ldr r2, [r1]\n subs r0, #1\n bne 1b\n bx lr\n.balign 4\n2: .word 1"
    kept, never = timed(load, M4, 5), timed(load, "cortex-m3", 2)
    assert kept[1] - timed(load, M4, 0)[1] <= 12
    assert never[1] - timed(load, "cortex-m3", 0)[1] >= 50 * 2
