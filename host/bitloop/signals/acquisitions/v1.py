"""FP-SNS-DATALOG 1 (HSD_1.0.0): `DeviceConfig.json`, `AcquisitionInfo.json`, `LSM6DSOX_ACC.dat`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bitloop.errors import InputError
from bitloop.signals.acquisitions.fields import Fields, read_json
from bitloop.signals.acquisitions.folder import Files, find, safe_name
from bitloop.signals.acquisitions.model import (
    Acquisition,
    Component,
    Layout,
    Tag,
    axis_names,
    read_type,
    type_size,
    unit_name,
)
from bitloop.signals.acquisitions.tags import pair

CONFIG = "deviceconfig.json"
_INFO = "acquisitioninfo.json"
_MOST = 256


def read(folder: Path, files: Files) -> Acquisition:
    """The folder's description; InputError where it is not as the firmware writes it."""
    device = read_json(files[CONFIG]).fields("device")
    about = device.fields("deviceInfo")
    board = about.text("partNumber" if about.has("partNumber") else "alias")
    components = tuple(part for sensor in device.items("sensor", _MOST) for part in _sensor(sensor, folder, files))
    tags = _tags(read_json(files[_INFO])) if _INFO in files else ()
    return Acquisition(folder, 1, board, components, tags)


def _sensor(sensor: Fields, folder: Path, files: Files) -> Iterator[Component]:
    name = safe_name(sensor.text("name"), sensor.path)
    described = sensor.fields("sensorDescriptor").items("subSensorDescriptor", _MOST)
    states = sensor.fields("sensorStatus").items("subSensorStatus", _MOST)
    if len(described) != len(states):
        what = f"{name} has {len(described)} descriptions and {len(states)} states; copy the acquisition again"
        raise InputError(what, sensor.path)
    for about, state in zip(described, states, strict=True):
        if state.flag("isActive"):
            kind = safe_name(about.text("sensorType"), sensor.path)
            yield _component(f"{name}_{kind}", kind.lower(), about, state, folder, files)


def _component(name: str, kind: str, about: Fields, state: Fields, folder: Path, files: Files) -> Component:
    value = read_type(about, "dataType")
    values = about.whole("dimensions", 1, _MOST)
    labels = about.texts("dimensionsLabel", _MOST) if about.has("dimensionsLabel") else ()
    unit = unit_name(about.text("unit")) if about.has("unit") else ""
    rates = [state.number(key, 0, 1e9) for key in ("ODRMeasured", "ODR")]
    return Component(
        name=name.lower(),
        path=find(folder, files, name),
        axes=axis_names(kind, values, labels),
        units=(unit,) * values,
        layout=Layout((value,) * values, values * type_size(value)),
        sensitivity=state.number("sensitivity", -1e9, 1e9),
        per_frame=state.whole("samplesPerTs", 0, 65535),
        offset=state.number("initialOffset", 0, 1e9),
        packet=None,
        hertz=next((rate for rate in rates if rate > 0), None),
        steady=kind != "mlc",
    )


def _tags(info: Fields) -> tuple[Tag, ...]:
    entries = info.items("Tags", 100_000) if info.has("Tags") else ()
    return pair((e.text("Label"), e.flag("Enable"), e.number("t", 0, 1e9)) for e in entries)
