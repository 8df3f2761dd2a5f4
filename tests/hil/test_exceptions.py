"""Exceptions of the virtual bench's cores: who preempts whom, what is stacked, how handlers return."""

from __future__ import annotations

import pytest

from bitloop_hil.benches.virtual.machine import Why
from tests.hil.bare import M0, M3, M4F, M7, M33, run

ALL = (M0, M3, M4F, M7, M33)
MAINLINE = (M3, M4F, M7, M33)
FPU = (M4F, M7, M33)

_NEST = """
void IRQ0(void) { record(10); PEND(1); PEND(2); PEND(3); ISB(); record(19); }
void IRQ1(void) { record(11); }
void IRQ2(void) { record(12); }
void IRQ3(void) { record(13); }
int main(void)
{
    PRIORITY(0u, 0x80); PRIORITY(1u, 0xC0); PRIORITY(2u, 0x80); PRIORITY(3u, 0x40);
    for (uint32_t n = 0; n < 4; n++)
        ENABLE(n);
    record(1);
    PEND(0);
    ISB();
    record(2);
    return 0;
}
"""


@pytest.mark.parametrize("board", ALL)
def test_the_more_urgent_preempts_and_the_rest_follows_by_priority(board: str) -> None:
    assert run(board, _NEST).trace == [1, 10, 13, 19, 12, 11, 2]


_EQUAL = """
void IRQ2(void) { record(ACTIVE_OF); }
void IRQ5(void) { record(5); }
void SysTick(void) { record(15); }
void PendSV(void) { record(14); }
int main(void)
{
    ENABLE(2); ENABLE(5);
    ASM("cpsid i");
    PEND(5); PEND(2); ICSR = 1u << 28 | 1u << 26;
    ISB();
    record(ICSR >> 12 & 0x1FFu);
    record((uint32_t)((ICSR >> 22 & 1u) == 1u));
    ASM("cpsie i\\n isb");
    record(99);
    return 0;
}
"""


@pytest.mark.parametrize("board", ALL)
def test_among_equals_the_smallest_number_comes_first_once_nothing_masks_them(board: str) -> None:
    assert run(board, _EQUAL.replace("ACTIVE_OF", "2")).trace == [14, 1, 14, 15, 2, 5, 99]


_GROUPS = """
void IRQ0(void) { record(10); PEND(1); PEND(2); ISB(); record(19); }
void IRQ1(void) { record(11); }
void IRQ2(void) { record(12); }
int main(void)
{
    AIRCR = 0x05FA0000u | 5u << 8; /* two bits of group, two of subpriority */
    PRIORITY(0u, 0x90); PRIORITY(1u, 0xA0); PRIORITY(2u, 0x80);
    for (uint32_t n = 0; n < 3; n++)
        ENABLE(n);
    PEND(0);
    ISB();
    record(REG(0xE000E400u) & 0xFFu);
    return 0;
}
"""


@pytest.mark.parametrize("board", MAINLINE)
def test_a_subpriority_orders_but_does_not_preempt(board: str) -> None:
    assert run(board, _GROUPS).trace == [10, 19, 12, 11, 0x90]


def test_an_m0_has_two_bits_of_priority_and_others_four() -> None:
    source = "int main(void) { PRIORITY(1u, 0xFF); record(REG(0xE000E400u)); return 0; }"
    assert run(M0, source).trace == [0xC000]
    assert run(M4F, source).trace == [0xF000]


_MASKS = """
void IRQ0(void) { record(10); }
void IRQ1(void) { record(11); }
int main(void)
{
    uint32_t mask = 0x80;
    PRIORITY(0u, 0x80); PRIORITY(1u, 0x40);
    ENABLE(0); ENABLE(1);
    ASM("msr basepri, %0" : : "r"(mask));
    PEND(0); PEND(1); ISB();
    record(1);
    ASM("msr basepri, %0" : : "r"(0));
    record(2);
    ASM("cpsid f");
    PEND(1); ISB();
    record(3);
    ASM("cpsie f");
    record(4);
    return 0;
}
"""


@pytest.mark.parametrize("board", MAINLINE)
def test_basepri_and_faultmask_hold_back_what_they_should(board: str) -> None:
    assert run(board, _MASKS).trace == [11, 1, 10, 2, 3, 11, 4]


_SUPERVISOR = """
static uint32_t process[64] __attribute__((aligned(8)));
void service(const uint32_t *frame, uint32_t ret);
void service(const uint32_t *frame, uint32_t ret)
{
    uint32_t control, psp;
    ASM("mrs %0, control" : "=r"(control));
    ASM("mrs %0, psp" : "=r"(psp));
    record(ret);
    record(((const uint8_t *)(uintptr_t)frame[6])[-2]);
    record(control & 2u);
    record((uint32_t)(uintptr_t)frame == psp);
    record(frame[0]);
    ((uint32_t *)(uintptr_t)frame)[0] = 4711;
}
__attribute__((naked)) void SVC(void)
{
    ASM("mov r1, lr\\n mrs r0, psp\\n b service");
}
int main(void)
{
    register uint32_t r0 ASM_REG = 42;
    ASM("msr psp, %0" : : "r"(&process[64]));
    ASM("msr control, %0\\n isb" : : "r"(2));
    ASM("svc #7" : "+r"(r0) : : "memory");
    record(r0);
    ASM("msr control, %0\\n isb" : : "r"(0));
    return 0;
}
""".replace("ASM_REG", '__asm("r0")')


@pytest.mark.parametrize("board", ALL)
def test_svc_from_a_thread_on_its_own_stack(board: str) -> None:
    assert run(board, _SUPERVISOR).trace == [0xFFFFFFFD, 7, 0, 1, 42, 4711]


_FLOATS = """
static volatile uint32_t frame_size, ret;
__attribute__((naked)) void SVC(void)
{
    ASM("ldr r0, =0x7FC00001\\n vmov s0, r0\\n vmov s15, r0\\n vmov s16, s16\\n vmsr fpscr, r0\\n"
        "ldr r1, =ret\\n str lr, [r1]\\n mov r2, sp\\n ldr r1, =frame_size\\n str r2, [r1]\\n bx lr\\n .ltorg");
}
int main(void)
{
    uint32_t before, after, s0, s15, s16, fpscr, control;
    ASM("svc #0"); /* the FPU was not used yet, and may not be */
    record(1);
    ASM("mrs %0, control" : "=r"(control));
    record(control & 4u);
    ASM("vmov s0, %0\\n vmov s15, %1\\n vmov s16, %2\\n vmsr fpscr, %3"
        : : "r"(0x11111111), "r"(0x22222222), "r"(0x33333333), "r"(0x20000000));
    ASM("mov %0, sp\\n svc #1" : "=r"(before));
    ASM("mov %0, sp\\n vmov %1, s0\\n vmov %2, s15\\n vmov %3, s16\\n vmrs %4, fpscr\\n mrs %5, control"
        : "=r"(after), "=r"(s0), "=r"(s15), "=r"(s16), "=r"(fpscr), "=r"(control));
    record(before - frame_size >= 104u);
    record(ret); record(s0); record(s15); record(s16); record(fpscr); record(control & 4u); record(before == after);
    return 0;
}
"""


@pytest.mark.parametrize("board", FPU)
def test_a_handler_that_uses_the_fpu_leaves_the_threads_registers_alone(board: str) -> None:
    source = _FLOATS.replace("uint32_t before", "CPACR = 0xFu << 20; ISB(); uint32_t before")
    trace = run(board, source).trace
    assert trace == [1, 0, 1, 0xFFFFFFE9, 0x11111111, 0x22222222, 0x33333333, 0x20000000, 4, 1]


_ALIGNED = """
static volatile uint32_t status, moved;
__attribute__((naked)) void SVC(void)
{
    ASM("ldr r0, [sp, #28]\\n ldr r1, =status\\n str r0, [r1]\\n mov r0, sp\\n ldr r1, =moved\\n str r0, [r1]\\n"
        "bx lr\\n .ltorg");
}
int main(void)
{
    uint32_t before, after;
    ASM("sub sp, #4\\n mov %0, sp\\n svc #0\\n mov %1, sp\\n add sp, #4" : "=r"(before), "=r"(after) : : "r0", "r1");
    record((status >> 9 & 1u) == (before >> 2 & 1u));
    record(before - moved == 32u + (before & 4u) && moved % 8u == 0u);
    record(before == after);
    ASM("mov %0, sp\\n svc #0\\n mov %1, sp" : "=r"(before), "=r"(after) : : "r0", "r1");
    record((status >> 9 & 1u) == (before >> 2 & 1u));
    record(before - moved == 32u + (before & 4u) && moved % 8u == 0u);
    return 0;
}
"""


@pytest.mark.parametrize("board", ALL)
def test_the_stack_is_aligned_for_handlers_and_given_back_as_it_was(board: str) -> None:
    assert run(board, _ALIGNED).trace == [1, 1, 1, 1, 1]


_CONDITIONAL = """
__attribute__((used)) static uint32_t good;
__attribute__((naked)) void BusFault(void)
{
    ASM("ldr r0, =good\\n str r0, [sp, #12]\\n bx lr\\n .ltorg"); /* R3 of the frame */
}
int main(void)
{
    uint32_t a = 0, b = 0, c = 0;
    good = 55;
    SHCSR |= 1u << 17;
    ASM("movs r0, #0\\n ldr r3, =0x60000000\\n cmp r0, #0\\n ittet eq\\n moveq %0, #1\\n ldreq %1, [r3]\\n"
        "movne %1, #9\\n addeq %2, #5" : "+r"(a), "+r"(b), "+r"(c) : : "r0", "r3", "cc");
    record(a); record(b); record(c); record(BFAR);
    return 0;
}
"""


@pytest.mark.parametrize("board", MAINLINE)
def test_an_it_block_goes_on_after_the_fault_in_it_was_mended(board: str) -> None:
    assert run(board, _CONDITIONAL).trace == [1, 55, 5, 0x60000000]


_TICKS = """
static volatile uint32_t ticks;
void SysTick(void) { ticks++; }
int main(void)
{
    SYST_RVR = 99999u; SYST_CVR = 0; SYST_CSR = 7u;
    while (ticks < 50u)
        ASM("wfi");
    SYST_CSR = 0;
    record(ticks);
    return 0;
}
"""


@pytest.mark.parametrize("board", ALL)
def test_a_core_that_sleeps_passes_time_to_the_next_tick(board: str) -> None:
    ran = run(board, _TICKS)
    assert ran.trace == [50]
    assert ran.why is Why.IDLE
    assert 5_000_000 <= ran.machine.fast.cycles < 5_000_200
    assert ran.machine.fast.instructions < 2_000


_POLLED = """
int main(void)
{
    uint32_t waits = 0;
    SYST_RVR = 0xFFFFFFu; SYST_CVR = 0; SYST_CSR = 5u;
    for (uint32_t i = 0; i < 10; i++)
        while ((SYST_CSR & 1u << 16) == 0u)
            waits++;
    SYST_CSR = 0;
    record(waits < 1000u);
    return 0;
}
"""


@pytest.mark.parametrize("board", ALL)
def test_polling_a_timer_passes_time_to_what_is_waited_for(board: str) -> None:
    ran = run(board, _POLLED, slices=10)
    assert ran.trace == [1]
    assert 10 << 24 <= ran.machine.fast.cycles < (10 << 24) + 2_000


_DWT = """
int main(void)
{
    uint32_t t[4];
    REG(0xE000EDFCu) |= 1u << 24;
    REG(0xE0001004u) = 0;
    REG(0xE0001000u) |= 1;
    ASM("ldr r1, =0xE0001004\\n ldr %0, [r1]\\n nop\\n nop\\n nop\\n ldr %1, [r1]\\n ldr %2, [r1]\\n nop\\n"
        "ldr %3, [r1]"
        : "=&r"(t[0]), "=&r"(t[1]), "=&r"(t[2]), "=&r"(t[3]) : : "r1");
    record(t[1] - t[0]); record(t[2] - t[1]); record(t[3] - t[2]);
    REG(0xE0001000u) &= ~1u;
    record(REG(0xE0001004u) == REG(0xE0001004u));
    return 0;
}
"""


@pytest.mark.parametrize("board", MAINLINE)
def test_the_cycle_counter_is_exact_within_a_block(board: str) -> None:
    trace = run(board, _DWT).trace  # this machine counts one cycle per instruction
    assert trace == [4, 1, 2, 1]
