"""The labgrid files: read back as YAML and held against the classes and arguments labgrid 26 documents.

labgrid cannot be installed beside pyserial, which it replaces; so its schema stands here. Where a Python that has
labgrid is named in BITLOOP_LABGRID_PYTHON, it loads the files itself.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bitloop.errors import BuildError
from bitloop_hil.labgrid import FORMS, environment
from bitloop_hil.rig import Place, Rig

LOCAL = Place("left", "nucleo-l432kc", "hardware", probe="066BFF495087534867091423")
NAMED = Place("named", "nucleo-f103rb", "hardware", probe="stlink:0671FF30", port="/dev/ttyACM3", baud=115_200)
FAR = Place("far", "nucleo-f412zg", "hardware", remote="host:5555", port="rfc2217://host:4001")
RAW = Place("raw", "nucleo-f429zi", "hardware", remote="host", port="socket://host:4002", pack='/a "pack".pack')
SOFT = Place("soft", "generic-cortex-m0", "virtual")
RIG = Rig((LOCAL, NAMED, SOFT, FAR, RAW))

# https://labgrid.readthedocs.io/en/latest/configuration.html: resources with the arguments used here, and drivers.
ARGUMENTS: dict[str, dict[str, type]] = {
    "USBSerialPort": {"match": dict, "speed": int},
    "RawSerialPort": {"port": str, "speed": int},
    "NetworkSerialPort": {"host": str, "port": int, "speed": int, "protocol": str},
    "USBDebugger": {"match": dict},
    "RemotePlace": {"name": str},
    "SerialDriver": {"name": str},
}
_LOAD = """
import sys, warnings
import labgrid.driver, labgrid.resource
from labgrid import Environment, target_factory
from labgrid.remote.config import ResourceConfig
warnings.simplefilter("error")  # labgrid only warns of arguments it does not know
if sys.argv[2] == "exporter":
    for name, resources in ResourceConfig(sys.argv[1]).data.items():
        print(name, *(target_factory.resources[kind].__name__ for kind in resources))
    sys.exit()
environment = Environment(sys.argv[1])
for name, target in environment.config.get_targets().items():
    if sys.argv[2] == "places":  # these can only be made where a coordinator answers
        resources, drivers = target_factory.normalize_config(target)
        made = [target_factory.class_from_string(kind).__name__ for kind in (*resources, *drivers)]
    else:
        there = environment.get_target(name)
        made = [type(item).__name__ for item in (*there.resources, *there.drivers)]
    print(name, environment.config.get_target_option(name, "bitloop_board"), *made)
print(*sorted(environment.get_target_features()))
"""


def _read(form: str) -> Any:
    return yaml.safe_load(environment(RIG, form))


def _holds(kind: str, arguments: dict[str, Any]) -> None:
    known = ARGUMENTS[kind]
    assert set(arguments) <= set(known)
    for key, value in arguments.items():
        assert isinstance(value, known[key])


def test_targets_have_resources_drivers_features_and_options() -> None:
    targets = _read("environment")["targets"]
    assert list(targets) == ["left", "named", "far", "raw"], "virtual boards are no business of labgrid's"
    for target in targets.values():
        assert set(target) == {"features", "options", "resources", "drivers"}
        for item in [*target["resources"], *target["drivers"]]:
            ((kind, arguments),) = item.items()
            _holds(kind, arguments)
    match = {"match": {"ID_SERIAL_SHORT": "066BFF495087534867091423"}}
    assert targets["left"]["resources"] == [{"USBSerialPort": {**match, "speed": 921_600}}, {"USBDebugger": match}]
    assert targets["left"]["options"] == {
        "bitloop_board": "nucleo-l432kc",
        "bitloop_probe": "066BFF495087534867091423",
        "pyocd_target": "stm32l432kc",
        "pyocd_connect": "under-reset",
    }
    assert {"nucleo-l432kc", "cycles", "silicon"} <= set(targets["left"]["features"])


def test_ports_are_named_or_found_or_served() -> None:
    targets = _read("environment")["targets"]
    assert targets["named"]["resources"] == [
        {"RawSerialPort": {"port": "/dev/ttyACM3", "speed": 115_200}},
        {"USBDebugger": {"match": {"ID_SERIAL_SHORT": "0671FF30"}}},
    ]
    served = {"host": "host", "port": 4001, "speed": 921_600, "protocol": "rfc2217"}
    assert targets["far"]["resources"] == [{"NetworkSerialPort": served}]
    assert targets["raw"]["resources"][0]["NetworkSerialPort"]["protocol"] == "raw"
    assert targets["raw"]["options"]["pyocd_pack"] == '/a "pack".pack'
    assert targets["far"]["options"]["bitloop_remote"] == "host:5555"


def test_places_are_taken_from_a_coordinator_by_name() -> None:
    for name, target in _read("places")["targets"].items():
        assert target["resources"] == [{"RemotePlace": {"name": name}}]
        assert target["drivers"] == [{"SerialDriver": {"name": "link"}}]


def test_an_exporter_offers_one_group_per_board() -> None:
    groups = _read("exporter")
    assert list(groups) == ["left", "named", "far", "raw"]
    assert set(groups["left"]) == {"USBSerialPort", "USBDebugger"}
    for group in groups.values():
        for kind, arguments in group.items():
            _holds(kind, arguments)


def test_a_rig_without_hardware_has_nothing_for_labgrid() -> None:
    with pytest.raises(BuildError, match="no place on the hardware bench"):
        environment(Rig((SOFT,)))


@pytest.mark.parametrize("form", FORMS)
def test_labgrid_itself_reads_the_file(tmp_path: Path, form: str) -> None:
    python = os.environ.get("BITLOOP_LABGRID_PYTHON")
    if not python:
        pytest.skip("BITLOOP_LABGRID_PYTHON names no Python that has labgrid")
    path = tmp_path / "env.yaml"
    path.write_text(environment(RIG, form))
    done = subprocess.run([python, "-c", _LOAD, str(path), form], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if form == "exporter":
        assert "left USBSerialPort USBDebugger" in done.stdout.splitlines()
        return
    *targets, features = done.stdout.splitlines()
    port = "RemotePlace" if form == "places" else "USBSerialPort USBDebugger"
    assert targets[0] == f"left nucleo-l432kc {port} SerialDriver"
    assert len(targets) == 4
    assert "nucleo-f412zg" in features.split()
