"""What a debugger does to a core of the virtual bench, and stores to its flash, seen from inside the process."""

from __future__ import annotations

import pytest

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.debug_target import FPSCR, MSP, PSP, S0, XPSR, Stop
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.injected import Injected
from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.boards import board_file
from tests.hil.bare import M0, M3, M4F, M7, M33, Ran, loaded

ALL = (M0, M3, M4F, M7, M33)
_COUNTING = """
volatile uint32_t turns;
__attribute__((noinline)) void turn(void) { turns++; }
int main(void) { turns = 0; for (;;) turn(); }
"""


def stopped(board: str, source: str = _COUNTING) -> Ran:
    """Halted at its first instruction."""
    ran = loaded(board, source)
    ran.machine.debug.enabled = True
    ran.machine.debug.reset(halt=True)
    return ran


@pytest.mark.parametrize("board", ALL)
def test_a_breakpoint_stops_before_its_instruction_every_time(board: str) -> None:
    ran = stopped(board)
    debug = ran.machine.debug
    debug.breakpoints = {ran.program.symbols["turn"]}
    assert (debug.halted, debug.stops) == (True, Stop.VCATCH)
    for turns in range(4):
        debug.stops = Stop(0)
        debug.resume()
        debug.pump(10_000)
        assert (debug.halted, debug.stops) == (True, Stop.BKPT)
        assert debug.read_register(15) == ran.program.symbols["turn"]
        assert ran.word("turns") == turns
    debug.breakpoints = set()
    debug.resume()
    debug.pump(10_000)
    assert not debug.halted
    assert ran.word("turns") > 100
    debug.halt()
    assert (debug.halted, bool(debug.stops & Stop.HALTED)) == (True, True)


@pytest.mark.parametrize("board", ALL)
def test_steps_execute_one_instruction_each(board: str) -> None:
    ran = stopped(board)
    debug = ran.machine.debug
    before, first = debug.retired, debug.read_register(15)
    assert first == ran.program.symbols["Reset"]
    for n in range(1, 40):
        debug.step()
        assert debug.halted
        assert debug.retired == before + n
    debug.resume()
    debug.pump(5_000)
    assert not debug.halted
    assert debug.retired > before + 4_000


def test_stepping_goes_through_a_conditional_block_and_a_call() -> None:
    source = """
    __attribute__((naked, noinline)) void work(void)
    {
        ASM("movs r0, #0\\n cmp r0, #0\\n ite eq\\n moveq r1, #1\\n movne r1, #2\\n bx lr");
    }
    int main(void) { work(); record(1); return 0; }
    """
    ran = stopped(M4F, source)
    debug, work = ran.machine.debug, ran.program.symbols["work"]
    debug.breakpoints = {work}
    debug.resume()
    debug.pump(10_000)
    places = []
    for _ in range(4):
        debug.step()
        places.append(debug.read_register(15) - work)
    assert places[:3] == [2, 4, 10]  # Unicorn takes an IT block as a whole
    assert not 0 <= places[3] < 12
    assert debug.read_register(1) == 1


@pytest.mark.parametrize("board", ALL)
def test_registers_can_be_read_and_written(board: str) -> None:
    ran = stopped(board)
    debug = ran.machine.debug
    assert debug.read_register(XPSR) & 1 << 24
    numbers = [*range(13), 14, MSP, PSP]
    if board_file(board).target.fpu:
        numbers += [FPSCR, S0, S0 + 31]
    values = {number: 0x10000000 + 0x01010100 * i for i, number in enumerate(numbers)}
    if FPSCR in values:
        values[FPSCR] = 0x30000000
    for number, value in values.items():
        debug.write_register(number, value)
    assert {number: debug.read_register(number) for number in numbers} == values
    assert debug.read_register(13) == values[MSP]


def test_the_debugger_sees_memory_registers_and_where_nothing_is() -> None:
    debug = stopped(M4F).machine.debug
    assert debug.read(0xE000ED00, 4) == (0x410FC241).to_bytes(4, "little")
    assert debug.read(0xE000ED02, 2) == b"\x0f\x41"
    debug.write(0x20000101, b"\x01\x02\x03")
    assert debug.read(0x20000100, 4) == b"\0\x01\x02\x03"
    for address in (0x60000000, 0x1FFFFFFC):
        with pytest.raises(BusError):
            debug.read(address, 4)
    with pytest.raises(BusError):
        debug.write(0x00000000, b"\0\0\0\0")


def test_code_the_debugger_writes_is_what_runs() -> None:
    debug = stopped(M4F).machine.debug
    for number in (7, 9):
        debug.write(0x20000000, bytes([number, 0x20, 0x00, 0xBE]))  # movs r0, #number; bkpt
        debug.write_register(15, 0x20000000)
        debug.resume()
        debug.pump(100)
        assert (debug.halted, debug.read_register(0), debug.read_register(15)) == (True, number, 0x20000002)


def test_a_reset_is_caught_where_the_debugger_asks_for_it() -> None:
    ran = stopped(M4F)
    debug = ran.machine.debug
    debug.resume()
    debug.pump(1_000)
    resets = debug.resets
    debug.write(0xE000EDFC, (1).to_bytes(4, "little"))  # VC_CORERESET
    debug.write(0xE000ED0C, (0x05FA0004).to_bytes(4, "little"))
    assert (debug.halted, debug.resets) == (True, resets + 1)
    assert debug.read_register(15) == ran.program.symbols["Reset"]
    assert debug.read(0xE000EDFC, 4)[0] == 1  # it outlives the reset
    debug.write(0xE000EDFC, bytes(4))
    debug.reset()
    assert not debug.halted


def test_a_core_held_in_reset_stands_and_is_not_halted() -> None:
    ran = stopped(M4F)
    debug = ran.machine.debug
    debug.hold_reset(True)
    before = debug.retired
    debug.pump(1_000)
    assert (debug.halted, debug.retired) == (False, before)
    debug.hold_reset(False)
    debug.pump(1_000)
    assert debug.retired > before


def test_a_core_that_locked_up_can_be_halted() -> None:
    ran = stopped(M4F, 'void HardFault(void) { ASM("udf #0"); } int main(void) { ASM("udf #0"); return 0; }')
    debug = ran.machine.debug
    debug.resume()
    debug.pump(10_000)
    assert (debug.locked_up, debug.halted) == (True, False)
    debug.halt()
    assert (debug.locked_up, debug.halted) == (False, True)


def test_a_sleeping_core_shows_it_and_can_be_halted() -> None:
    ran = stopped(M4F, "int main(void) { return 0; }")
    debug = ran.machine.debug
    debug.resume()
    debug.pump(10_000)
    assert debug.asleep
    debug.halt()
    assert (debug.asleep, debug.halted) == (False, True)


def test_masked_interrupts_wait_while_stepping() -> None:
    source = """
    void SysTick(void) { SYST_CSR = 0; record(15); }
    int main(void) { SYST_RVR = 50; SYST_CVR = 0; SYST_CSR = 7u; for (;;) ASM("nop"); }
    """
    ran = stopped(M4F, source)
    debug = ran.machine.debug
    debug.mask_interrupts = True
    debug.resume()
    debug.pump(5_000)
    debug.halt()
    assert ran.trace == []
    debug.mask_interrupts = False
    debug.resume()
    debug.pump(5_000)
    assert ran.trace == [15]


_STORES = """
int main(void)
{
    ASM("ldr r0, =0x08001000\\n ldr r1, =0x11111111\\n ldr r2, =0x22222222\\n ldr r3, =0x33333333\\n"
        "str r1, [r0], #4\\n stmia r0!, {r1, r2, r3}\\n strd r2, r1, [r0], #8\\n strh r3, [r0, #2]!\\n"
        "strb r1, [r0, #2]\\n mov r4, sp\\n"
        "add r5, r0, #14\\n mov sp, r5\\n push {r1}\\n mov sp, r4\\n ldr r5, =trace\\n str r0, [r5]\\n"
        "ldr r6, =0x08001000\\n ldr r6, [r6]\\n str r6, [r5, #4]"
        : : : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "memory");
    traced = 2;
    return 0;
}
"""


def test_every_form_of_store_reaches_the_flash_controller_and_changes_nothing_else() -> None:
    ran = loaded("b-l475e-iot01a", _STORES)
    stores: list[tuple[int, bytes]] = []

    def take(address: int, data: bytes) -> bool:
        stores.append((address - 0x08001000, data))
        return True

    ran.machine.bus.store_flash = take
    ran.machine.run()
    one, two, three = b"\x11" * 4, b"\x22" * 4, b"\x33" * 4
    assert stores[:6] == [(0, one), (4, one), (8, two), (12, three), (16, two), (20, one)]
    assert stores[6:8] == [(26, b"\x33\x33"), (28, b"\x11")]
    assert stores[8] == (26 + 14 - 4, one)
    assert ran.trace == [0x0800101A, 0xFFFFFFFF]


def test_faults_on_purpose_strike_after_so_many_bytes() -> None:
    machine = Machine(board_file(M4F))
    injected = Injected(machine)
    with pytest.raises(ProbeError, match="after n bytes"):
        injected.arm("hang", {"after_bytes": -1})
    assert not injected.arm("flood", {})
    with pytest.raises(ProbeError, match="no fault called 'flood'"):
        machine.inject("flood", {})


def test_a_core_that_hangs_executes_nothing_until_a_reset() -> None:
    ran = stopped(M4F)
    machine, debug = ran.machine, ran.machine.debug
    debug.resume()
    machine.hang()
    assert machine.run(cycles=1_000) is Why.IDLE
    assert ran.word("turns") == 0
    machine.reset()
    assert machine.run(cycles=10_000) is Why.SLICE
    assert ran.word("turns") > 100
