"""The two sides of a proof, brought to one form: the board behind its link, and the emulator on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.emulator import Emulator
from bitloop.errors import LinkError
from bitloop.kernels.base import Features, LearningModel
from bitloop.kernels.pipeline import refused
from bitloop.library.file import Library
from bitloop.library.personas import Persona
from bitloop_hil.compare import Answers
from bitloop_hil.link.client import Link, Reply

Progress = Callable[[int, int, str], None]
"""Called with signals done, signals in all, and what is being done."""

LEARN, DETECT = "learn", "detect"


def due_refusals(library: Library, x: Features) -> NDArray[np.bool_]:
    """(signals,): which signals have to be refused by the float contract, whatever any implementation says."""
    bad = ~np.all(np.isfinite(x), axis=1)
    clean = np.where(bad[:, None], np.float32(0), x)
    return np.asarray(bad | refused(library.pipeline.preprocessing(clean)))


def state_of(library: Library, knowledge: bytes) -> NDArray[np.float32]:
    """The state floats of saved knowledge: they stand before the closing CRC-32."""
    model = library.pipeline.model
    words = model.state_size if isinstance(model, LearningModel) else 0
    start = len(knowledge) - 4 - 4 * words
    if start < 0:
        raise LinkError(f"the board saved {len(knowledge)} bytes of knowledge, too few for {words} floats of state")
    return np.frombuffer(knowledge, dtype="<f4", count=words, offset=start).astype(np.float32)


class BoardSide:
    """Library calls on the board, with the ticks of each call that was not refused."""

    def __init__(self, library: Library, link: Link, persona: Persona, progress: Progress) -> None:
        self._outputs = library.pipeline.model.outputs
        self._link, self._persona, self._progress = link, persona, progress
        self.ticks: dict[str, list[int]] = {LEARN: [], DETECT: []}
        self.calls = 0

    def learn(self, x: Features) -> Answers:
        """Learn every signal in order."""
        return self._all(x, LEARN, self._link.learn, 0)

    def detect(self, x: Features) -> Answers:
        """Detect (or classify, ...) every signal in order."""
        return self._all(x, DETECT, self._link.detect, self._outputs)

    def knowledge(self) -> bytes:
        """What the board has learned, as it saves it."""
        return self._link.knowledge()

    def _all(self, x: Features, what: str, call: Callable[[Any], Reply], outputs: int) -> Answers:
        replies = []
        for i, signal in enumerate(x):
            reply = call(signal)
            self.calls += 1
            if reply.status != self._persona.refused:
                self.ticks[what].append(reply.ticks)
            replies.append(reply)
            self._progress(i + 1, len(x), what)
        rows = [np.asarray(reply.outputs, dtype=np.float32) for reply in replies]
        status, labels = [reply.status for reply in replies], [reply.label for reply in replies]
        return _settled(status, labels, rows, outputs, self._persona)


class EmulatorSide:
    """The same calls in the emulator; labels as the persona gives them."""

    def __init__(self, library: Library, emulator: Emulator, persona: Persona) -> None:
        self._kind, self._outputs = library.kind, library.pipeline.model.outputs
        self._emulator, self._persona = emulator, persona

    def learn(self, x: Features) -> Answers:
        """Learn every signal in order."""
        return _settled(self._emulator.learn(x), (), (), 0, self._persona)

    def detect(self, x: Features) -> Answers:
        """Detect (or classify, ...) every signal in order."""
        result: Any = self._emulator.detect(x)
        labels: Any = np.zeros(len(x))
        if self._kind == "anomaly":
            labels, rows = result.similarity, result.ratio[:, None]
        elif self._kind == "outlier":
            labels, rows = result.is_outlier, result.ratio[:, None]
        elif self._kind == "classes":
            labels, rows = result.class_id + (1 if self._persona.name == "v3" else 0), result.probabilities
        else:
            rows = result.value[:, None]
        return _settled(result.status, labels, rows, self._outputs, self._persona)

    def knowledge(self) -> bytes:
        """What the board's `neai_knowledge_save` has to write."""
        return self._emulator.knowledge()


def _settled(status: Any, labels: Any, rows: Any, outputs: int, persona: Persona) -> Answers:
    """Answers in which everything is zero that a call leaves undefined: a call that is not OK gives only a status."""
    states = np.asarray(status, dtype=np.int64)
    ok = states == persona.ok
    label, values = np.zeros(len(states), np.int64), np.zeros((len(states), outputs), np.float32)
    if outputs:
        label[ok] = np.asarray(labels, dtype=np.int64)[ok]
        for i in np.flatnonzero(ok):
            if len(rows[i]) != outputs:
                raise LinkError(f"an answer has {len(rows[i])} floats and the library gives {outputs}")
            values[i] = rows[i]
    return Answers(states, label, values)
