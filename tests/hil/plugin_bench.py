"""A bench of fake boards for pytest inside pytest: opened by the plugin like any other, with faults to order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bitloop.library.file import Library
from bitloop_hil.images import Image
from bitloop_hil.link.client import Link
from bitloop_hil.locks import BoardLock
from bitloop_hil.rig import Place
from tests.hil.fakes import FakeBoard, Faults
from tests.library.examples import library

LIBRARY = "outlier-raw"
PARITY = """\
def test_parity(prove):
    assert prove("lib.json").verdict == "PASS"
"""


class PlacedBoard(FakeBoard):
    """A fake board at a place: locked while it is open, and running whatever library was flashed."""

    def __init__(self, place: Place, faults: Faults, images: dict[Path, Library], unit: str) -> None:
        super().__init__(library(LIBRARY), faults)
        self.name, self.bench, self.core, self.unit = place.board, place.bench, "cortex-m4f", unit  # type: ignore[misc]
        self._images = images
        self._lock = BoardLock(place.serial).acquire() if place.serial else None

    def flash(self, image: Path) -> None:
        super().flash(image)
        self.library = self._images[image]

    def link(self) -> Link:
        return super().link()

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()


@dataclass(eq=False)
class FakeBench:
    """A plugin for the inner pytest. `faults` gives those of the board that is opened next, by place and how many
    were opened there before; `missing` says which places are not there; `opened` lists the names of places."""

    faults: Callable[[str, int], Faults] = lambda place, number: Faults()
    missing: dict[str, str] = field(default_factory=dict)
    unit: str = "cycles"
    opened: list[str] = field(default_factory=list)
    _patches: ExitStack = field(default_factory=ExitStack)
    _images: dict[Path, Library] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        for target, stand_in in (
            ("bitloop_hil.rig.open_place", self.open_place),
            ("bitloop_hil.rig.missing", lambda place: self.missing.get(place.name, "")),
            ("bitloop_hil.prove.build_image", self.build),
            ("bitloop_hil.images.build_image", self.build),
            ("bitloop_hil.pytest_plugin.checkup.build_image", self.build),
        ):
            self._patches.enter_context(patch(target, stand_in))

    def pytest_unconfigure(self) -> None:
        self._patches.close()

    def open_place(self, place: Place, lock_seconds: float = 0.0) -> PlacedBoard:
        number = self.opened.count(place.name)
        faults = self.faults(place.name, number)
        self.opened.append(place.name)
        faults.meet("open")
        return PlacedBoard(place, faults, self._images, self.unit)

    def build(self, library: Library, *rest: Any) -> Image:
        path = Path(f"{library.id}.elf")
        self._images[path] = library
        return Image(path, "00" * 8, library.id)


Inner = Callable[..., pytest.RunResult]


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Inner]:
    """Run an inner pytest with the plugin, `lib.json` beside its tests, and locks of its own."""
    monkeypatch.delenv("BITLOOP_RIG", raising=False)
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))
    library(LIBRARY).save(pytester.path / "lib.json")

    def run(*arguments: str, bench: FakeBench | None = None) -> pytest.RunResult:
        plugins = [FakeBench() if bench is None else bench]
        return pytester.runpytest_inprocess("-p", "bitloop_hil.pytest_plugin", *arguments, plugins=plugins)

    yield run
