"""Acquisitions with something missing: what is left is right, has its time, and no window spans a gap."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import BitloopError, InputError
from bitloop.signals.acquisitions import Stream, choose_components, read_acquisition, read_stream, read_whole
from bitloop.signals.acquisitions.windows import choose_tags, sheet, tagged
from bitloop.signals.shape.window import window
from tests.signals.acquisition import BEGIN, FRAME, PAYLOAD, RATE, SAMPLES, Files, packets, payload, v1, v2, values


def _stream(folder: Path, files: Files) -> Stream:
    return read_stream(read_acquisition(_written(folder, files)).components[0])


def _written(folder: Path, files: Mapping[str, bytes]) -> Path:
    place = folder / "acq"
    place.mkdir(exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


def _seconds(samples: np.ndarray) -> np.ndarray:
    return BEGIN + samples / RATE


def test_both_versions_read_whole_files_alike(tmp_path: Path) -> None:
    # of the sixth frame, 52 bytes are in the one file; the packets of the other hold 20 of them
    for name, files, unfinished in (("one", v1(), 8), ("two", v2(), 3)):
        (tmp_path / name).mkdir()
        stream = _stream(tmp_path / name, files)
        assert np.array_equal(stream.log.x, values(5) * np.float32(0.5))
        assert stream.times == pytest.approx(_seconds(np.arange(100)))
        assert stream.log.rate_hz == pytest.approx(RATE)
        assert stream.unfinished == unfinished
        assert (stream.log.axes, stream.log.units) == (("A_x", "A_y", "A_z"), ("g", "g", "g"))
        assert stream.gaps == ()


@given(st.sets(st.integers(0, 42), min_size=1, max_size=12))
@settings(max_examples=60)
def test_samples_around_missing_packets_are_right(tmp_path_factory: pytest.TempPathFactory, lost: set[int]) -> None:
    files = v2(packets(payload(20), lost=sorted(lost)))
    try:
        stream = _stream(tmp_path_factory.mktemp("lost"), files)
    except InputError as error:
        assert "no whole frame" in str(error)
        return
    frames = range(20)
    hit = {n * PAYLOAD // FRAME for n in lost} | {((n + 1) * PAYLOAD - 1) // FRAME for n in lost}
    # the last 40 bytes of the data fill no packet
    kept = [n for n in frames if n not in hit and (n + 1) * FRAME <= 42 * PAYLOAD]
    rows = np.concatenate([np.arange(n * SAMPLES, (n + 1) * SAMPLES) for n in kept])
    assert np.array_equal(stream.log.x, values(20)[rows] * np.float32(0.5))
    assert stream.times == pytest.approx(_seconds(rows))
    jumps = [(n, frame) for n, frame in enumerate(kept) if frame != (kept[n - 1] + 1 if n else 0)]
    assert [gap.at for gap in stream.gaps] == [n * SAMPLES for n, _ in jumps]
    missing = [frame - (kept[n - 1] + 1 if n else 0) for n, frame in jumps]
    assert [gap.samples for gap in stream.gaps] == [n * SAMPLES for n in missing]


def test_no_window_spans_a_gap(tmp_path: Path) -> None:
    stream = _stream(tmp_path, v2(packets(payload(9), lost=[7])))
    (gap,) = stream.gaps
    assert (gap.at, gap.samples, gap.why) == (60, 20, "packets are missing")
    made = window(sheet(stream, "x"), 50, 50)
    assert np.array_equal(made.values, values(9)[[*range(50), *range(80, 130)]].reshape(2, 150) * np.float32(0.5))


def test_a_gap_is_refused_unless_asked_for(tmp_path: Path) -> None:
    acquisition = read_acquisition(_written(tmp_path, v2(packets(payload(9), lost=[7]))))
    with pytest.raises(InputError, match=r"20 samples are missing in 1 place, first before sample 61 at 1\.1 s"):
        read_whole(acquisition.components[0])


def test_counters_may_wrap(tmp_path: Path) -> None:
    first = (1 << 32) - 7 * PAYLOAD
    stream = _stream(tmp_path, v2(packets(payload(9), first=first)))
    assert stream.gaps == ()
    assert np.array_equal(stream.log.x, values(8) * np.float32(0.5))


def test_a_counter_that_did_not_begin_at_zero_is_no_gap(tmp_path: Path) -> None:
    assert _stream(tmp_path, v2(packets(payload(9), first=1234 * PAYLOAD + 7))).gaps == ()


def test_a_file_that_ends_inside_a_packet_keeps_what_is_whole(tmp_path: Path) -> None:
    stream = _stream(tmp_path, v2(packets(payload(9))[:-1]))
    (gap,) = stream.gaps
    assert (gap.at, gap.samples, gap.why) == (len(stream.log.x), None, "the file ends inside a packet")
    assert window(sheet(stream, "x"), 20, 20).lines == len(stream.log.x) // 20


@pytest.mark.parametrize(
    ("kind", "code", "numbers"),
    [
        ("int8", "b", (-128, 0, 127)),
        ("uint8_t", "B", (0, 1, 255)),
        ("uint16", "H", (0, 1, 65535)),
        ("int32_t", "i", (-(1 << 23), 3, 1 << 30)),
        ("uint32", "I", (0, 3, 1 << 31)),
        ("float", "f", (-0.25, 1e-8, 3e30)),
        ("double", "d", (-0.25, 1e-8, 3e30)),
    ],
)
def test_every_type_of_value_is_read(
    tmp_path: Path, kind: str, code: str, numbers: tuple[float, float, float]
) -> None:
    data = struct.pack(f"<3{code}", *numbers)
    files = v2(packets(data, len(data)), data_type=kind, samples_per_ts=0, sensitivity=1, sd_dps=len(data) + 4)
    stream = _stream(tmp_path, files)
    assert stream.log.x.tolist() == [[np.float32(n) for n in numbers]]
    assert stream.times is None
    assert stream.log.rate_hz == RATE


def test_24_bits_keep_their_sign(tmp_path: Path) -> None:
    numbers = (-(1 << 23), -1, (1 << 23) - 1)
    data = b"".join(n.to_bytes(3, "little", signed=True) for n in numbers)
    files = v2(packets(data, 9), data_type="int24", samples_per_ts=0, sensitivity=1, sd_dps=13)
    assert _stream(tmp_path, files).log.x.tolist() == [list(numbers)]


def test_raw_values_are_those_of_the_sensor(tmp_path: Path) -> None:
    component = read_acquisition(_written(tmp_path, v2())).components[0]
    assert np.array_equal(read_stream(component, raw=True).log.x, values(5))


def test_seconds_and_tags_choose_samples(tmp_path: Path) -> None:
    marks = [("idle", True, 0.6), ("idle", False, 0.7), ("run/fast", True, 1.0), ("run/fast", False, 1.2)]
    tags = [{"Label": label, "Enable": begins, "t": t} for label, begins, t in marks]
    acquisition = read_acquisition(_written(tmp_path, v1(tags=tags)))
    stream = read_stream(acquisition.components[0])
    assert np.array_equal(sheet(stream, "x", 0.6, 0.8).values, stream.log.x[10:30])
    sheets = tagged(stream, "x", acquisition.tags)
    assert [(label, made.name) for label, made in sheets.items()] == [("idle", "x_idle"), ("run/fast", "x_run_fast")]
    assert np.array_equal(sheets["run/fast"].values, stream.log.x[50:71])
    assert choose_tags(acquisition.tags, ["idle"], tmp_path) == acquisition.tags[:1]
    with pytest.raises(InputError, match="there is no tag 'walk'; there are idle, run/fast"):
        choose_tags(acquisition.tags, ["walk"], tmp_path)


def test_overlapping_labels_contradict_each_other(tmp_path: Path) -> None:
    tags = [{"Label": label, "Enable": True, "t": t} for label, t in (("idle", 0.6), ("run", 0.9))]
    acquisition = read_acquisition(_written(tmp_path, v1(tags=tags)))
    with pytest.raises(BitloopError, match=r"the tags idle and run overlap at 0\.9 s"):
        tagged(read_stream(acquisition.components[0]), "x", acquisition.tags)


def test_a_sensor_is_chosen_by_name_whatever_its_case(tmp_path: Path) -> None:
    acquisition = read_acquisition(_written(tmp_path, v2()))
    assert choose_components(acquisition, "IMU_ACC") == choose_components(acquisition) == acquisition.components
    with pytest.raises(InputError, match="there is no active sensor 'imu_gyro'; choose one of imu_acc"):
        choose_components(acquisition, "imu_gyro")


def test_an_acquisition_without_an_active_sensor_says_so(tmp_path: Path) -> None:
    for files in (v1(isActive=False), v2(enable=False)):
        acquisition = read_acquisition(_written(tmp_path, files))
        with pytest.raises(InputError, match="no sensor was active"):
            choose_components(acquisition, "all")
        shutil.rmtree(tmp_path / "acq")


@pytest.mark.parametrize("key", ["sd_dps", "usb_dps", "ble_dps", "serial_dps"])
def test_packets_are_as_long_as_the_interface_makes_them(tmp_path: Path, key: str) -> None:
    """On the SD card the counter is one of the bytes that are described."""
    keys = ["sd_dps", "usb_dps", "ble_dps", "serial_dps"]
    lengths = dict.fromkeys(keys, 99) | {key: 34 if key == "sd_dps" else 30}
    files = v2(packets(payload(9), 30), info={"interface": keys.index(key)}, **lengths)
    assert np.array_equal(_stream(tmp_path, files).log.x, values(9)[: len(payload(9)) // 30 * 30 // FRAME * 20] * 0.5)
