"""How good a library's answers on the demonstration's unseen fan are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bitloop.emulator import Answers, Emulator
from bitloop.search.metrics import balanced_accuracy, r2

if TYPE_CHECKING:
    from bitloop.cli.story import Story
    from bitloop.library.file import Library


def unseen(library: Library, told: Story) -> dict[str, float]:
    """`balanced_accuracy` (or `r2`) of a library on the story's unseen fan, in the emulator."""
    emulator = Emulator(library)
    emulator.init()
    learn = told.to_learn(library.learning)
    if learn is not None:
        emulator.learn(learn)
    answers = [emulator.detect(file.x) for file in told.unseen]
    if library.kind == "extrapolation":
        said = np.concatenate([a.value for a in answers if a.value is not None])
        return {"r2": r2(np.concatenate([np.full(len(f.x), f.target) for f in told.unseen]), said)}
    labels = list(dict.fromkeys(file.label for file in told.unseen))
    truth = np.concatenate([np.full(len(f.x), labels.index(f.label), dtype=np.int64) for f in told.unseen])
    verdicts = [labels.index(v) if v in labels else -1 for a in answers for v in _verdicts(library, a)]
    return {"balanced_accuracy": balanced_accuracy(truth, np.array(verdicts, dtype=np.int64), len(labels))}


def _verdicts(library: Library, answers: Answers) -> list[str]:
    """The label each answer stands for; empty where the signal was refused."""
    if answers.class_id is not None:
        return [library.classes[i] if i >= 0 else "" for i in answers.class_id]
    regular = answers.similarity >= 90 if answers.similarity is not None else answers.is_outlier == 0
    names = np.where(regular, "regular", "abnormal")
    said: list[str] = np.where(answers.status == 0, names, "").tolist()
    return said
