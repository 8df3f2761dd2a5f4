"""bitloop datalogger: a folder that is complete, a record of what was decided, sentences instead of traces."""

from __future__ import annotations

from pathlib import Path

from tests.cli.run import run

ARGUMENTS = ("datalogger", "B-L475E-IOT01A", "--sensor", "LSM6DSL", "--rate", 416, "--range", 4, "--axes", "xy")


def test_a_datalogger_is_written_built_and_flashed(tmp_path: Path) -> None:
    folder = tmp_path / "logger"
    done = run(*ARGUMENTS, "--samples", 128, "-o", folder, "--flash", "--bench", "virtual", "--json")
    assert done.status == 0, done.err
    record = done.json
    assert {
        key: record[key] for key in ("board", "sensor", "quantity", "unit", "rate", "range", "axes", "samples")
    } == {
        "board": "b-l475e-iot01a",
        "sensor": "LSM6DSL",
        "quantity": "acceleration",
        "unit": "g",
        "rate": 416.0,
        "range": 4,
        "axes": "xy",
        "samples": 128,
    }
    assert (record["format"], record["continuous"], record["baud"], record["bus"]) == ("text", False, 115_200, "I2C2")
    assert Path(record["image"]).read_bytes()[:4] == b"\x7fELF"
    assert record["flash"]["verified"] > 2000
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "Makefile",
        "README.md",
        "LICENSE",
        "sensor.h",
        "chip.h",
        "image.ld",
        "drivers",
        "sensors",
        "apps",
    }
    assert "4 g" in (folder / "sensor.h").read_text(encoding="utf-8")


def test_people_are_told_what_was_written(tmp_path: Path) -> None:
    done = run(*ARGUMENTS, "--format", "binary", "--continuous", "-o", tmp_path / "logger")
    assert done.status == 0, done.err
    assert "LSM6DSL on I2C2 of b-l475e-iot01a: acceleration xy at 416 Hz, +/- 4 g" in done.out
    assert "sends every sample as binary at 921600 baud" in done.out


def test_a_current_sensor_is_a_line_of_options(tmp_path: Path) -> None:
    inputs = ("--sensor", "analogue", "--pins", "A0,A1", "--quantity", "current", "--unit", "A")
    scale = ("--rate", 44_100, "--per-unit", "0.185", "--zero", "1.65")
    done = run("datalogger", "NUCLEO-F412ZG", *inputs, *scale, "-o", tmp_path / "logger")
    assert done.status == 0, done.err
    assert "ANALOGUE on ADC1 of nucleo-f412zg: current ab (A) at 44091.7 Hz" in done.out
    assert "TIM2 divides 100000000 Hz by 2268: the true rate is 44091.71 Hz" in done.out
    assert "A0, A1 are converted one after the other, 4.96 µs apart" in done.out


def test_what_is_not_possible_writes_nothing(tmp_path: Path) -> None:
    for options, says in (
        (("--continuous",), "115200 baud carry 11520"),
        (("--samples", 99_999), "a line may have 16383 values"),
        (("--shield", "x-nucleo-iks4a1"), "has no LSM6DSL"),
        (("--quantity", "taste"), "does not measure 'taste'"),
    ):
        done = run(*ARGUMENTS, *options, "--axes", "xyz", "--rate", 1660, "-o", tmp_path / "logger")
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("bitloop: ")
        assert says in done.err
        assert not (tmp_path / "logger").exists()


def test_who_does_not_know_yet_is_told_step_by_step(tmp_path: Path) -> None:
    for options, says in (
        ((), "nucleo-f412zg can have with x-nucleo-iks01a2 LSM6DSL,"),
        (("--sensor", "LPS22DF"), "LPS22DF measures pressure at 1, 4, 10, 25, 50, 75, 100, 200 Hz; choose one with"),
        (("--sensor", "LPS22DF", "--rate", 10), "that is possible; name the folder to write it into with -o"),
    ):
        done = run("datalogger", "NUCLEO-F412ZG", *options)
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith(f"bitloop: {says}")
        assert done.err.count("\n") == 1


def test_a_shield_is_named_where_the_sensor_is(tmp_path: Path) -> None:
    folder = tmp_path / "logger"
    done = run("datalogger", "STEVAL-STWINBX1", "--sensor", "ILPS22QS", "--rate", 200, "--range", 4060, "-o", folder)
    assert "ILPS22QS on I2C2 of steval-stwinbx1: pressure p at 200 Hz, up to 4060 hPa\n" in done.out
    assert ", range 4060 hPa, " in (folder / "README.md").read_text(encoding="utf-8")
    chosen = ("--sensor", "LIS2MDL", "--rate", 100, "--shield", "X-NUCLEO-IKS4A1")
    done = run("datalogger", "NUCLEO-F412ZG", *chosen, "-o", folder, "--force")
    assert "LIS2MDL of x-nucleo-iks4a1 on I2C1 of nucleo-f412zg: magnetic xyz (gauss) at 100 Hz\n" in done.out
    assert " with X-NUCLEO-IKS4A1\n" in (folder / "README.md").read_text(encoding="utf-8")


def test_quantities_of_ones_own_build_whatever_they_are_called(tmp_path: Path) -> None:
    analogue = ("--sensor", "analogue", "--pins", "A0", "--rate", 1000, "--unit", '"\\', "--per-unit", 1)
    done = run("datalogger", "NUCLEO-F412ZG", *analogue, "--quantity", '*/"??/', "-o", tmp_path / "logger")
    assert done.status == 0, done.err
