"""bitloop import and bitloop export: other people's recordings in, files for other programs out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bitloop.signals.acquisitions import read_acquisition, read_stream
from bitloop.signals.formats.edge_impulse import Device, acquisition
from bitloop.signals.reader import read_log, read_table
from bitloop_hil.datalogger.sensors import sensor, sensor_names
from tests.cli.run import run
from tests.signals.acquisition import Files, packets, payload, v2, values
from tests.signals.corpus_binary import wav


def _written(folder: Path, files: Files) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _signals(path: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    return read_table(Path(path)).values


def test_acquisitions_of_three_classes_become_a_project_that_is_ready(tmp_path: Path, data: Path) -> None:
    folders = [data / "st_hsd_fan" / "acq" / name for name in ("Fan_on", "Fan_off", "Fan_fault")]
    outcome = run("import", *folders, "-s", "ism330dhcx_acc", "--length", 64, "-o", tmp_path, "--json")
    assert outcome.status == 0
    rows = outcome.json["results"]
    assert [(row["lines"], row["values"], row["missing"]) for row in rows] == [
        (93, 192, ""),
        (93, 192, ""),
        (78, 192, ""),
    ]
    assert run("new", tmp_path / "fan", "--kind", "classes", "--axes", 3).status == 0
    for folder, row in zip(folders, rows, strict=True):
        assert run("add", tmp_path / "fan", row["file"], "--as", folder.name).status == 0
    assert run("check", tmp_path / "fan").status == 0


def test_tags_become_a_file_each(tmp_path: Path, data: Path) -> None:
    folder = data / "st_hsd2" / "acq" / "boxPRO_20240916_15_27_31"
    options = ("-s", "lsm6dsv16x_acc", "--tag", "all", "--length", 64, "--step", 32, "-o", tmp_path)
    rows = run("import", folder, *options, "--json").json["results"]
    assert [row["label"] for row in rows] == ["SW_TAG_0", "SW_TAG_1"]
    # 300, 574 and 524 samples were tagged so; no window spans the first and the last
    assert [row["lines"] for row in rows] == [(300 - 64) // 32 + 1 + (524 - 64) // 32 + 1, (574 - 64) // 32 + 1]
    whole = read_stream(read_acquisition(folder).components[0]).log
    assert np.array_equal(_signals(rows[1]["file"])[1], whole.x[514 + 32 : 514 + 96].reshape(-1))


def test_all_sensors_leave_out_those_too_slow_and_say_so(tmp_path: Path, data: Path) -> None:
    folder = data / "st_hsd2" / "acq" / "STWINbox_20240916_15_45_40"
    outcome = run("import", folder, "-s", "all", "--length", 512, "-o", tmp_path, "--json")
    assert [row["sensor"] for row in outcome.json["results"]] == [
        "iis2mdc_mag",
        "ilps22qs_press",
        "stts22h_temp",
        "iis3dwb_acc",
        "stts22h_ext_temp",
    ]
    why = {row["sensor"]: row["why"] for row in outcome.json["skipped"]}
    assert why.keys() == {"ism330is_acc", "ism330is_ispu"}
    assert why["ism330is_acc"] == "it has only 260 samples on end"


def test_a_span_and_a_target_are_in_the_name(tmp_path: Path) -> None:
    folder = _written(tmp_path / "acq", v2())
    outcome = run("import", folder, "--from", 0.6, "--to", 1, "--length", 16, "--target", 41.5, "-o", tmp_path)
    path = tmp_path / "acq_imu_acc.from-0.6,to-1.window-16.target-41.5.csv"
    assert outcome.out.startswith(f"{path}: 2 signals of 49 values (3 axes)")
    assert "100 Hz" in outcome.out
    expected = values(5)[10:42].reshape(2, 48) * np.float32(0.5)
    assert np.array_equal(_signals(str(path)), np.column_stack([[41.5, 41.5], expected]).astype(np.float32))


def test_a_gap_is_refused_or_reported(tmp_path: Path) -> None:
    folder = _written(tmp_path / "acq", v2(packets(payload(9), lost=[7])))
    outcome = run("import", folder, "--length", 30, "-o", tmp_path)
    assert outcome.status == 1
    assert "20 samples are missing in 1 place, first before sample 61 at 1.1 s" in outcome.err
    assert sorted(tmp_path.iterdir()) == [folder]
    outcome = run("import", folder, "--length", 30, "--incomplete", "-o", tmp_path, "--json")
    (row,) = outcome.json["results"]
    assert row["missing"].startswith("20 samples are missing in 1 place")
    assert row["gaps"] == [{"at": 60, "seconds": pytest.approx(1.1), "samples": 20, "why": "packets are missing"}]
    assert np.array_equal(_signals(row["file"])[2], values(9)[80:110].reshape(-1) * np.float32(0.5))
    assert "INCOMPLETE: 20 samples" in run("import", folder, "--incomplete", "-o", tmp_path).out


def test_raw_values_are_whole_numbers(tmp_path: Path) -> None:
    folder = _written(tmp_path / "acq", v2())
    assert run("import", folder, "--raw", "-o", tmp_path).status == 0
    assert np.array_equal(_signals(str(tmp_path / "acq_imu_acc.raw.csv")), values(5))


def test_sound_is_cut_by_seconds(tmp_path: Path) -> None:
    sound = tmp_path / "hum.wav"
    sound.write_bytes(wav(np.arange(8000, dtype=np.int16), 8000))
    assert run("import", sound, "--from", 0.5, "--length", 1000, "-o", tmp_path).status == 0
    made = _signals(str(tmp_path / "hum.from-0.5.window-1000.csv"))
    assert np.array_equal(made * 32768, np.arange(4000, 8000).reshape(4, 1000))


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    folder = _written(tmp_path / "acq", v2())
    for command in (("import", folder), ("export", folder, "--to", "numpy")):
        assert run(*command, "-o", tmp_path).status == 0
        before = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
        refused = run(*command, "-o", tmp_path)
        assert refused.status == 1
        assert "exists already" in refused.err
        assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == before
        assert run(*command, "-o", tmp_path, "--force").status == 0


_WRONG = (
    (("--step", 8), "say how long they are with --length"),
    (("--target", 8), "say how long they are with --length"),
    (("--from", 2, "--to", 1), "--from has to be before --to"),
    (("--from", "nan"), "--from has to be before --to"),
    (("--tag", "idle"), "nothing was tagged"),
    (("--length", 4000), "no stretch is 4000 samples long"),
    (("-s", "all", "--length", 4000), "no sensor has a signal of 4000 samples"),
    (("-s", "gyro"), "choose one of imu_acc"),
    (("--from", 90), "no line would be left"),
)


@pytest.mark.parametrize(("options", "words"), _WRONG, ids=lambda value: str(value)[:30])
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path: Path, options: tuple[object, ...], words: str) -> None:
    folder = _written(tmp_path / "acq", v2())
    outcome = run("import", folder, *options, "-o", tmp_path)
    assert outcome.status == 1
    assert words in outcome.err
    assert outcome.err.count("\n") == 1


def test_an_acquisition_exported_to_parquet_comes_back_as_it_was(tmp_path: Path, data: Path) -> None:
    folder = data / "st_hsd_fan" / "acq" / "Fan_on"
    assert run("export", folder, "-s", "all", "--to", "parquet", "-o", tmp_path).status == 0
    for component in read_acquisition(folder).components:
        before, after = read_stream(component).log, read_log(tmp_path / f"Fan_on_{component.name}.parquet")
        assert np.array_equal(after.x, before.x)
        assert (after.axes, after.units) == (before.axes, before.units)
        assert after.rate_hz == pytest.approx(before.rate_hz)


def test_signals_become_an_array_by_axes(tmp_path: Path, data: Path) -> None:
    source = data / "st_hsd_fan" / "test_fan_on.csv"
    assert run("export", source, "--axes", 3, "--to", "numpy", "-o", tmp_path).status == 0
    made = np.load(tmp_path / "test_fan_on.npy", allow_pickle=False)
    assert (made.shape, made.dtype) == ((37, 64, 3), np.float32)
    assert np.array_equal(made.reshape(37, -1), _signals(str(source)))
    assert run("shape", tmp_path / "test_fan_on.npy", "--axes", 3, "window:32", "-o", tmp_path).status == 0


def test_targets_stay_in_front(tmp_path: Path) -> None:
    source = tmp_path / "speed.csv"
    source.write_bytes(b"50,1,2,3\n60,4,5,6\n")
    for to in ("numpy", "parquet"):
        assert run("export", source, "--axes", 3, "--target-first", "--to", to, "-o", tmp_path).status == 0
    for name in ("speed.npy", "speed.parquet"):
        assert np.array_equal(_signals(str(tmp_path / name)), _signals(str(source)))


def test_edge_impulse_gets_a_file_per_signal_with_its_units(tmp_path: Path) -> None:
    source = tmp_path / "idle.window-2.csv"
    source.write_bytes(b"1,0.5,1e-7,-2\n0.1,3,1,123456.79\n")
    options = ("--axes", 2, "--rate", 100, "--names", "accX,gyrY", "--units", "g,mdps")
    outcome = run("export", source, *options, "--to", "edge-impulse", "-o", tmp_path, "--json")
    (row,) = outcome.json["results"]
    assert [Path(path).name for path in row["files"]] == ["idle.window-2.00001.json", "idle.window-2.00002.json"]
    made = json.loads(Path(row["files"][0]).read_text(encoding="utf-8"))
    factors = np.array([9.80665, 1e-3])
    assert made == {
        "protected": {"ver": "v1", "alg": "none"},
        "signature": "0" * 64,
        "payload": {
            "device_type": "bitloop",
            "interval_ms": 10.0,
            "sensors": [{"name": "accX", "units": "m/s2"}, {"name": "gyrY", "units": "deg/s"}],
            "values": [pytest.approx([1, 0.5] * factors), pytest.approx([1e-7, -2] * factors)],
        },
    }


@pytest.mark.parametrize("name", sensor_names())
def test_edge_impulse_has_a_name_for_every_unit_of_a_datalogger(name: str) -> None:
    for quantity in sensor(name).quantities:
        x = np.ones((2, len(quantity.letters)), np.float32)
        made = acquisition(x, Device("x", 1.0, tuple(quantity.letters), (quantity.unit,) * len(quantity.letters)))
        assert json.loads(made)["payload"]["sensors"][0]["units"] in ("m/s2", "deg/s", "T", "Pa", "Cel", "%RH")


def test_edge_impulse_gets_the_values_of_an_acquisition_to_the_bit(tmp_path: Path) -> None:
    folder = _written(tmp_path / "acq", v2(sensitivity=1e-3))
    options = ("--units", "m/s2", "--to", "edge-impulse", "-o", tmp_path)
    assert run("export", folder, *options).status == 0
    payload_ = json.loads((tmp_path / "acq_imu_acc.json").read_text(encoding="utf-8"))["payload"]
    assert payload_["device_type"] == "STWIN"
    assert payload_["interval_ms"] == pytest.approx(10)
    assert [sensor["name"] for sensor in payload_["sensors"]] == ["A_x", "A_y", "A_z"]
    assert np.array_equal(np.array(payload_["values"]).astype(np.float32), values(5) * np.float32(1e-3))


_NO_EXPORT = (
    (("--to", "edge-impulse", "--axes", 3), "the rate is not known; say it with --rate"),
    (("--to", "edge-impulse", "--rate", 9), "nobody said how many axes"),
    (("--to", "edge-impulse", "--rate", 9, "--axes", 3, "--units", "furlong"), "no name for the unit 'furlong'"),
    (("--to", "edge-impulse", "--rate", 9, "--axes", 2, "--target-first"), "no targets"),
    (("--to", "wav", "--rate", 9, "--axes", 2, "--target-first"), "a WAV file has samples, no targets"),
    (("--to", "wav", "--axes", 3), "the rate is not known; say it with --rate"),
    (("--to", "wav", "--axes", 3, "--rate", 12.5), "a WAV file has whole Hz as its rate, not 12.5"),
    (("--to", "numpy", "--axes", 3, "--names", "x,y"), "--names has 2 where there are 3 axes"),
    (("--to", "numpy", "--axes", 3, "--names", "x,y,y"), "two axes have the same name"),
    (("--to", "parquet", "--axes", 3, "--log", "--names", "x,y,Time"), "Time is the name of the column of times"),
)


@pytest.mark.parametrize(("options", "words"), _NO_EXPORT, ids=lambda value: str(value)[:40])
def test_what_cannot_be_exported_is_refused_in_a_sentence(
    tmp_path: Path, options: tuple[object, ...], words: str
) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(b"1,2,3\n4,5,6\n")
    outcome = run("export", source, *options, "-o", tmp_path)
    assert outcome.status == 1
    assert words in outcome.err
    assert sorted(tmp_path.iterdir()) == [source]


def test_two_sources_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    folder = _written(tmp_path / "acq", v2())
    (tmp_path / "other").mkdir()
    shutil.copytree(folder, tmp_path / "other" / "acq")
    for command in (("import",), ("export", "--to", "numpy")):
        outcome = run(*command, folder, tmp_path / "other" / "acq", "-o", tmp_path)
        assert outcome.status == 1
        assert "would become" in outcome.err


def test_the_sampling_finder_takes_exported_logs_at_their_measured_rates(tmp_path: Path, data: Path) -> None:
    folders = [data / "st_hsd_fan" / "acq" / name for name in ("Fan_on", "Fan_off")]
    assert run("export", *folders, "-s", "ism330dhcx_acc", "--to", "parquet", "-o", tmp_path).status == 0
    logs = sorted(tmp_path.glob("*.parquet"))
    assert len({read_log(path).rate_hz for path in logs}) == 2
    found = run("sampling", *logs, "--lengths", "64", "--divisions", "1", "--json")
    assert found.status == 0, found.err


def test_a_file_that_knows_its_rate_is_a_log(tmp_path: Path) -> None:
    sound = tmp_path / "hum.wav"
    sound.write_bytes(wav(np.arange(100, dtype=np.int16).reshape(-1, 2), 16000))
    assert run("export", sound, "--to", "edge-impulse", "-o", tmp_path).status == 0
    made = json.loads((tmp_path / "hum.json").read_text(encoding="utf-8"))["payload"]
    assert made["interval_ms"] == 1000 / 16000
    assert made["sensors"] == [{"name": f"channel {n}", "units": "/"} for n in (1, 2)]
    assert np.array_equal(np.array(made["values"], dtype=np.float32) * 32768, np.arange(100).reshape(-1, 2))


def test_sound_programs_get_the_values_as_they_are(tmp_path: Path) -> None:
    source, values_ = tmp_path / "hum.csv", np.random.default_rng(2).normal(0, 3, (40, 2)).astype(np.float32)
    source.write_text("".join(f"{a!r},{b!r}\n" for a, b in values_.tolist()), encoding="utf-8")
    assert run("export", source, "--log", "--axes", 2, "--rate", 15999.998, "--to", "wav", "-o", tmp_path).status == 0
    made = read_log(tmp_path / "hum.wav")
    assert made.rate_hz == 16000
    assert np.array_equal(made.x, values_)
    assert run("export", source, "--axes", 1, "--rate", 8000, "--to", "wav", "-o", tmp_path).status == 0
    signals = [read_log(tmp_path / f"hum.{number:05}.wav") for number in range(1, 41)]
    assert np.array_equal([one.x[:, 0] for one in signals], values_)


@pytest.mark.parametrize("command", ["import", "export"])
def test_what_is_no_source_is_said_at_once(tmp_path: Path, command: str) -> None:
    (tmp_path / "imu_acc.dat").write_bytes(b"1")
    options = ("--to", "numpy") if command == "export" else ()
    for name, words in (("nothing", "no such folder or file"), ("imu_acc.dat", "name the folder it is in")):
        outcome = run(command, tmp_path / name, *options, "-o", tmp_path)
        assert outcome.status == 1
        assert words in outcome.err
