"""A library without a board: the same answers, states and refusals as the generated C, for many signals at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, LearningModel, State, StaticModel
from bitloop.kernels.executor import Executor
from bitloop.kernels.pipeline import refused
from bitloop.kernels.similarity import similarity
from bitloop.library import knowledge, personas
from bitloop.library.file import Library
from bitloop.native import host

REFUSED_RATIO = np.float32(-1.0)
"""What neai_score() says after a refused call."""
SENSITIVITY_LIMIT = np.float32(1e6)

Statuses = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One element per signal; what does not belong to the library's kind is None.

    `status` is the persona's; where it is not 0 nothing was computed, and the other fields hold similarity 0,
    ratio -1, is_outlier 0, class_id -1, probabilities 0, value 0. `class_id` counts from 0 in every persona.
    """

    status: Statuses
    similarity: NDArray[np.uint8] | None = None
    ratio: NDArray[np.float32] | None = None
    is_outlier: NDArray[np.uint8] | None = None
    class_id: NDArray[np.int32] | None = None
    probabilities: NDArray[np.float32] | None = None
    value: NDArray[np.float32] | None = None


class Emulator:
    """A board's library in Python. By the NumPy reference, or with `native` by the host's C kernels: same bits.

    Signals are float32 (signals, samples * axes), interleaved; what is not float32 is rounded to it. Statuses are
    those of the persona. Methods may be called in the order a C program would; nothing is answered before `init`.
    """

    def __init__(self, library: Library, native: bool = False, persona: str = "v3") -> None:
        self.library = library
        self._speech = personas.persona(persona)
        self._executor: Executor | None = host() if native else None
        self._preprocessing = library.pipeline.preprocessing
        self._ready = False
        self._sensitivity = np.float32(1.0)
        model = library.pipeline.model
        self._state: State = model.empty() if isinstance(model, LearningModel) else np.zeros(0, dtype=np.float32)

    def init(self, pretrained: bool = False) -> int:
        """Forget what was learned and begin; from the library's pretrained state if asked for.

        Where there is none, v5 answers NEAI_NOT_SUPPORTED and changes nothing; v3, whose C has no such call then,
        raises LibraryError.
        """
        model = self.library.pipeline.model
        if pretrained and self.library.pretrained is None:
            if self._speech is personas.V5 and self.library.kind == "anomaly":
                return int(personas.StateV5.NEAI_NOT_SUPPORTED)
            raise LibraryError("this library has no pretrained knowledge; call init without it")
        if isinstance(model, LearningModel):
            self._state = model.empty()
            if pretrained and self.library.pretrained is not None:
                self._state = self.library.pretrained.astype(np.float32)
        self._sensitivity = np.float32(1.0)
        self._ready = True
        return int(self._speech.ok)

    @property
    def state(self) -> State:
        """The learned words, a copy."""
        return self._state.copy()

    @property
    def sensitivity(self) -> float:
        """Factor on every ratio (persona v3)."""
        return float(self._sensitivity)

    def set_sensitivity(self, value: float) -> int:
        """As neai_anomalydetection_set_sensitivity: 0 to 1e6, everything else is refused."""
        self._learning()
        number = np.float32(value)
        if not self._ready:
            return int(self._speech.uninitialised)
        if not (np.float32(0.0) <= number <= SENSITIVITY_LIMIT):
            return int(self._speech.refused)
        self._sensitivity = number
        return int(self._speech.ok)

    def learn(self, x: Features) -> Statuses:
        """Learn signals one after the other; a refused one leaves the state alone. Returns a status for each."""
        model = self._learning()
        status, features = self._features(x)
        taken = status == self._speech.ok
        before = np.float64(self._state[0])
        if taken.any():
            with np.errstate(all="ignore"):
                self._state = self._learn(model, features[taken])
        count = before + np.cumsum(taken)
        status[taken] = np.where(count < self.library.learning, self._speech.learning, self._speech.learned)[taken]
        return status

    def detect(self, x: Features) -> Answers:
        """Judge signals by what the library knows: detect, classify, extrapolate, whatever its kind is."""
        model = self.library.pipeline.model
        early = isinstance(model, LearningModel) and bool(self._state[0] < np.float32(self.library.learning))
        status, features = self._features(x, early)
        taken = status == self._speech.ok
        out = np.zeros((len(status), model.outputs), dtype=np.float32)
        if taken.any():
            with np.errstate(all="ignore"):
                out[taken] = self._judge(features[taken])
        return self._answers(status, taken, out)

    def knowledge(self) -> bytes:
        """What neai_knowledge_save writes."""
        self._learning()
        return knowledge.save(self.library, self._state)

    def restore(self, buffer: bytes) -> int:
        """As neai_knowledge_restore: refuses what is damaged or of another library, and keeps its state then."""
        self._learning()
        if not self._ready:
            return int(self._speech.uninitialised)
        state = knowledge.restore(self.library, len(self._state), buffer)
        if state is None:
            return int(self._speech.knowledge)
        self._state = state
        return int(self._speech.ok)

    def _features(self, x: Features, early: bool = False) -> tuple[Statuses, Features]:
        """Status of each signal so far, and its features (zeros where it was refused), checked as the C does."""
        x = self._checked(x)
        status = np.full(len(x), self._speech.ok, dtype=np.uint8)
        features = np.zeros((len(x), self._preprocessing.features), dtype=np.float32)
        if not self._ready:
            status[:] = self._speech.uninitialised
            return status, features
        finite = np.isfinite(x).all(axis=1)
        status[~finite] = self._speech.refused
        if early:
            status[finite] = self._speech.learning
        elif finite.any():
            features[finite] = self._preprocessing(x[finite], self._executor)
            beyond = refused(features)
            status[beyond] = self._speech.refused
        return status, features

    def _learn(self, model: LearningModel, features: Features) -> State:
        if self._executor is None:
            return model.reference_learn(features, self._state)
        return model.run_learn(features, self._state, self._executor)

    def _judge(self, features: Features) -> Features:
        model, executor = self.library.pipeline.model, self._executor
        if isinstance(model, LearningModel):
            if executor is None:
                ratio, self._state = model.reference_follow(features, self._state)
            else:
                ratio, self._state = model.run_follow(features, self._state, executor)
            return ratio * self._sensitivity
        if not isinstance(model, StaticModel):
            raise LibraryError(f"{model.kernel} neither learns nor was fitted, so nothing can be asked of it")
        return model.reference(features) if executor is None else model.run(features, executor)

    def _answers(self, status: Statuses, taken: NDArray[np.bool_], out: Features) -> Answers:
        kind = self.library.kind
        if kind == "classes":
            chosen = np.argmax(out, axis=1).astype(np.int32)  # the first of equals, as in the C
            return Answers(status, class_id=np.where(taken, chosen, np.int32(-1)), probabilities=out)
        first = out[:, 0] if len(out) else np.zeros(0, dtype=np.float32)
        if kind == "extrapolation":
            return Answers(status, value=first)
        ratio = np.where(taken, first, REFUSED_RATIO)
        if kind == "outlier":
            return Answers(status, ratio=ratio, is_outlier=(ratio > np.float32(1.0)).astype(np.uint8))
        return Answers(status, ratio=ratio, similarity=np.where(taken, similarity(ratio), np.uint8(0)))

    def _checked(self, x: Features) -> Features:
        with np.errstate(over="ignore"):
            x = np.ascontiguousarray(x, dtype=np.float32)
        size = self._preprocessing.given.size
        if x.ndim != 2 or x.shape[1] != size:
            raise LibraryError(
                f"the library takes signals of {size} values ({self.library.length} samples x {self.library.axes}"
                f" axes), not an array of shape {x.shape}"
            )
        return x

    def _learning(self) -> LearningModel:
        model = self.library.pipeline.model
        if not isinstance(model, LearningModel):
            raise LibraryError(f"a library of kind {self.library.kind!r} does not learn on the device")
        return model
