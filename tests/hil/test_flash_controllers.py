"""Flash controllers, driven register by register as the reference manuals say."""

from __future__ import annotations

import random

import pytest

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.flash import make_flash
from bitloop_hil.benches.virtual.flash.layout import Layout
from tests.hil.flash_bench import CHIPS, ORIGIN, Bench, Services

DATA = random.Random(7).randbytes(128)  # noqa: S311 - test data; a page of the L0
HALF = ORIGIN + 0x800  # some sector
BUSY = {"stm32c0": 1 << 16, "stm32f4": 1 << 16, "stm32f7": 1 << 16, "stm32l4": 1 << 16, "stm32u5": 1 << 16}


@pytest.fixture(params=sorted(CHIPS))
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(CHIPS[request.param])


def second_sector(bench: Bench) -> int:
    return bench.flash.layout.banks[0][1].address


def test_a_flash_leaves_the_factory_erased(bench: Bench) -> None:
    assert set(bench.memory) == {bench.chip.erased}


def test_unlocked_and_told_to_it_programs_what_is_stored(bench: Bench) -> None:
    bench.unlock()
    bench.program(HALF, DATA)
    assert bench.held(HALF, len(DATA)) == DATA
    assert bench.errors == 0
    assert set(bench.held(ORIGIN, 0x800)) == {bench.chip.erased}


def test_a_store_at_address_0_goes_to_the_same_flash(bench: Bench) -> None:
    bench.unlock()
    bench.program(HALF - ORIGIN, DATA)
    assert bench.held(HALF, len(DATA)) == DATA


def test_locked_it_changes_nothing(bench: Bench) -> None:
    bench.program(HALF, DATA)
    assert set(bench.memory) == {bench.chip.erased}
    assert bench.errors


def test_a_wrong_key_locks_until_the_reset(bench: Bench) -> None:
    bench.write(bench.chip.unlock[0][0], 0x12345678)
    bench.unlock()
    bench.program(HALF, DATA)
    assert set(bench.memory) == {bench.chip.erased}
    bench.flash.reset()
    bench.unlock()
    bench.program(HALF, DATA)
    assert bench.held(HALF, len(DATA)) == DATA


def test_erasing_takes_one_sector_and_its_time(bench: Bench) -> None:
    bench.unlock()
    first, second = ORIGIN, second_sector(bench)
    for address in (first, second):
        bench.program(address, DATA)
    sector = bench.flash.layout.sector(second)
    assert sector is not None
    took = bench.erase(second)
    assert bench.held(first, len(DATA)) == DATA
    assert set(bench.held(second, sector.size)) == {bench.chip.erased}
    assert abs(took - sector.erase // 10**6) <= 1


def test_erased_it_can_be_programmed_again(bench: Bench) -> None:
    bench.unlock()
    bench.program(HALF, DATA)
    bench.erase(HALF)
    bench.program(HALF, DATA[::-1])
    assert bench.held(HALF, len(DATA)) == DATA[::-1]


def test_twice_without_erasing_never_gives_the_second_data(bench: Bench) -> None:
    bench.unlock()
    bench.program(HALF, DATA)
    bench.program(HALF, DATA[::-1])
    held = bench.held(HALF, len(DATA))
    assert held != DATA[::-1]
    if bench.chip.family in ("stm32f4", "stm32f7", "stm32h7"):  # which do not look; bits only go to 0
        assert held == bytes(a & b for a, b in zip(DATA, DATA[::-1], strict=True))
    else:
        assert held == DATA
        assert bench.errors


def test_the_status_says_busy_until_the_time_is_over(bench: Bench) -> None:
    bench.unlock()
    bench.chip.ready(bench)
    bench.store(HALF, DATA[: bench.chip.unit])
    bit = BUSY.get(bench.chip.family, 1)
    assert bench.read(bench.chip.status) & bit
    assert abs(bench.wait() - bench.flash.layout.program // 10**6) <= 1
    assert not bench.read(bench.chip.status) & bit


def test_a_reset_cuts_an_operation_off(bench: Bench) -> None:
    bench.unlock()
    bench.chip.ready(bench)
    bench.store(HALF, DATA[: bench.chip.unit])
    bench.flash.reset()
    assert bench.wait() == 0
    assert set(bench.memory) == {bench.chip.erased}
    assert not bench.flash.busy


def test_flash_that_ignores_programming_seems_to_work(bench: Bench) -> None:
    bench.unlock()
    assert bench.flash.inject("flash-ignore", {})
    bench.program(HALF, DATA)
    assert (set(bench.memory), bench.errors) == ({bench.chip.erased}, 0)
    assert bench.flash.inject("flash-healthy", {})
    bench.program(HALF, DATA)
    assert bench.held(HALF, len(DATA)) == DATA


def test_flash_that_drops_words_drops_every_nth(bench: Bench) -> None:
    bench.unlock()
    bench.flash.inject("flash-drop", {"every": 5})
    bench.program(HALF, DATA)
    unit = min(bench.chip.unit, 4)
    wrong = [at // unit for at in range(0, len(DATA), unit) if bench.held(HALF + at, unit) != DATA[at : at + unit]]
    assert wrong == list(range(4, len(DATA) // unit, 5))
    assert bench.errors == 0


def test_flash_that_sticks_is_busy_until_the_reset(bench: Bench) -> None:
    bench.unlock()
    bench.flash.inject("flash-stuck-busy", {})
    bench.chip.ready(bench)
    bench.store(HALF, DATA[: bench.chip.unit])
    assert bench.wait() == 0
    assert bench.flash.busy
    bench.flash.reset()
    assert not bench.flash.busy


def test_faults_with_wrong_arguments_are_refused(bench: Bench) -> None:
    with pytest.raises(ProbeError, match="every n-th word, with n from 1, not 0"):
        bench.flash.inject("flash-drop", {"every": 0})
    assert not bench.flash.inject("gamma-rays", {})


def test_whoever_keeps_code_hears_of_changes(bench: Bench) -> None:
    heard: list[tuple[int, int]] = []
    bench.flash.on_change = lambda first, size: heard.append((first, size))
    bench.unlock()
    bench.program(HALF, DATA[:32])
    assert sum(size for _, size in heard) == 32
    assert heard[0][0] == HALF


def test_registers_can_be_read_and_written_in_pieces(bench: Bench) -> None:
    bench.flash.write(0, 2, 1)
    assert bench.flash.read(0, 1) & 1
    assert bench.flash.wait_states == 1
    assert bench.flash.read(0, 4) & 0xFFFF == bench.flash.read(0, 2)


def test_f1_takes_half_words_alone() -> None:
    bench = Bench(CHIPS["F103RB"])
    bench.unlock()
    bench.chip.ready(bench)
    with pytest.raises(BusError, match="half-words"):
        bench.flash.store(HALF, DATA[:4])


def test_f1_and_l4_program_zeros_over_anything() -> None:
    for name in ("F051", "F103RB", "L432"):
        bench = Bench(CHIPS[name])
        bench.unlock()
        bench.program(HALF, DATA[:8])
        bench.program(HALF, bytes(8))
        assert (bench.held(HALF, 8), bench.errors) == (bytes(8), 0)


@pytest.mark.parametrize("data", [DATA[:1], DATA[:2], DATA[:8]])
def test_f4_wants_the_width_of_psize(data: bytes) -> None:
    bench = Bench(CHIPS["F412"])
    bench.unlock()
    bench.chip.ready(bench)
    bench.flash.store(HALF, data)
    assert bench.errors == 1 << 6
    bench.write(0x10, 1 | (len(data).bit_length() - 1) << 8)
    bench.flash.store(HALF, data)
    bench.wait()
    assert bench.held(HALF, len(data)) == data


def test_f4_does_not_cross_a_row_of_16_bytes() -> None:
    bench = Bench(CHIPS["F412"])
    bench.unlock()
    bench.chip.ready(bench)
    bench.flash.store(HALF + 14, DATA[:4])
    assert bench.errors == 1 << 5


def test_l4_wants_words_in_pairs_and_errors_cleared() -> None:
    bench = Bench(CHIPS["L475"])
    bench.unlock()
    bench.chip.ready(bench)
    bench.flash.store(HALF + 4, DATA[:4])
    assert bench.errors == 1 << 5
    bench.store(HALF, DATA[:8])
    assert bench.errors == 1 << 5 | 1 << 7  # the first error stands in the way
    bench.write(0x10, 0xC3FA)
    bench.flash.store(HALF, DATA[:2])
    assert bench.errors == 1 << 6
    bench.write(0x10, 0xC3FA)
    bench.store(HALF, DATA[:8])
    bench.wait()
    assert bench.held(HALF, 8) == DATA[:8]


def test_c0_says_that_half_a_double_word_waits_for_the_other() -> None:
    bench = Bench(CHIPS["C031"])
    bench.unlock()
    bench.chip.ready(bench)
    bench.flash.store(HALF, DATA[:4])
    assert bench.read(0x10) == 1 << 18
    bench.flash.store(HALF + 4, DATA[4:8])
    assert bench.read(0x10) == 1 << 18 | 1 << 16
    bench.wait()
    assert (bench.read(0x10), bench.held(HALF, 8)) == (0, DATA[:8])


def test_c0_remembers_over_a_reset_whether_it_was_empty_when_it_was_powered() -> None:
    bench = Bench(CHIPS["C031"])
    assert bench.read(0) & 1 << 16
    bench.write(0, bench.read(0) & ~(1 << 16))
    bench.flash.reset()
    assert not bench.read(0) & 1 << 16


def test_h7_gathers_a_flash_word_and_complains_of_disorder() -> None:
    bench = Bench(CHIPS["H743"])
    bench.unlock()
    bench.chip.ready(bench)
    bench.store(HALF, DATA[:16])
    assert bench.read(0x10) & 2
    bench.store(HALF, DATA[:4])
    assert bench.errors == 1 << 19
    bench.store(HALF + 64, DATA[:4])
    assert bench.errors == 1 << 19 | 1 << 21
    bench.write(0x14, 0x0FEF0000)
    bench.store(HALF + 16, DATA[16:32])
    bench.wait()
    assert (bench.held(HALF, 32), bench.errors) == (DATA[:32], 0)


def test_h7_erases_both_banks_at_the_same_time() -> None:
    bench = Bench(CHIPS["H743"])
    bench.unlock()
    for address in (ORIGIN, ORIGIN + 0x100000):
        bench.program(address, DATA)
    for bank in (0, 0x100):
        bench.write(bank + 0x0C, 1 << 3)
        bench.write(bank + 0x0C, 1 << 3 | 1 << 7)
    assert bench.read(0x10) & bench.read(0x110) & 1
    assert abs(bench.wait() - bench.flash.layout.mass // 10**6) <= 1
    assert set(bench.memory) == {0xFF}


def test_l0_programs_half_pages_of_16_words() -> None:
    bench = Bench(CHIPS["L031"])
    bench.unlock()
    bench.write(0x04, 1 << 10 | 1 << 3)
    bench.store(HALF, DATA[:64])
    assert abs(bench.wait() - 3280) <= 1
    assert bench.held(HALF, 64) == DATA[:64]
    bench.store(HALF + 68, DATA[:4])
    assert bench.errors == 1 << 9


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("C031", [16]),
        ("F412", [12]),
        ("F429", [12, 12]),
        ("F767", [12]),
        ("H743", [8, 8]),
        ("L432", [128]),
        ("L475", [256, 256]),
        ("L4R9", [256, 256]),
        ("U585", [128, 128]),
    ],
)
def test_sectors_fill_the_banks(name: str, counts: list[int]) -> None:
    chip = CHIPS[name]
    layout = Layout.of(chip.family, ORIGIN, chip.size)
    assert [len(bank) for bank in layout.banks] == counts
    assert sum(sector.size for bank in layout.banks for sector in bank) == chip.size


def test_mass_erase_takes_the_bank_it_names() -> None:
    bench = Bench(CHIPS["F429"])
    bench.unlock()
    for address in (ORIGIN, ORIGIN + 0x100000):
        bench.program(address, DATA)
    bench.write(0x10, 1 << 15 | 1 << 16)
    bench.wait()
    assert bench.held(ORIGIN, len(DATA)) == DATA
    assert set(bench.held(ORIGIN + 0x100000, 0x100000)) == {0xFF}


def test_a_family_nobody_modelled_is_named() -> None:
    with pytest.raises(ProbeError, match="no flash for the family 'stm32g4'; it knows stm32c0"):
        make_flash("stm32g4", ORIGIN, 1024, Services(), bytearray(1024))
