"""A board that is the emulator behind the same interface, with faults to order: for tests of the proof itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from bitloop.emulator import Emulator
from bitloop.errors import BootError
from bitloop.library.file import Library
from bitloop_hil.closing import Closing
from bitloop_hil.images import Image
from bitloop_hil.link.client import Floats, Link, Reply
from bitloop_hil.link.frame import LinkStats


@dataclass
class Faults:
    """What the board does wrong. `reply` may change an answer (call, number of the call, answer); `step` a traced
    step (index, values); `knowledge` the saved bytes; `raises` is raised by the calls named."""

    reply: Callable[[str, int, Reply], Reply] = lambda what, number, reply: reply
    step: Callable[[int, Floats], Floats] = lambda index, values: values
    knowledge: Callable[[bytes], bytes] = lambda data: data
    raises: dict[str, Exception] = field(default_factory=dict)

    def meet(self, what: str) -> None:
        if what in self.raises:
            raise self.raises[what]


class FakeLink(Closing):
    """The calls of `Link` a proof makes; the library answers in persona v3."""

    def __init__(self, library: Library, faults: Faults, links: set[FakeLink]) -> None:
        assert not links, "the port is still open"
        self.open = links
        self.open.add(self)
        self._library, self._faults = library, faults
        self._emulator = Emulator(library, native=True)
        self._numbers = {"learn": -1, "detect": -1}
        self.stats = LinkStats(frames_sent=1)

    def greet(self, library_id: str, build: str) -> None:
        self._faults.meet("greet")
        if library_id != self._library.id:
            raise BootError(f"the board runs library {self._library.id}, not {library_id}")

    def init(self, pretrained: bool = False) -> Reply:
        self._faults.meet("init")
        return Reply(self._emulator.init(pretrained), np.empty(0, np.float32), 0, 1)

    def learn(self, signal: Floats) -> Reply:
        status = int(self._emulator.learn(signal[None, :])[0])
        return self._answer("learn", Reply(status, np.empty(0, np.float32), 0, 50))

    def detect(self, signal: Floats) -> Reply:
        return self._answer("detect", self._judge(signal))

    def knowledge(self) -> bytes:
        self._faults.meet("knowledge")
        return self._faults.knowledge(self._emulator.knowledge())

    def trace(self, signal: Floats, learn: bool) -> dict[int, Floats]:
        self._faults.meet("trace")
        if learn:
            self._emulator.learn(signal[None, :])
        steps = self._library.pipeline.preprocessing.trace(signal[None, :])
        return {step.index: self._faults.step(step.index, values.reshape(-1).copy()) for step, values in steps}

    def close(self) -> None:
        self.open.discard(self)

    def _judge(self, signal: Floats) -> Reply:
        said: Any = self._emulator.detect(signal[None, :])
        status, kind = int(said.status[0]), self._library.kind
        if kind == "classes":
            return Reply(status, said.probabilities[0], int(said.class_id[0]) + 1, 100)
        if kind == "extrapolation":
            return Reply(status, said.value, 0, 100)
        return Reply(status, said.ratio, int((said.similarity if kind == "anomaly" else said.is_outlier)[0]), 100)

    def _answer(self, what: str, reply: Reply) -> Reply:
        self._faults.meet(what)
        self._numbers[what] += 1
        return self._faults.reply(what, self._numbers[what], reply)


class FakeBoard(Closing):
    """`Board` without a board."""

    name, bench, core, unit = "fake", "fake", "host", "cycles"

    def __init__(self, library: Library, faults: Faults | None = None) -> None:
        self.library, self.faults = library, faults or Faults()
        self.flashed: list[Path] = []
        self.links: set[FakeLink] = set()

    def image(self, trace: bool) -> Image:
        return Image(Path("trace.elf" if trace else "plain.elf"), "00" * 8, self.library.id)

    def flash(self, image: Path) -> None:
        self.faults.meet("flash")
        self.flashed.append(image)

    def reset(self) -> None:
        self.faults.meet("reset")

    def link(self) -> Link:
        return cast(Link, FakeLink(self.library, self.faults, self.links))

    def close(self) -> None:
        pass


def flipped(values: Floats, index: int) -> Floats:
    """The same floats, one of them changed in its last place."""
    changed = values.copy()
    changed.view(np.uint32)[index] ^= 1
    return changed


def flip_output(what: str, number: int, index: int = 0) -> Callable[[str, int, Reply], Reply]:
    """A fault: one bit of one output of one call."""

    def change(call: str, at: int, reply: Reply) -> Reply:
        hit = (call, at) == (what, number)
        return replace(reply, outputs=flipped(reply.outputs, index)) if hit else reply

    return change
