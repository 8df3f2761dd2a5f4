"""Every finished evaluation on disk, so that a search can be killed at any moment and go on as if nothing had been.

One JSON object per line. The first line says what the search is about: signals, budget, seed, split, version. The
proposals are a function of that and of the outcomes, so a search that goes on proposes the same candidates again and
finds their outcomes here. A last line cut short by a kill is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from bitloop.errors import SearchError
from bitloop.search.cost import Cost
from bitloop.search.recipe import Recipe
from bitloop.search.result import Outcome

FORMAT = "bitloop-search"
VERSION = 1

Key = tuple[str, int]
"""Stage and number of a candidate."""


class Journal:
    """Outcomes by stage and number. Use as a context manager; nothing is written without a path."""

    def __init__(self, path: Path | None, about: Mapping[str, Any]) -> None:
        self.known: dict[Key, Outcome] = {}
        self._file: IO[str] | None = None
        if path is not None:
            self._open(path, json.loads(json.dumps({"format": FORMAT, "version": VERSION, **about})))

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def find(self, stage: str, index: int, recipe: Recipe) -> Outcome | None:
        """The outcome of a candidate evaluated before, if it was this recipe."""
        outcome = self.known.get((stage, index))
        return outcome if outcome is not None and outcome.recipe == recipe else None

    def add(self, stage: str, outcomes: Iterable[Outcome]) -> None:
        """Append outcomes; on disk when this returns."""
        if self._file is None:
            return
        self._file.writelines(json.dumps(_record(stage, outcome)) + "\n" for outcome in outcomes)
        self._file.flush()

    def _open(self, path: Path, about: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise SearchError(f"{path} cannot be read ({error}); begin again without it") from error
        lines = text.splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if whole:
            self._read(path, whole, about)
        self._file = path.open("a", encoding="utf-8")
        self._file.truncate(sum(len(line.encode()) for line in whole))
        if not whole:
            self._file.write(json.dumps(about) + "\n")
        self._file.flush()

    def _read(self, path: Path, lines: list[str], about: dict[str, Any]) -> None:
        if _parsed(path, 1, lines[0]) != about:
            raise SearchError(
                f"{path} belongs to another search (signals, budgets, seed, split or version differ);"
                " search from the start"
            )
        for number, line in enumerate(lines[1:], 2):
            data = _parsed(path, number, line)
            try:
                stage, outcome = str(data["stage"]), _outcome(data)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise SearchError(f"{path}, line {number} is no outcome ({error}); search from the start") from error
            self.known[stage, outcome.index] = outcome


def _parsed(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SearchError(f"{path}, line {number} is damaged ({error}); search from the start") from error


def _record(stage: str, outcome: Outcome) -> dict[str, Any]:
    cost = outcome.cost
    return {
        "stage": stage,
        "index": outcome.index,
        "recipe": outcome.recipe.to_record(),
        "score": outcome.score,
        "quality": outcome.quality,
        "confidence": outcome.confidence,
        "folds": list(outcome.folds),
        "complete": outcome.complete,
        "rejected": outcome.rejected,
        "screened": outcome.screened,
        "cost": [cost.knowledge, cost.flash, cost.ram, cost.cycles],
    }


def _outcome(data: Mapping[str, Any]) -> Outcome:
    return Outcome(
        int(data["index"]),
        Recipe.from_record(data["recipe"]),
        float(data["score"]),
        float(data["quality"]),
        float(data["confidence"]),
        tuple(float(fold) for fold in data["folds"]),
        bool(data["complete"]),
        str(data["rejected"]),
        float(data["screened"]),
        Cost(*(int(part) for part in data["cost"])),
    )
