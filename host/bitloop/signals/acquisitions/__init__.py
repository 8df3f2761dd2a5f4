"""Acquisitions of ST's dataloggers, FP-SNS-DATALOG 1 and 2: folders of JSON and one `.dat` file per sensor."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bitloop.errors import InputError
from bitloop.signals.acquisitions import v1, v2
from bitloop.signals.acquisitions.choose import choose_components, read_whole
from bitloop.signals.acquisitions.folder import list_files
from bitloop.signals.acquisitions.model import Acquisition, Component, Gap, Stream, Tag
from bitloop.signals.acquisitions.streams import read_stream

__all__ = [
    "Acquisition",
    "Component",
    "Gap",
    "Stream",
    "Tag",
    "choose_components",
    "read_acquisition",
    "read_stream",
    "read_whole",
]


def read_acquisition(folder: Path) -> Acquisition:
    """What the folder has to offer: active components and tags. InputError where it is no acquisition, or damaged."""
    files = list_files(folder)
    if v2.CONFIG in files:
        acquisition = v2.read(folder, files)
    elif v1.CONFIG in files:
        acquisition = v1.read(folder, files)
    else:
        what = "neither device_config.json nor DeviceConfig.json is in it; name the folder of an acquisition"
        raise InputError(what, folder)
    for name, times in Counter(component.name for component in acquisition.components).most_common(1):
        if times > 1:
            what = f"its description has {name} {times} times; copy the acquisition from the board again"
            raise InputError(what, folder)
    return acquisition
