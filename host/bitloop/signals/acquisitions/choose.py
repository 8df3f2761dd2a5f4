"""Which sensors of an acquisition are wanted, and whether what was read of them is whole."""

from __future__ import annotations

from bitloop.errors import InputError
from bitloop.signals.acquisitions.model import Acquisition, Component, Stream
from bitloop.signals.acquisitions.streams import read_stream
from bitloop.signals.acquisitions.windows import describe

ALL = "all"


def choose_components(acquisition: Acquisition, sensor: str = "") -> tuple[Component, ...]:
    """One sensor by its name, `all` of them, or with no name the only one; InputError names what there is."""
    components, folder = acquisition.components, acquisition.folder
    if not components:
        raise InputError("no sensor was active in this acquisition; record again with one enabled", folder)
    if sensor == ALL:
        return components
    names = ", ".join(component.name for component in components)
    if not sensor:
        if len(components) > 1:
            raise InputError(f"there are several sensors; choose with --sensor all or one of {names}", folder)
        return components
    found = tuple(component for component in components if component.name == sensor.lower())
    if not found:
        raise InputError(f"there is no active sensor {sensor!r}; choose one of {names}", folder)
    return found


def read_whole(component: Component, raw: bool = False) -> Stream:
    """What `read_stream` returns; InputError where samples are missing."""
    stream = read_stream(component, raw)
    if stream.gaps:
        advice = "bitloop import --incomplete takes what there is, with no signal across a gap"
        raise InputError(f"{describe(stream.gaps)}; {advice}", component.path)
    return stream
