"""Steps one after the other, as they stand on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bitloop.errors import BitloopError
from bitloop.signals.shape.sheet import Sheets
from bitloop.signals.shape.steps import STEPS, Work

_STEP = re.compile(r"[a-z-]{2,}:")
_UNSAFE = re.compile(r"[^\w.,+-]")


@dataclass(frozen=True, slots=True)
class Chain:
    """`words` are the steps as the names of results have them; calling the chain does the work."""

    words: tuple[str, ...]
    works: tuple[Work, ...]

    def __call__(self, sheets: Sheets) -> Sheets:
        for word, work in zip(self.words, self.works, strict=True):
            made = work(sheets)
            sheets = tuple(replace(s, part="", done=(*s.done, word, *([s.part] if s.part else []))) for s in made)
        return sheets


def chain(texts: Sequence[str]) -> Chain:
    """The chain of steps written as NAME:VALUES; BitloopError says what is wrong with one."""
    if not texts:
        raise BitloopError(f"nobody said what to do; steps are {', '.join(s.example for s in STEPS.values())}")
    return Chain(tuple(_word(text) for text in texts), tuple(_work(text) for text in texts))


def is_step(text: str) -> bool:
    """Whether an argument is a step, right or wrong, and not a file."""
    name = text.partition(":")[0]
    return name in STEPS or (_STEP.match(text) is not None and not Path(text).exists())


def _work(text: str) -> Work:
    name, _, values = text.partition(":")
    if name not in STEPS:
        raise BitloopError(f"there is no step {name!r}; choose one of {', '.join(STEPS)}")
    step = STEPS[name]
    try:
        return step.read(values.strip())
    except BitloopError as error:
        raise BitloopError(f"{text}: {error} (as in {step.example})") from error


def _word(text: str) -> str:
    return _UNSAFE.sub("_", text.strip().replace(":", "-"))
