"""Cycles of short sequences against the tables of Arm's manuals and published measurements."""

from __future__ import annotations

import pytest

from bitloop.errors import BuildError
from bitloop_hil.timing import cores, table
from tests.timing.snippets import cycles, engine

M4, M3, M0P, M0 = "cortex-m4f", "cortex-m3", "cortex-m0plus", "cortex-m0"

ALONE = [
    # Arm DDI 0484 (M0+): loads and stores 2, multiples 1 + N, taken branches 2, BL 3, BX 2
    (M0P, "adds r4, r4, r4\n muls r4, r4", 2),
    (M0P, "ldr r4, [r0]\n str r4, [r1]", 4),
    (M0P, "push {r4-r7}\n pop {r4-r7}", 10),
    (M0P, "ldmia r0!, {r4, r5}\n stmia r1!, {r4, r5, r6}", 7),
    (M0P, "b 1f\n 1: nop", 3),
    (M0P, "cmp r0, r0\n bne 1f\n nop\n 1: nop", 4),
    (M0P, "cmp r0, r0\n beq 1f\n nop\n 1: nop", 4),
    (M0P, "mov r4, lr\n bl empty\n mov lr, r4", 1 + 3 + 2 + 1),
    (M0P, "movs r4, #10\n 1: subs r4, #1\n bne 1b", 1 + 10 * 3 - 1),
    (M0P, "mrs r4, primask\n isb", 6),
    # Arm DDI 0432 (M0): branches 3, BL 4
    (M0, "b 1f\n 1: nop", 4),
    (M0, "mov r4, lr\n bl empty\n mov lr, r4", 1 + 4 + 3 + 1),
    (M0, "movs r4, #10\n 1: subs r4, #1\n bne 1b", 1 + 10 * 4 - 2),
    # Arm DDI 0439, DDI 0337 3-9 and Arm 100166 (M3, M4)
    (M4, "ldr r4, [r0]\n ldr r5, [r1]\n adds r6, r6", 4),
    (M4, "ldr r4, [r0]\n ldr r5, [r1]\n ldr r6, [r2]\n adds r7, r7", 5),
    (M4, "ldr r4, [r0]\n adds r5, r5\n ldr r6, [r2]\n adds r7, r7", 6),
    (M4, "str r4, [r0]\n str r5, [r1]\n adds r6, r6", 3),
    (M4, "ldr r4, [r0]\n str r5, [r1]\n adds r6, r6", 3),
    (M4, "str r4, [r0]\n ldr r5, [r1]\n adds r6, r6", 5),
    (M4, "ldr r4, [r0]\n nop\n adds r6, r6", 3),
    (M4, "adds r0, #4\n ldr r4, [r0]\n adds r6, r6", 1 + 3 + 1),
    (M4, "ldrd r4, r5, [r0]\n strd r4, r5, [r0]", 6),
    (M4, "push {r4-r7}\n pop {r4-r7}", 10),
    (M4, "smlal r4, r5, r6, r7\n umaal r4, r5, r6, r7\n mla r4, r5, r6, r7", 3),
    (M3, "mla r4, r5, r6, r7", 2),
    (M4, "b 1f\n .balign 4\n 1: nop", 3),
    (M4, "cmp r0, r0\n it eq\n moveq r4, r5", 2),
    (M4, "cmp.w r0, r0\n it eq\n moveq r4, r5", 3),
    # compendium.i-0.nl, branch timing: 2 cycles taken, 3 to an instruction of 32 bits in two words
    (M4, "b 1f\n .balign 4\n 1: add.w r4, r4, r4", 3),
    (M4, "b 1f\n .balign 4\n nop\n 1: add.w r4, r4, r4", 4),
    # IACR eprint 2025/523: several cycles, then three unaligned instructions of 32 bits
    (M4, "nop\n ldr r4, [r0]\n" + "eor.w r5, r6, r7\n" * 3, 1 + 2 + 3),
    (M4, "ldr r4, [r0]\n" + "eor.w r5, r6, r7\n" * 3, 2 + 3 + 1),
    (M4, "ldr r4, [r0]\n" + "eor.w r5, r6, r7\n" * 9, 2 + 9 + 1),
    (M4, "ldr r4, [r0]\n" + "eor.w r5, r6, r7\n" * 2, 2 + 2),
    # github.com/jnk0le/random: loads of 32 bits overlap where they are aligned
    (M4, "ldr.w r4, [r0]\n ldr.w r5, [r1]\n adds r6, r6", 4),
    (M4, "nop\n ldr.w r4, [r0]\n ldr.w r5, [r1]\n adds r6, r6", 6),
    # The FPU: results a cycle late, addends not, division in the background (Arm 100166)
    (M4, "vadd.f32 s0, s1, s2\n vadd.f32 s3, s4, s5\n vadd.f32 s6, s7, s8", 3),
    (M4, "vadd.f32 s0, s1, s2\n vadd.f32 s3, s0, s5\n vadd.f32 s6, s3, s8", 5),
    (M4, "vmul.f32 s0, s1, s2\n vmla.f32 s0, s4, s5", 4),
    (M4, "vmul.f32 s0, s1, s2\n vmla.f32 s3, s0, s5", 5),
    (M4, "vdiv.f32 s0, s1, s2\n vadd.f32 s3, s0, s5", 15),
    (M4, "vdiv.f32 s0, s1, s2\n" + "adds r4, r4\n" * 9 + "vadd.f32 s3, s0, s5", 15),
    (M4, "vldr s0, [r0]\n vstr s1, [r0]", 4),
    # DDI 0337G, table 15-3: jumps decided when they execute are a cycle late; BX LR is, if LR is being written
    (M4, "cbz r4, 1f\n nop\n 1: nop", 4),
    (M4, "cbnz r4, 1f\n nop\n 1: nop", 3),
    (M4, "adr r4, 1f + 1\n bx r4\n .balign 4\n 1: nop", 1 + 3 + 1),
    (M4, "mov r4, lr\n bl empty\n mov lr, r4\n nop", 1 + 2 + 2 + 1 + 1),
    (M4, "mov lr, lr", 2),
    # DDI 0337G 1.4: a branch not taken has used a fetch, which shows where every one counts
    (M4, "cmp.w r0, r0\n" + "add.w r4, r4, r4\n" * 6, 7),
    (M4, "cmp.w r0, r0\n bne.w 1f\n" + "add.w r4, r4, r4\n" * 6 + "1:", 9),
    (M4, "cmp r0, r0\n bne 1f\n" + "adds r4, r4\n" * 6 + "1:", 8),
    # github.com/jnk0le/random: stores with a register offset; loads overlap within the same memory only
    (M4, "str r4, [r0, r5]\n adds r6, r6", 3),
    (M4, "ldr r4, [r0]\n str r4, [r1, r5]\n adds r6, r6", 4),
    (M4, "ldr r4, 2f\n ldr r5, 2f\n b 3f\n .balign 4\n 2: .word 1\n 3:", 3 + 2),
    (M4, "ldr r4, 2f\n ldr r5, [r0]\n b 3f\n .balign 4\n 2: .word 1\n 3:", 4 + 2),
    (M4, "ldr r4, 2f\n str r5, [r0]\n b 3f\n .balign 4\n 2: .word 1\n 3:", 3 + 2),
    # DDI 0337 3-9: a store takes a cycle behind a row of loads; behind one load none (github.com/jnk0le/random)
    (M4, "ldr r4, [r0]\n ldr r5, [r1]\n str r6, [r2]\n adds r7, r7", 3 + 1 + 1),
    # behind a jump unaligned loads overlap, elsewhere they do not (docs/benchmarks.md: depthconv, edn, matmult-int)
    (M4, "nop\n ldr.w r4, [r0, #4]\n ldr.w r5, [r1, #4]\n adds r6, r6", 1 + 4 + 1),
    (M4, "b 1f\n .balign 4\n nop\n 1: ldr.w r4, [r0, #4]\n ldr.w r5, [r1, #4]\n adds r6, r6", 3 + 3 + 1),
]


@pytest.mark.parametrize(("core", "body", "expected"), ALONE, ids=lambda value: str(value).replace("\n", ";"))
def test_a_sequence_takes_what_is_published(core: str, body: str, expected: int) -> None:
    assert cycles(core, body) == expected


DIVISIONS = [(0, 5, 2), (5, 0, 2), (3, 8, 3), (8, 8, 5), (511, 16, 6), (0xFFFFFFFF, 1, 12), (0x7FFFFFFF, 3, 12)]


@pytest.mark.parametrize(("dividend", "divisor", "expected"), DIVISIONS)
def test_a_division_takes_as_long_as_its_operands_want(dividend: int, divisor: int, expected: int) -> None:
    """2 where an operand is zero, 3 where the divisor has more bits, up to 12 by the difference in bits."""
    assert cycles(M4, "udiv r0, r0, r1", dividend, divisor) == expected
    assert cycles(M4, "udiv r0, r0, r1", dividend, divisor) == expected


def test_a_signed_division_looks_at_magnitudes() -> None:
    body = "sdiv r0, r0, r1"
    assert cycles(M4, body, -100 & 0xFFFFFFFF, 7) == cycles(M4, body, 100, 7)
    assert cycles(M4, body, 100, -7 & 0xFFFFFFFF) == cycles(M4, body, 100, 7)


def test_an_unaligned_loop_costs_what_was_measured() -> None:
    """compendium.i-0.nl: r0 to the power 3 in a loop, with and without an unaligned wide target: 3 cycles apart."""
    head = "mov r2, r0\n mov.w r0, #1\n 1: "
    tail = "sub.w r1, r1, #1\n cmp r1, #0\n bne 1b"
    power = cycles(M4, f"{head} mul r0, r0, r2\n {tail}", 2, 3)
    multiply = cycles(M4, f"{head} add r0, r2\n {tail}", 2, 3)
    assert power - multiply == 3


def test_every_core_has_a_table_and_says_how_sure_it_is() -> None:
    assert set(cores()) == {M0, M0P, M3, M4, "cortex-m33", "cortex-m7"}
    assert table("cortex-m7").uncertainty >= 0.2
    assert all(table(core).uncertainty <= 0.1 for core in cores() if core != "cortex-m7")
    with pytest.raises(BuildError, match="no cycle model"):
        table("cortex-a9")


def test_instructions_are_counted_by_themselves() -> None:
    made = engine(M4, "movs r4, #10\n 1: subs r4, #1\n bne 1b")
    assert made.call("snippet").instructions == 1 + 10 * 2 + 1
