"""FP-SNS-DATALOG 2 (HSD_2.0.0): `device_config.json`, `acquisition_info.json`, `iis3dwb_acc.dat`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bitloop.errors import InputError
from bitloop.signals.acquisitions.fields import Fields, read_json
from bitloop.signals.acquisitions.folder import Files, find, safe_name
from bitloop.signals.acquisitions.model import (
    UNITS,
    Acquisition,
    Component,
    Layout,
    Tag,
    axis_names,
    read_type,
    type_size,
)
from bitloop.signals.acquisitions.tags import pair

CONFIG = "device_config.json"
_INFO = "acquisition_info.json"
_ISPU = "ispu_output_format.json"
_MOST = 256
_SENSOR = 0
"""The `c_type` of a component that is a sensor."""
_PACKETS = ("sd_dps", "usb_dps", "ble_dps", "serial_dps")
"""Where the bytes per packet stand, by the `interface` of the acquisition."""
_COUNTER = 4


def read(folder: Path, files: Files) -> Acquisition:
    """The folder's description; InputError where it is not as the firmware writes it."""
    if _INFO not in files:
        raise InputError(f"{_INFO} is missing, and with it the size of packets; copy the whole folder", folder)
    info = read_json(files[_INFO])
    interface = info.whole("interface", 0, len(_PACKETS) - 1)
    device = next(iter(read_json(files[CONFIG]).items("devices", _MOST)), None)
    if device is None:
        raise InputError("it describes no device; copy the acquisition from the board again", files[CONFIG])
    board, components = "", []
    for item in device.items("components", _MOST):
        for name in item.data:
            about = item.fields(name)
            if name == "firmware_info":
                board = about.text("alias")
            elif about.data.get("c_type", _SENSOR) == _SENSOR and about.has("data_type") and about.flag("enable"):
                components.append(_component(safe_name(name, files[CONFIG]), about, interface, folder, files))
    return Acquisition(folder, 2, board, tuple(components), _tags(info))


def _component(name: str, about: Fields, interface: int, folder: Path, files: Files) -> Component:
    kind = name.lower().rpartition("_")[2]
    value = read_type(about, "data_type")
    values = about.whole("dim", 1, _MOST)
    sensor = Component(
        name=name.lower(),
        path=find(folder, files, name),
        axes=axis_names(kind, values),
        units=(UNITS.get(kind, ""),) * values,
        layout=Layout((value,) * values, values * type_size(value)),
        sensitivity=about.number("sensitivity", -1e9, 1e9) if about.has("sensitivity") else 1.0,
        per_frame=_per_frame(about),
        offset=about.number("ioffset", 0, 1e9) if about.has("ioffset") else 0.0,
        packet=_packet(about, interface),
        hertz=(about.number("measodr", 0, 1e9) or None) if about.has("measodr") else None,
        steady=kind not in ("mlc", "ispu"),
    )
    return _ispu(sensor, files) if kind == "ispu" else sensor


def _per_frame(about: Fields) -> int:
    """The number itself, or in a `val` of its own."""
    if isinstance(about.data.get("samples_per_ts"), dict):
        return about.fields("samples_per_ts").whole("val", 0, 65535)
    return about.whole("samples_per_ts", 0, 65535)


def _packet(about: Fields, interface: int) -> int:
    """Payload bytes of a packet; on the SD card the counter is among the bytes that are described."""
    key = _PACKETS[interface]
    counted = _COUNTER if interface == 0 else 0
    return about.whole(key, counted + 1, 1 << 24) - counted


def _ispu(sensor: Component, files: Files) -> Component:
    """What an ISPU sends means what its program's author wrote down: names and types of its outputs."""
    if _ISPU not in files:
        raise InputError(f"{_ISPU}, which says what it sends, is missing; copy it into the folder", sensor.path)
    outputs = read_json(files[_ISPU]).items("output", _MOST)
    kinds = tuple(read_type(output, "type") for output in outputs)
    size = sensor.layout.size
    if not kinds or sum(map(type_size, kinds)) > size:
        what = f"its outputs do not fit the {size} bytes of a sample; use the file that belongs to the ISPU's program"
        raise InputError(what, files[_ISPU])
    split = [_name_and_unit(output.text("name")) for output in outputs]
    axes, units = (tuple(column) for column in zip(*split, strict=True))
    return replace(sensor, axes=axes, units=units, layout=Layout(kinds, size))


def _name_and_unit(text: str) -> tuple[str, str]:
    name, bracket, unit = text.partition(" [")
    return (name, unit.removesuffix("]")) if bracket else (text, "")


def _tags(info: Fields) -> tuple[Tag, ...]:
    entries = info.items("tags", 100_000) if info.has("tags") else ()
    if not entries:
        return ()
    start = _moment(info, "start_time")
    return pair((e.text("l"), e.flag("e"), (_moment(e, "ta") - start).total_seconds()) for e in entries)


def _moment(fields: Fields, key: str) -> datetime:
    try:
        moment = datetime.fromisoformat(fields.text(key))
    except ValueError:
        fields.refuse(key, "a date and time like 2024-09-16T15:21:49.750Z")
    if moment.tzinfo is None:
        fields.refuse(key, "a date and time like 2024-09-16T15:21:49.750Z")
    return moment
