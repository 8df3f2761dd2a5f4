"""Plans of dataloggers: what is possible is planned with its arithmetic, what is not is one sentence with advice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bitloop.errors import BitloopError, BuildError
from bitloop_hil.boards import board_file
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.carry import text_bytes
from bitloop_hil.datalogger.plan import Wish, carried, plan
from tests.hil import loggers
from tests.hil.needs import need_compiler

L475 = Wish("B-L475E-IOT01A", "LSM6DSL", 1660.0, samples=256)


def test_a_wish_becomes_a_plan() -> None:
    made = plan(replace(L475, range=8, axes="zx"))
    sensor, measured = loggers.fitted(made), made.source.measured
    assert (sensor.mounted.address, sensor.place, sensor.hz, measured.limit) == (0x6A, "I2C2", 1660, 8)
    assert (measured.letters, made.sample_bytes, measured.decimals, made.baud) == ("zx", 4, 6, 115_200)
    assert sensor.range.step == Fraction("0.000244")
    assert plan(replace(L475, rate=1667)).source.hz == 1660
    assert plan(replace(L475, binary=True)).baud == 921_600


def test_shields_bring_sensors_to_nucleos() -> None:
    made = plan(Wish("NUCLEO-F412ZG", "lsm6dso", 104, samples=16))
    sensor = loggers.fitted(made)
    assert (sensor.mounted.address, sensor.place, sensor.bus.version) == (0x6B, "I2C1", 1)
    brought = carried(board_file("nucleo-l031k6"))
    assert brought["HTS221"][1] == "x-nucleo-iks01a2"
    assert carried(board_file("b-l475e-iot01a"))["HTS221"][0].bus == "I2C2"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"sensor": "BMI270"}, "no sensor is called 'BMI270'; choose one of HTS221,"),
    ({"sensor": "BMI270"}, ", MP34DT01, "),
    (
        {"board": "nucleo-l432kc", "sensor": "IIS3DWB"},
        "nucleo-l432kc has no IIS3DWB; it can have with x-nucleo-iks01a2 LSM6DSL,",
    ),
    (
        {"board": "generic-cortex-m0"},
        "bitloop has no drivers for generic-cortex-m0; choose one of b-l475e-iot01a, b-u5",
    ),
    (
        {"sensor": ""},
        "b-l475e-iot01a can have LSM6DSL, LIS3MDL, LPS22HB, HTS221, MP34DT01; with x-nucleo-iks01a2 LSM303AGR; ",
    ),
    ({"sensor": ""}, "; analogue; choose one with --sensor"),
    ({"board": "nucleo-c031c6", "sensor": ""}, "nucleo-c031c6 can have with x-nucleo-iks01a2 LSM6DSL,"),
    ({"board": "stm32f4discovery", "sensor": ""}, "stm32f4discovery can have LIS3DSH; analogue; choose one with"),
    ({"board": "nucleo-f767zi", "sensor": ""}, "bitloop knows no sensor of nucleo-f767zi; choose one of b-l475e"),
    ({"sensor": "IIS3DWB", "shield": "X-NUCLEO-IKS4A1"}, "x-nucleo-iks4a1 on b-l475e-iot01a has no IIS3DWB;"),
    (
        {"rate": None},
        "LSM6DSL measures acceleration at 12.5, 26, 52, 104, 208, 416, 833, 1660, 3330, 6660 Hz; choose",
    ),
    ({"rate": None, "quantity": "rotation"}, "LSM6DSL measures rotation at 12.5, 26,"),
    ({"rate": 1000.0}, "LSM6DSL does not measure acceleration at 1000 Hz; choose one of 12.5, 26, 52, 104,"),
    ({"rate": float("nan")}, "LSM6DSL does not measure acceleration at nan Hz; choose one of 12.5"),
    ({"range": 3}, "LSM6DSL has no range of 3 g; choose one of 2, 4, 8, 16"),
    ({"sensor": "HTS221", "rate": 1.0, "range": 3}, "HTS221 has one range only; leave --range out"),
    ({"quantity": "pressure"}, "LSM6DSL does not measure 'pressure'; choose one of acceleration, rotation"),
    ({"axes": "xw"}, "LSM6DSL has no axes 'xw' for acceleration; choose from xyz, each once"),
    ({"axes": "xx"}, "choose from xyz, each once"),
    ({"samples": 0}, "a signal has 1 to 5461 samples per axis with 3 axes, as a line may have 16383 values, not 0;"),
    ({"samples": 5462}, "not 5462; choose --samples in between, or --continuous"),
    (
        {"baud": 100},
        "divides 80000000 Hz by 16 to 65535, which meets no 100 baud to a percent; choose 115200, 9",
    ),
    ({"shield": "x-nucleo-iks4a1"}, "x-nucleo-iks4a1 on b-l475e-iot01a has no LSM6DSL; it can have LIS2MDL"),
    (
        {"continuous": True},
        "LSM6DSL sends up to 30 characters x 1660 Hz = 49800 bytes/s and 115200 baud carry 11520 of which 10944 are"
        " counted on; choose up to 208 Hz, fewer axes, --format binary or --baud 524220 and more",
    ),
    (
        {"binary": True, "continuous": True, "rate": 3330.0, "baud": 115_200},
        "LSM6DSL sends 6 bytes x 3330 Hz = 19980 bytes/s, ",
    ),
    (
        {"board": "steval-stwinkt1b", "sensor": "IIS3DWB", "rate": 26_667.0, "continuous": True, "axes": "x"},
        " counted on; choose --format binary or --baud 2807060 and more",
    ),
    (
        {"board": "steval-stwinkt1b", "sensor": "IIS3DWB", "rate": 26_667.0, "continuous": True},
        " counted on; choose fewer axes or --format binary",  # its port does 5 Mbaud, three axes need 8.4
    ),
    (
        {"rate": 6660.0, "continuous": True, "binary": True},
        "LSM6DSL at 6660 Hz gives 6 bytes x 6660 Hz x 9 bits = 359640 bit/s and ",
    ),
    (
        {"rate": 6660.0, "continuous": True, "binary": True},
        "I2C2 carries 360000; choose up to 3330 Hz or text signals of up to ",
    ),
    (
        {"board": "nucleo-f412zg", "sensor": "LSM6DSO16IS", "rate": 6667.0},
        "I2C1 carries 360000; choose up to 833 Hz",
    ),
    (
        {"board": "nucleo-l031k6", "sensor": "LSM6DSO16IS", "rate": 833.0},
        "LSM6DSO16IS keeps one sample, and nucleo-l031k6 fetches up to 533 a second (32000000 Hz / 60000 cycles);"
        " choose up to 416 Hz",
    ),
    (
        {"board": "nucleo-l031k6", "sensor": "LSM6DSO", "rate": 104.0, "samples": 1024},
        "a signal of 1024 samples x 6 bytes takes 6144 bytes and nucleo-l031k6 has about ",
    ),
]


@pytest.mark.parametrize(("changed", "says"), REFUSED)
def test_what_is_not_possible_is_one_sentence(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(BuildError) as caught:
        plan(replace(L475, **changed))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_advice_can_be_followed() -> None:
    assert plan(replace(L475, continuous=True, rate=208.0)).source.hz == 208
    assert plan(replace(L475, continuous=True, baud=600_000)).baud == 600_000
    assert plan(replace(L475, rate=6660.0, samples=4096)).source.hz == 6660


def test_lines_are_never_longer_than_counted() -> None:
    made = plan(replace(L475, range=16))
    assert text_bytes(made) == 3 * len("-15.990784 ")
    assert text_bytes(plan(Wish("B-L475E-IOT01A", "LPS22HB", 10, samples=16))) == len("-2048.0000 ")


def test_the_folder_builds_with_gcc_alone(tmp_path: Path) -> None:
    need_compiler("gcc")
    import subprocess

    made = plan(L475)
    image = make.build(made)
    make.write(made, tmp_path / "logger", image)
    folder = tmp_path / "logger"
    assert (folder / make.IMAGE).read_bytes() == image.path.read_bytes()
    (folder / make.IMAGE).unlink()
    done = subprocess.run(["make", "-s"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / make.IMAGE).read_bytes()[:4] == b"\x7fELF"


def test_nothing_of_a_user_is_replaced(tmp_path: Path) -> None:
    made, image = plan(L475), make.build(plan(L475))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("all of it", encoding="utf-8")
    for force in (False, True):
        with pytest.raises(BitloopError, match="has something in it"):
            make.write(made, mine, image, force)
    with pytest.raises(BitloopError, match="is a file"):
        make.write(made, mine / "thesis.txt", image)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    make.write(made, tmp_path / "logger", image)
    with pytest.raises(BitloopError, match="or say --force"):
        make.write(made, tmp_path / "logger", image)
    make.write(made, tmp_path / "logger", image, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logger", "mine"]
