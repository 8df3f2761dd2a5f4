"""Malformed acquisitions of ST's dataloggers, of both versions."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

from tests.signals.acquisition import FRAME, PAYLOAD, Files, packets, payload, v1, v2
from tests.signals.corpus import Malformed

_DAT, _CONFIG, _INFO = "imu_acc.dat", "device_config.json", "acquisition_info.json"


def _row(name: str, files: Mapping[str, Any], words: str, about: str, column: int | None = None) -> Malformed:
    """`column` is where the JSON, which is one line, is wrong."""
    return Malformed(name, "acq", files, words, 1 if column else None, column, about)


def _without(files: Files, *names: str) -> Files:
    return {name: content for name, content in files.items() if name not in names}


def _config(content: bytes) -> Files:
    return v2() | {_CONFIG: content}


def _component(name: str) -> bytes:
    return f'{{"devices": [{{"components": [{{"{name}": 7}}]}}]}}'.encode()


def _repeated() -> Files:
    described = json.loads(v1()["DeviceConfig.json"])
    described["device"]["sensor"] *= 200
    return v1() | {"DeviceConfig.json": json.dumps(described).encode()}


def _renamed(name: str) -> Files:
    return _config(v2()[_CONFIG].replace(b"imu_acc", name.encode()))


def _swapped(data: bytes) -> bytes:
    size = PAYLOAD + 4
    return data[:size] + data[2 * size : 3 * size] + data[size : 2 * size] + data[3 * size :]


def _counter(number: int, value: int) -> bytes:
    data = bytearray(packets(payload(5)))
    struct.pack_into("<I", data, number * (PAYLOAD + 4), value)
    return bytes(data)


_ODD = bytes(range(256)) * 8
_ONE = b'{"c_type": 0, "enable": true, "data_type": "int8", "dim": 1, "samples_per_ts": 1, "sd_dps": 9}'
_TWICE = b'{"devices": [{"components": [{"IMU_ACC": %b}, {"imu_acc": %b}]}]}' % (_ONE, _ONE)
_HUGE = packets(struct.pack("<f", 1e38) * 300)
_TAG = {"l": "a", "e": True, "ta": "2024-09-16T15:21:50.000Z"}
_ISPU = {"imu_ispu.dat": b"\0" * 640}
_OUTPUT = {"name": "x", "type": "int16_t"}


def _ispu(content: Any) -> Files:
    return _renamed("imu_ispu") | _ISPU | {"ispu_output_format.json": json.dumps(content).encode()}


ROWS = (
    _row("an empty folder", {"notes.txt": b""}, "neither device_config.json nor DeviceConfig.json", "acq"),
    _row("no description of the acquisition", _without(v2(), _INFO), "acquisition_info.json is missing", "acq"),
    _row("no data", _without(v2(), _DAT), "no such file", _DAT),
    _row("no data of version 1", _without(v1(), "IMU_ACC.dat"), "no such file", "IMU_ACC.dat"),
    _row("an empty data file", v2(b""), "it is empty", _DAT),
    _row("less than a frame", v2(packets(payload(0, 120))), "no whole frame of 128 bytes", _DAT),
    _row("less than a frame in version 1", v1(payload(0, FRAME - 1)), "no whole frame", "IMU_ACC.dat"),
    _row("a file that ends inside a packet", v2(packets(payload(9))[:-20]), "ends inside a packet", _DAT),
    _row("a packet is missing", v2(packets(payload(9), lost=[3])), "20 samples are missing in 1 place", _DAT),
    _row("the first packets are missing", v2(packets(payload(9), lost=[0, 1, 2])), "before sample 1 at 0.5 s", _DAT),
    _row("many packets are missing", v2(packets(payload(40), lost=range(10, 60, 9))), "in 6 places", _DAT),
    _row("packets in another order", v2(_swapped(packets(payload(9)))), "packet 3's counter is 120 after 180", _DAT),
    _row("a packet twice", v2(packets(payload(5)) + packets(payload(5))), "counter is 60 after 600", _DAT),
    _row("a counter that is no number of packets", v2(_counter(4, 311)), "packet 5's counter is 311 after 240", _DAT),
    _row("counters of zero", v2(b"\0" * 640), "packet 2's counter is 0 after 0", _DAT),
    _row("packets of another size than described", v2(sd_dps=50), "is no number of packets of 46 bytes", _DAT),
    _row("noise", v2(_ODD), "is no number of packets", _DAT),
    _row("more gaps than data", v2(packets(b"\0" * 60000, 1, range(0, 60000, 2)), sd_dps=5), "29999 places", _DAT),
    _row(
        "times that run backwards", v1(payload(5, ends=[0.7, 0.9, 0.8])), "frame 3 ends at 0.8 s after 0.9 s", "IMU_"
    ),
    _row("times that jump", v1(payload(5, ends=[0.7, 0.9, 1.1, 2.1, 2.3])), "80 samples are missing", "IMU_ACC.dat"),
    _row("a time that is no number", v1(payload(5, ends=[float("nan")])), "frame 1 ends at nan s", "IMU_ACC.dat"),
    _row("a time beyond all bounds", v1(payload(5, ends=[0.7, 1e300])), "frame 2 ends at 1e+300 s", "IMU_ACC.dat"),
    _row("a negative time", v1(payload(5, ends=[-1.0])), "frame 1 ends at -1 s", "IMU_ACC.dat"),
    _row("a beginning behind the first frame", v1(initialOffset=99), "before the described beginning", "IMU_ACC.dat"),
    _row("frames of another size than described", v1(samplesPerTs=21), "the file is damaged", "IMU_ACC.dat"),
    _row("floats that are none", v2(packets(b"\xff" * 640), data_type="float", samples_per_ts=0), "finite", _DAT),
    _row(
        "values beyond float32", v2(_HUGE, data_type="float", samples_per_ts=0, sensitivity=9), "sample 1 is no", _DAT
    ),
    _row("an unknown type", v2(data_type="complex"), "data_type has to be one of int8", _CONFIG),
    _row(
        "a type with a path",
        v1() | {"DeviceConfig.json": v1()["DeviceConfig.json"].replace(b"int16_t", b"../x")},
        "one of",
        "Dev",
    ),
    _row("no axes", v2(dim=0), "dim has to be a whole number from 1 to 256", _CONFIG),
    _row("a million axes", v2(dim=1_000_000), "dim has to be a whole number", _CONFIG),
    _row("axes in words", v2(dim="three"), "dim has to be a whole number", _CONFIG),
    _row("true for a number", v2(samples_per_ts=True), "samples_per_ts has to be a whole number", _CONFIG),
    _row("frames of gigabytes", v2(samples_per_ts=1 << 40), "samples_per_ts has to be a whole number", _CONFIG),
    _row("packets without payload", v2(sd_dps=4), "sd_dps has to be a whole number from 5", _CONFIG),
    _row("packets of a negative size", v2(info={"interface": 1}, usb_dps=-30), "usb_dps has to be", _CONFIG),
    _row(
        "an interface nobody knows",
        v2(info={"interface": 7}),
        "interface has to be a whole number from 0 to 3",
        _INFO,
    ),
    _row("a sensitivity in words", v2(sensitivity="high"), "sensitivity has to be a number", _CONFIG),
    _row("a sensitivity of thousands of digits", v2(sensitivity=10**4000), "sensitivity has to be a number", _CONFIG),
    _row("a sensor that leads out of the folder", _renamed("../../etc/passwd"), "is no name of a sensor", _CONFIG),
    _row("a sensor with an absolute name", _renamed("/etc/passwd"), "is no name of a sensor", _CONFIG),
    _row("a sensor without a name", _renamed(""), "is no name of a sensor", _CONFIG),
    _row("no device", _config(b'{"devices": []}'), "describes no device", _CONFIG),
    _row("a device that is a number", _config(b'{"devices": [7]}'), "devices has to be a list of objects", _CONFIG),
    _row("components that are none", _config(b'{"devices": [{"components": {}}]}'), "a list of at most", _CONFIG),
    _row(
        "a component that is a list", _config(b'{"devices": [{"components": [{"a": []}]}]}'), "a has to be", _CONFIG
    ),
    _row("a sensor of version 1 described two hundred times", _repeated(), "has imu_acc 200 times", "acq"),
    _row("a component nobody can print", _config(_component("\\ud800\\n")), "components[0].?? has to be", _CONFIG),
    _row("a component with an endless name", _config(_component("x" * 99999)), "the field …xxx", _CONFIG),
    _row("an empty description", _config(b""), "it is no JSON", _CONFIG, 1),
    _row("a description that is a list", _config(b"[]"), "its JSON is no object", _CONFIG),
    _row("a description cut off", _config(b'{"devices": ['), "it is no JSON", _CONFIG, 14),
    _row("a description with a key twice", _config(b'{"devices": [], "devices": []}'), "'devices' stands", _CONFIG),
    _row("a sensor described twice", _config(_TWICE), "has imu_acc 2 times", "acq"),
    _row("NaN", _config(v2()[_CONFIG].replace(b"0.5", b"NaN", 1)), "NaN is no number of JSON", _CONFIG),
    _row("a number beyond every float", _config(b'{"devices": 1e999}'), "1e999 is beyond every float", _CONFIG),
    _row("ten thousand digits", _config(b'{"devices": ' + b"9" * 10_000 + b"}"), "thousands of digits", _CONFIG),
    _row("a deep nest of lists", _config(b"[" * 1_000_000), "nested deeper", _CONFIG),
    _row("a deep nest of objects", _config(b'{"a":' * 200_000), "nested deeper", _CONFIG),
    _row("a description of many megabytes", _config(b" " * (5 << 20)), "it has more than 4194304 bytes", _CONFIG),
    _row("a description in UTF-16", _config('{"a": 1}'.encode("utf-16")), "it is not UTF-8", _CONFIG),
    _row("a description that is not UTF-8", _config(b'{"a": "\xff\xfe"}'), "it is not UTF-8", _CONFIG),
    _row("tags that are numbers", v2(info={"tags": [1, 2]}), "tags has to be a list of objects", _INFO),
    _row(
        "a tag at no time", v2(info={"tags": [_TAG | {"ta": "noon"}]}), "tags[0].ta has to be a date and time", _INFO
    ),
    _row("a tag without a zone", v2(info={"tags": [_TAG | {"ta": "2024-09-16"}]}), "a date and time", _INFO),
    _row("a tag with a line end", v2(info={"tags": [_TAG | {"l": "a\nb"}]}), "tags[0].l has to be a short", _INFO),
    _row(
        "a tag of version 1 in words", v1(tags=[{"Label": "a", "Enable": True, "t": "now"}]), "Tags[0].t has", "Acq"
    ),
    _row(
        "an ISPU without its outputs",
        _renamed("imu_ispu") | _ISPU,
        "ispu_output_format.json, which says",
        "imu_ispu.dat",
    ),
    _row(
        "an ISPU with more outputs than bytes", _ispu({"output": [_OUTPUT] * 4}), "do not fit the 6 bytes", "ispu_out"
    ),
    _row(
        "an ISPU with outputs of no type",
        _ispu({"output": [_OUTPUT | {"type": "text"}]}),
        "type has to be one",
        "ispu_out",
    ),
    _row("two files that differ by case", v2() | {"IMU_acc.DAT": b""}, "but for the case of letters", "acq"),
)
