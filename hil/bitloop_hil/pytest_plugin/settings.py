"""What the user asked for: command line before environment before ini file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

BENCHES = ("virtual", "qemu", "renode", "hardware")
_RIG_VARIABLE = "BITLOOP_RIG"

# option, metavar, help; each has an ini setting of the same name, bitloop_*
_TEXTS = (
    ("rig", "FILE", f"Rig file (TOML) with the places of boards; also by {_RIG_VARIABLE}."),
    ("library", "PATH", "Library under test: a project folder or a library file."),
    ("lock-seconds", "S", "How long to wait for a board that somebody else holds (default: 10)."),
    ("retries", "N", "How often to repeat flashing, greeting and proofs that broke (default: 0)."),
    ("report", "FILE", "Write a report as one HTML file."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`boards` is empty where none was named, `bench` too; `lock_seconds` are seconds."""

    bench: str
    boards: tuple[str, ...]
    rig: Path | None
    library: Path | None
    lock_seconds: float
    retries: int
    require: bool
    report: Path | None

    @property
    def explicit(self) -> bool:
        """Whether a bench was asked for at all."""
        return bool(self.bench or self.boards or self.rig)


def add_options(parser: pytest.Parser) -> None:
    """Command line options and ini settings."""
    group = parser.getgroup("bitloop", "boards on a bench (bitloop)")
    group.addoption("--bl-bench", choices=BENCHES, help="Where the boards live (default: virtual, or the rig's).")
    group.addoption(
        "--bl-board",
        action="append",
        default=[],
        metavar="NAME",
        help="Board (or place of the rig) to test on; repeat it to run every test on each.",
    )
    for name, metavar, text in _TEXTS:
        group.addoption(f"--bl-{name}", metavar=metavar, help=text)
        parser.addini(_ini(name), text, default="")
    group.addoption(
        "--bl-require", action="store_true", default=None, help="Fail, instead of skipping, where a board is missing."
    )
    parser.addini("bitloop_bench", "Where the boards live.", default="")
    parser.addini("bitloop_board", "Boards to test on.", type="args", default=[])
    parser.addini("bitloop_require", "Fail where a board is missing.", type="bool", default=False)


def read(config: pytest.Config) -> Settings:
    """The settings of a session; UsageError names what is wrong."""
    bench = config.getoption("--bl-bench") or config.getini("bitloop_bench")
    if bench and bench not in BENCHES:
        raise pytest.UsageError(f"bitloop_bench = {bench!r} is no bench; choose one of {', '.join(BENCHES)}")
    require = config.getoption("--bl-require")
    return Settings(
        bench,
        tuple(config.getoption("--bl-board") or config.getini("bitloop_board")),
        _rig(config),
        _path(config, "library"),
        _number(config, "lock-seconds", 10.0),
        int(_number(config, "retries", 0)),
        bool(config.getini("bitloop_require") if require is None else require),
        _path(config, "report"),
    )


def _rig(config: pytest.Config) -> Path | None:
    variable = os.environ.get(_RIG_VARIABLE, "")
    if config.getoption("--bl-rig") or not variable:
        return _path(config, "rig")
    return (config.invocation_params.dir / variable).resolve()


def _path(config: pytest.Config, name: str) -> Path | None:
    """Options are relative to where pytest was started, ini settings to the ini file."""
    given: Any = config.getoption(f"--bl-{name}")
    if given:
        return (config.invocation_params.dir / str(given)).resolve()
    written = str(config.getini(_ini(name)))
    folder = config.inipath.parent if config.inipath else config.rootpath
    return (folder / written).resolve() if written else None


def _number(config: pytest.Config, name: str, usual: float) -> float:
    text = config.getoption(f"--bl-{name}") or config.getini(_ini(name))
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86_400 or (name == "retries" and value != int(value)):
        raise pytest.UsageError(f"--bl-{name} {text!r} has to be a number from 0 to 86400")
    return value


def _ini(name: str) -> str:
    return f"bitloop_{name.replace('-', '_')}"
