"""Faults of the virtual bench's cores: what they set, whether they escalate, how they are told."""

from __future__ import annotations

import re

import pytest

from bitloop_hil.benches.virtual.machine import Why
from tests.hil.bare import M0, M3, M4F, M7, M33, run

MAINLINE = (M3, M4F, M7, M33)
FPU = (M4F, M7, M33)
MEM, BUS, USAGE = 1 << 16, 1 << 17, 1 << 18

_CAUGHT = """
__attribute__((used)) static void took(uint32_t which, uint32_t *frame)
{
    record(which); record(CFSR); record(HFSR); record(BFAR);
    CFSR = 0xFFFFFFFFu; HFSR = 0xFFFFFFFFu;
    record(CFSR | HFSR);
    extern uint32_t after[];
    frame[6] = (uint32_t)(uintptr_t)after & ~1u;
    frame[7] = 1u << 24;
}
__attribute__((naked)) void HardFault(void) { ASM("movs r0, #3\\n mrs r1, msp\\n b took"); }
__attribute__((naked)) void MemManage(void) { ASM("movs r0, #4\\n mrs r1, msp\\n b took"); }
__attribute__((naked)) void BusFault(void) { ASM("movs r0, #5\\n mrs r1, msp\\n b took"); }
__attribute__((naked)) void UsageFault(void) { ASM("movs r0, #6\\n mrs r1, msp\\n b took"); }
int main(void)
{
    SHCSR |= ENABLED;
    CCR |= TRAPS;
    ISB();
    ASM(DO "\\n .global after\\n .thumb_func\\n after: nop"
        : : : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
    record(99);
    return 0;
}
"""


def caught(board: str, do: str, enabled: int = MEM | BUS | USAGE, traps: int = 0) -> list[int]:
    """[exception, CFSR, HFSR, BFAR] of a fault that was handled and cleared."""
    source = f'#define ENABLED {enabled}u\n#define TRAPS {traps}u\n#define DO "{do}"\n{_CAUGHT}'
    ran = run(board, source)
    assert ran.why is Why.IDLE, ran.machine.story
    assert ran.trace[4:] == [0, 99]
    return ran.trace[:4]


CASES = {
    "undefined": ("udf #0", 6, 1 << 16),
    "state": ("ldr r0, =0x20000000\\n bx r0", 6, 1 << 17),
    "return": ("ldr r0, =after\\n ldr r1, =0xFFFFFFF9\\n bx r1", 4, 1 << 0),
    "divide": ("movs r0, #1\\n movs r1, #0\\n udiv r2, r0, r1", 6, 1 << 25),
    "unaligned": ("ldr r0, =0x20000001\\n ldr r1, [r0]", 6, 1 << 24),
    "nowhere": ("ldr r0, =0x60000000\\n ldr r1, [r0]", 5, 1 << 9 | 1 << 15),
    "store": ("ldr r0, =0x60000000\\n str r1, [r0], #4", 5, 1 << 9 | 1 << 15),
    "code": ("ldr r0, =0x60000001\\n bx r0", 5, 1 << 8),
    "device": ("ldr r0, =0x40000001\\n bx r0", 4, 1 << 0),
    "flash": ("movs r0, #0x40\\n str r0, [r0]", 5, 1 << 9 | 1 << 15),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("board", MAINLINE)
def test_a_fault_goes_to_its_handler_with_its_bits(board: str, case: str) -> None:
    do, exception, bits = CASES[case]
    found = caught(board, do, traps=1 << 3 | 1 << 4)
    assert found[:3] == [exception, bits, 0]
    if case in ("nowhere", "store"):
        assert found[3] == 0x60000000


@pytest.mark.parametrize("board", MAINLINE)
def test_without_its_handler_it_escalates(board: str) -> None:
    assert caught(board, "udf #0", enabled=BUS)[:3] == [3, 1 << 16, 1 << 30]


@pytest.mark.parametrize("board", MAINLINE)
def test_division_by_zero_is_zero_and_unaligned_access_works_unless_they_trap(board: str) -> None:
    source = """
    static uint32_t bytes[2] = {0};
    int main(void)
    {
        uint32_t a = 7, b = 0, c;
        bytes[0] = 0x44332211u; bytes[1] = 0x88776655u;
        ASM("udiv %0, %1, %2" : "=r"(c) : "r"(a), "r"(b));
        record(c);
        ASM("ldr %0, [%1, #1]" : "=r"(c) : "r"(bytes));
        record(c);
        return 0;
    }
    """
    assert run(board, source).trace == [0, 0x55443322]


@pytest.mark.parametrize("board", FPU)
def test_an_fpu_that_is_off_is_no_coprocessor_and_works_once_it_is_on(board: str) -> None:
    assert caught(board, "movs r0, #1\\n vmov s0, r0")[:3] == [6, 1 << 19, 0]
    source = 'int main(void) { CPACR = 0xFu << 20; ISB(); ASM("vmov s0, %0" : : "r"(1)); record(1); return 0; }'
    assert run(board, source).trace == [1]


def test_a_core_without_an_fpu_has_none() -> None:
    assert caught(M3, "movs r0, #1\\n .inst.w 0xEE000A10")[:3] == [6, 1 << 19, 0]


def test_each_core_executes_only_its_own_instructions() -> None:
    assert caught(M3, ".inst.w 0xFA81F082")[:3] == [6, 1 << 16, 0]  # QADD, which an M4 has
    source = """
    void HardFault(void) { record(3); for (;;) ASM("wfi"); }
    int main(void) { record(1); ASM(DO : : : "r0", "r1"); record(2); return 0; }
    """
    for do in (".inst.w 0xEB000001", "ldr r0, =0x20000001\\n ldr r1, [r0]"):  # ADD.W; unaligned
        assert run(M0, f'#define DO "{do}"\n{source}').trace == [1, 3]
    assert run(M4F, '#define DO ".inst.w 0xFA81F082"\n' + source).trace == [1, 2]


@pytest.mark.parametrize("board", MAINLINE)
def test_a_breakpoint_without_a_debugger_is_a_hard_fault(board: str) -> None:
    assert caught(board, "bkpt #0")[:3] == [3, 0, 1 << 31]


@pytest.mark.parametrize("board", MAINLINE)
def test_an_svc_that_is_not_urgent_enough_escalates(board: str) -> None:
    assert caught(board, "cpsid i\\n svc #0")[:3] == [3, 0, 1 << 30]


_NESTED = """
void HardFault(void) { record(3); ASM("udf #1"); }
int main(void) { ASM("udf #0"); return 0; }
"""


@pytest.mark.parametrize("board", (M0, *MAINLINE))
def test_a_fault_in_the_handler_of_a_fault_locks_up_and_tells_both(board: str) -> None:
    ran = run(board, _NESTED)
    assert (ran.why, ran.trace) == (Why.LOCKED, [3])
    story = ran.machine.story
    assert "undefined instruction 0xde01" in story
    assert "while handling HardFault (HardFault: undefined instruction 0xde00" in story
    pc, main = int(re.findall("pc 0x([0-9a-f]{8})", story)[-1], 16), ran.program.symbols["main"]
    assert main <= pc < main + 32
    ran.machine.reset()
    assert not ran.machine.debug.locked_up


_DEEP = """
static volatile uint32_t deepest;
__attribute__((noinline)) static uint32_t deeper(uint32_t depth)
{
    volatile uint32_t block[16];
    block[0] = depth;
    deepest = depth;
    return depth > 100000u ? 0u : deeper(depth + 1u) + block[0];
}
void HardFault(void) { record(HANDLED); for (;;) ASM("wfi"); }
int main(void) { record(1); record(deeper(0)); return 0; }
"""


@pytest.mark.parametrize("board", (M0, *MAINLINE))
def test_a_stack_overflow_is_called_one(board: str) -> None:
    ran = run(board, _DEEP.replace("HANDLED", "3"))
    assert "stack overflow" in ran.machine.story
    assert 10 < ran.word("deepest") < 2048 // 16


def test_an_unprivileged_thread_may_not_touch_the_core() -> None:
    do = "movs r0, #1\\n msr control, r0\\n isb\\n ldr r1, =0xE000ED00\\n ldr r2, [r1]"
    exception, bits, _, address = caught(M4F, do)
    assert (exception, bits, address) == (5, 1 << 9 | 1 << 15, 0xE000ED00)


def test_a_vector_without_thumb_bit_is_a_wrong_state() -> None:
    source = """
    static uint32_t table[32] __attribute__((aligned(128)));
    void UsageFault(void) { record(6); record(CFSR); for (;;) ASM("wfi"); }
    int main(void)
    {
        for (uint32_t i = 0; i < 24; i++)
            table[i] = REG(4u * i);
        table[16] &= ~1u;
        REG(0xE000ED08u) = (uint32_t)(uintptr_t)table;
        SHCSR |= 1u << 18; PRIORITY(0u, 0x80);
        ENABLE(0); PEND(0); ISB();
        return 0;
    }
    """
    assert run(M4F, source.replace("REG(4u * i)", "REG(0u + 4u * i)")).trace[:2] == [6, 1 << 17]


def test_hints_are_no_faults_and_waiting_for_an_event_ends() -> None:
    source = """
    int main(void) { ASM("sev\\n wfe\\n yield\\n nop"); record(1); SYST_RVR = 999; SYST_CVR = 0; SYST_CSR = 7u;
                     ASM("wfe"); record(2); return 0; }
    void SysTick(void) { SYST_CSR = 0; record(15); }
    """
    ran = run(M4F, source)
    while ran.why is Why.ASLEEP:
        ran.why = ran.machine.run(waited=True)
    assert ran.trace == [1, 15, 2]


@pytest.mark.parametrize("board", FPU)
def test_an_fpu_that_is_switched_off_again_is_missed(board: str) -> None:
    source = """
    __attribute__((noinline)) static void use(void) { ASM("vmov s0, %0" : : "r"(1)); }
    void UsageFault(void) { record(CFSR); for (;;) ASM("wfi"); }
    int main(void)
    {
        SHCSR = 1u << 18; CPACR = 0xFu << 20; ISB(); use(); record(1);
        CPACR = 0; ISB(); use();
        return 0;
    }
    """
    assert run(board, source).trace == [1, 1 << 19]
