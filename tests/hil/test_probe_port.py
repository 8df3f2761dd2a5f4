"""The debug port register by register, on a core that does nothing."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.debug_target import Stop
from bitloop_hil.probe.components import Components
from bitloop_hil.probe.debug_port import DebugPort
from bitloop_hil.probe.frames import LARGEST, PROTOCOL, Operation, Reader, Status, pack
from bitloop_hil.probe.serving import PortFault, Session
from tests.hil.debug_bench import DRW, RAM, SINGLE, TAR, WORDS, Core, Debugger

BD0, BASE, IDR = 0x10, 0xF8, 0xFC
DHCSR, DCRSR, DCRDR, DFSR, FP = 0xE000EDF0, 0xE000EDF4, 0xE000EDF8, 0xE000ED30, 0xE0002000
KEY = 0xA05F0000
CORES = ("cortex-m0", "cortex-m0plus", "cortex-m3", "cortex-m4f", "cortex-m7", "cortex-m33")


@pytest.fixture
def debugger() -> Debugger:
    return Debugger()


@pytest.mark.parametrize("core", CORES)
def test_discovery_finds_the_core_and_its_breakpoints(core: str) -> None:
    debugger = Debugger(core)
    base = debugger.port.read_ap(BASE)
    tables, parts = [base & ~0xFFF], {}
    for table in tables:
        debugger.select(table)
        for entry in debugger.port.read_ap_many(DRW, 9):
            if not entry:
                break
            assert entry & 3 == 3
            page = (table + (entry & ~0xFFF)) & 0xFFFFFFFF
            debugger.select(page + 0xFD0)
            ids = debugger.port.read_ap_many(DRW, 12)
            assert [ids[8], ids[10], ids[11]] == [0x0D, 0x05, 0xB1]
            assert ids[0] == 4
            if ids[9] >> 4 == 1:
                tables.append(page)
            else:
                parts[page] = ids[4] | (ids[5] & 0xF) << 8
    assert {0xE000E000, 0xE0001000, 0xE0002000} <= parts.keys()
    assert Components.of(core).code_comparators == {
        "cortex-m7": 8,
        "cortex-m33": 8,
        "cortex-m0": 4,
        "cortex-m0plus": 4,
    }.get(core, 6)


def test_components_of_an_m33_name_their_architecture() -> None:
    """DEVARCH of Armv8-M (DDI 0553): debug control, DWT and breakpoints are told by it alone."""
    debugger = Debugger("cortex-m33")
    for page, architecture in (
        (0xE000E000, 0x2A04),
        (0xE0001000, 0x1A02),
        (0xE0002000, 0x1A03),
        (0xE0000000, 0x1A01),
    ):
        debugger.select(page + 0xFBC)
        assert debugger.port.read_ap(DRW) == 0x47700000 | architecture
        debugger.select(page + 0xFF4)
        assert debugger.port.read_ap(DRW) == 0x90
    assert Components.of("cortex-m33").any_address


def test_debug_ports_say_which_chip_they_are_in() -> None:
    assert Debugger("cortex-m7", "stm32h7").port.read_dp(0) == 0x6BA02477
    assert Debugger("cortex-m7", "stm32f7").port.read_dp(0) == 0x5BA02477
    assert Debugger("cortex-m0").port.read_dp(0) == 0x0BB11477
    with pytest.raises(ProbeError, match="no debug port for the core 'cortex-m55'"):
        Components.of("cortex-m55")


def test_other_access_ports_are_not_there(debugger: Debugger) -> None:
    assert [debugger.port.read_ap(number << 24 | IDR) for number in (1, 2, 3)] == [0, 0, 0]
    debugger.port.write_ap(1 << 24 | TAR, 0x1234)
    assert debugger.port.read_ap(TAR) == 0


def test_without_power_the_access_port_faults() -> None:
    port = DebugPort(Core())
    with pytest.raises(PortFault):
        port.read_ap(IDR)
    port.write_dp(4, 0x50000000)
    assert port.read_dp(4) >> 28 == 0xF
    assert port.read_ap(IDR) == 0x24770011
    port.write_dp(4, 0x10000000)
    assert port.read_dp(4) >> 28 == 0x3


def test_an_error_sticks_until_it_is_cleared(debugger: Debugger) -> None:
    with pytest.raises(PortFault):
        debugger.read(0x40000000)
    assert debugger.port.read_dp(4) & 1 << 5
    with pytest.raises(PortFault):
        debugger.port.read_ap(IDR)
    debugger.port.write_dp(0, 0x1E)
    assert debugger.read(RAM) == 0
    assert not debugger.port.read_dp(4) & 1 << 5


@pytest.mark.parametrize(("size", "values"), [(0, [0x11, 0x2200, 0x330000, 0x44000000]), (1, [0x2211, 0x44330000])])
def test_small_accesses_travel_in_the_lane_of_their_address(size: int, values: list[int], debugger: Debugger) -> None:
    debugger.core.ram[8:12] = bytes.fromhex("11223344")
    debugger.select(RAM + 8, size | SINGLE)
    assert [debugger.port.read_ap(DRW) for _ in values] == values
    debugger.select(RAM + 16, size | SINGLE)
    for value in values:
        debugger.port.write_ap(DRW, value)
    assert debugger.core.ram[16:20] == bytes.fromhex("11223344")


@pytest.mark.parametrize(("core", "wrap"), [("cortex-m0", 0x400), ("cortex-m4f", 0x1000)])
def test_addresses_count_up_and_wrap(core: str, wrap: int) -> None:
    debugger = Debugger(core)
    debugger.core.ram[:] = struct.pack("<2048I", *range(2048))
    debugger.select(RAM + wrap - 8)
    assert debugger.port.read_ap_many(DRW, 4) == [wrap // 4 - 2, wrap // 4 - 1, 0, 1]
    assert debugger.port.read_ap(TAR) == RAM + 8
    debugger.select(RAM, WORDS)
    assert debugger.port.read_ap_many(DRW, 3) == [0, 0, 0]


def test_blocks_are_written_and_banked_registers_reach_four_words(debugger: Debugger) -> None:
    debugger.select(RAM + 0x100)
    debugger.port.write_ap_many(DRW, [1, 2, 3])
    debugger.select(RAM + 0x104)
    assert [debugger.port.read_ap(BD0 + 4 * i) for i in range(3)] == [1, 2, 3]
    debugger.port.write_ap(BD0 + 12, 9)
    assert debugger.core.ram[0x10C] == 9


def test_a_running_core_runs_on_while_it_is_asked_whether_it_halted(debugger: Debugger) -> None:
    debugger.core.stop_at = 3
    debugger.write(DHCSR, KEY | 1)
    states = [bool(debugger.read(DHCSR) & 1 << 17) for _ in range(4)]
    assert states == [False, False, True, True]
    assert debugger.core.pumped == 3
    assert debugger.read(DFSR) == Stop.BKPT
    debugger.write(DFSR, 0x1F)
    assert debugger.read(DFSR) == 0


def test_commands_without_the_key_are_ignored(debugger: Debugger) -> None:
    debugger.write(DHCSR, 3)
    assert not debugger.core.halted
    assert not debugger.core.enabled


def test_halt_step_resume_and_leave(debugger: Debugger) -> None:
    core = debugger.core
    debugger.write(DHCSR, KEY | 3)
    assert core.halted
    debugger.read(DHCSR)
    debugger.write(DHCSR, KEY | 0xD)
    assert core.mask_interrupts
    assert debugger.read(DHCSR) & 1 << 24  # something was executed
    assert core.halted
    debugger.write(DHCSR, KEY | 1)
    assert (core.halted, core.mask_interrupts) == (False, False)
    debugger.write(DHCSR, KEY | 3)
    debugger.write(DHCSR, KEY)
    assert (core.halted, core.enabled) == (False, False)


def test_registers_move_while_the_core_is_halted_only(debugger: Debugger) -> None:
    debugger.write(DCRDR, 0x12345678)
    debugger.write(DCRSR, 1 << 16 | 5)
    assert debugger.core.registers == {}
    debugger.write(DHCSR, KEY | 3)
    debugger.write(DCRSR, 1 << 16 | 5)
    debugger.core.registers[64] = 7
    debugger.write(DCRSR, 64)
    assert (debugger.core.registers[5], debugger.read(DCRDR)) == (0x12345678, 7)


def test_a_reset_shows_once(debugger: Debugger) -> None:
    debugger.read(DHCSR)
    debugger.port.reset()
    assert debugger.read(DHCSR) & 1 << 25
    assert not debugger.read(DHCSR) & 1 << 25
    assert debugger.core.held == [True, False]


def test_a_halt_asked_for_under_reset_comes_when_it_is_let_go(debugger: Debugger) -> None:
    debugger.port.hold_reset(True)
    debugger.write(DHCSR, KEY | 3)
    assert not debugger.core.halted
    assert debugger.port.held
    debugger.port.hold_reset(False)
    assert debugger.core.halted


def test_the_last_client_lets_go_of_the_reset_pin(debugger: Debugger) -> None:
    first, second = debugger.port.session(), debugger.port.session()
    debugger.port.hold_reset(True)
    first.close()
    assert debugger.port.held
    second.close()
    second.close()
    assert not debugger.port.held


def test_breakpoints_of_version_1_name_halves_of_words(debugger: Debugger) -> None:
    debugger.write(FP + 8, 1 << 30 | 0x08000100 | 1)
    debugger.write(FP + 12, 3 << 30 | 0x08000200 | 1)
    assert debugger.core.breakpoints == set()
    debugger.write(FP, 3)
    assert debugger.core.breakpoints == {0x08000100, 0x08000200, 0x08000202}
    debugger.write(FP + 12, 2 << 30 | 0x08000200 | 1)
    debugger.write(FP + 8, 0)
    assert debugger.core.breakpoints == {0x08000202}
    debugger.write(FP, 1)  # without the key
    debugger.write(FP, 2)
    assert debugger.core.breakpoints == set()
    assert debugger.read(FP) == 0x260


def test_breakpoints_of_version_2_are_anywhere() -> None:
    debugger = Debugger("cortex-m7")
    debugger.write(FP, 3)
    debugger.write(FP + 8 + 28, 0x24000102 | 1)
    assert debugger.core.breakpoints == {0x24000102}


def asked(session: Session, kind: Operation, payload: bytes = b"") -> tuple[int, bytes]:
    (answer,) = Reader().feed(session.receive(pack(kind, payload)))
    return answer


def test_a_session_answers_frames_in_any_pieces(debugger: Debugger) -> None:
    session = debugger.port.session()
    questions = pack(Operation.HELLO, PROTOCOL) + pack(Operation.READ_DP, b"\0") + pack(Operation.IS_HELD)
    said = b"".join(session.receive(questions[at : at + 3]) for at in range(0, len(questions), 3))
    hello, dpidr, held = Reader().feed(said)
    assert json.loads(hello[1]) == {"board": "some-board", "core": "cortex-m4f"}
    assert dpidr == (Status.OK, struct.pack("<I", 0x2BA01477))
    assert held == (Status.OK, b"\0")


def test_faults_are_a_status_and_nonsense_is_refused(debugger: Debugger) -> None:
    session = debugger.port.session()
    asked(session, Operation.HELLO, PROTOCOL)
    asked(session, Operation.WRITE_AP, struct.pack("<II", TAR, 0x40000000))
    assert asked(session, Operation.READ_AP, struct.pack("<I", DRW)) == (Status.FAULT, b"")
    assert asked(session, Operation.READ_AP, b"\0")[0] == Status.REFUSED
    assert asked(session, Operation.WRITE_DP)[0] == Status.REFUSED
    assert asked(session, Operation.READ_AP_MANY, struct.pack("<II", IDR, 1 << 31))[0] == Status.REFUSED
    (answer,) = Reader().feed(session.receive(pack(99)))
    assert answer[0] == Status.REFUSED


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n", pack(Operation.READ_DP, b"\0"), pack(0, b"bitloop 2")])
def test_whoever_does_not_speak_the_protocol_is_hung_up_on(said: bytes, debugger: Debugger) -> None:
    with pytest.raises(ConnectionError):
        debugger.port.session().receive(said)


def test_a_frame_that_is_too_long_is_hung_up_on(debugger: Debugger) -> None:
    with pytest.raises(ConnectionError, match=f"{LARGEST + 1} bytes"):
        debugger.port.session().receive(struct.pack("<IB", LARGEST + 1, 0))


def test_a_lost_probe_answers_so_many_questions_more(debugger: Debugger) -> None:
    session = debugger.port.session()
    assert debugger.port.inject("probe-lost", {"after": 2})
    asked(session, Operation.HELLO, PROTOCOL)
    asked(session, Operation.IS_HELD)
    for each in (session, debugger.port.session()):
        with pytest.raises(ConnectionError, match="unplugged"):
            each.receive(pack(Operation.HELLO, PROTOCOL))
    debugger.port.inject("probe-found", {})
    assert asked(debugger.port.session(), Operation.HELLO, PROTOCOL)[0] == Status.OK


@pytest.mark.parametrize("after", [-1, "soon", True])
def test_faults_of_the_probe_are_checked(after: Any, debugger: Debugger) -> None:
    assert not debugger.port.inject("flash-drop", {})
    with pytest.raises(ProbeError, match="after n questions, with n from 0"):
        debugger.port.inject("probe-lost", {"after": after})
