"""The chips and probes of board files, and the firmware built for them: what is wrong is named, what is not set up
does not compile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bitloop import resources
from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file, names
from bitloop_hil.chips import FAMILIES
from bitloop_hil.images import build_image
from tests.library import examples

CHIPS = [name for name in names() if board_file(name).chip]
L475 = "b-l475e-iot01a"


def changed(old: str, new: str, folder: Path, name: str = L475) -> BoardFile:
    text = (resources.boards() / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = folder / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return BoardFile.load(path)


def test_boards_with_a_chip_have_a_probe() -> None:
    assert CHIPS == [
        "b-l475e-iot01a",
        "b-u585i-iot02a",
        "nucleo-c031c6",
        "nucleo-f103rb",
        "nucleo-f401re",
        "nucleo-f411re",
        "nucleo-f412zg",
        "nucleo-f429zi",
        "nucleo-f446re",
        "nucleo-f767zi",
        "nucleo-h743zi",
        "nucleo-l031k6",
        "nucleo-l432kc",
        "nucleo-l476rg",
        "nucleo-u575zi-q",
        "steval-stwinbx1",
        "steval-stwinkt1b",
        "stm32f0discovery",
        "stm32f4discovery",
    ]
    files = [board_file(name) for name in CHIPS]
    assert {file.chip.family for file in files if file.chip} == set(FAMILIES)
    for file in files:
        assert file.probe is not None
        assert file.probe.connect == "under-reset"
        assert {"virtual", "hardware"} <= set(file.benches)


def test_every_family_has_its_clock() -> None:
    for family in FAMILIES:
        assert (resources.firmware() / "drivers" / f"stm32_clock_{family.removeprefix('stm32')}.c").is_file()


@pytest.mark.parametrize("name", CHIPS)
def test_the_baud_rate_is_within_a_percent(name: str) -> None:
    file = board_file(name)
    assert file.chip is not None
    assert file.image is not None
    baud, clock = file.image.defines["BL_BAUD"], file.chip.usart.clock_hz
    assert baud == 921_600
    assert abs(clock / round(clock / baud) / baud - 1) < 0.01


def test_a_chip_is_read_with_all_its_parts() -> None:
    chip = board_file("nucleo-h743zi").chip
    assert chip is not None
    assert (chip.part, chip.boot_alias, chip.hse_hz) == ("STM32H743ZI", None, 8_000_000)
    assert (chip.usart.tx.name, chip.usart.tx.number, chip.usart.tx.alternate) == ("PD8", 8, 7)
    assert (chip.dma.kind, chip.dma.rx.request, chip.dma.tx.request) == ("mux", 45, 46)
    assert board_file("nucleo-h743zi").more["dtcm"].end == 0x20020000


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('family = "stm32l4"', 'family = "stm32n6"', "family = 'stm32n6' is unknown; choose one of stm32c0,"),
        ("version = 2", "version = 3", "version = 3 has to be 1 to 2"),
        ("irq = 37", "irq = 240", "irq = 240 has to be 0 to 239"),
        ("base = 0x40013800", "base = 0x20000000", "base = 0x20000000 is no address of a peripheral"),
        ("base = 0x40013800", "base = 0x40013802", "base = 0x40013802 is no address of a peripheral"),
        ('pin = "PB6"', 'pin = "PB16"', "chip.usart.tx.pin = 'PB16' is no pin"),
        ('pin = "PB7"', 'pin = "B7"', "chip.usart.rx.pin = 'B7' is no pin"),
        ("alternate = 7", "alternate = 16", "alternate = 16 has to be 0 to 15"),
        ("bit = 14}", "bit = 32}", "bit = 32 has to be 0 to 31"),
        ('kind = "channel"', 'kind = "pigeon"', "kind = 'pigeon' is unknown"),
        (
            'kind = "channel"',
            'kind = "stream"',
            "chip.dma.select is needed for kind mux and has no meaning for stream",
        ),
        (
            'kind = "channel"',
            'kind = "gpdma"',
            "chip.dma.select is needed for kind mux and has no meaning for stream and gpdma",
        ),
        ("channel = 5", "channel = 0", "channel = 0 has to be 1 to 7"),
        ("boot_alias = 0x00000000", "boot_alias = 0x20000000", "boot_alias = 536870912 has to be 0 to"),
        ('connect = "under-reset"', 'connect = "politely"', "connect = 'politely' is unknown; choose one of halt"),
        ("frequency = 4_000_000", "frequency = 0", "frequency = 0 has to be positive"),
        ('target = "stm32l475xg"', "", "target is missing"),
        ("[probe]", '[probe]\ncolour = "red"', "[probe] has the unknown field 'colour'"),
    ],
)
def test_what_is_wrong_in_a_chip_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"mine\.toml") as caught:
        changed(old, new, tmp_path)
    assert says in str(caught.value)


def test_a_multiplexer_needs_its_address(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"chip\.dma\.select is needed for kind mux"):
        changed("select = 0x40020800\n", "", tmp_path, "nucleo-h743zi")


@pytest.mark.parametrize("name", CHIPS)
def test_a_clock_nobody_set_up_does_not_compile(name: str) -> None:
    file = board_file(name)
    with pytest.raises(BuildError, match=r"board file (says what is set up here|asks for a clock)"):
        build_image(examples.library("anomaly-spectrum"), replace(file, clock_hz=file.clock_hz + 1_000_000))


def test_a_baud_rate_out_of_reach_does_not_compile() -> None:
    file = board_file("stm32f0discovery")
    assert file.image is not None
    far = replace(file, image=replace(file.image, defines={**file.image.defines, "BL_BAUD": 2_900_000}))
    with pytest.raises(BuildError, match="within a percent"):
        build_image(examples.library("anomaly-spectrum"), far)
