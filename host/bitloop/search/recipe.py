"""A recipe: everything that determines a candidate except the signals, as plain data that hashes and pickles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitloop.kernels.base import Shape, Stage
from bitloop.search.views import VIEWS
from bitloop.search.views.view import Value

Hyper = tuple[tuple[str, float], ...]
"""Hyper-parameters of a model by name, in a fixed order."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A view of the signal and what was chosen of its options, in their order."""

    view: str
    chosen: tuple[tuple[str, Value], ...]

    def stages(self, given: Shape) -> tuple[Stage, ...]:
        """The kernels, in order, for signals of that shape; LibraryError where they do not fit it."""
        return VIEWS[self.view].stages(dict(self.chosen), given)

    @property
    def fitted(self) -> bool:
        """Whether its kernels have constants that come from training signals."""
        return VIEWS[self.view].fit is not None


@dataclass(frozen=True, slots=True)
class Head:
    """What happens to the gathered features beside scaling (see heads.py), and how many it leaves or makes."""

    name: str = "none"
    width: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Branches, scaling of the features (zscore, minmax, robust or none), head, model and its hyper-parameters."""

    branches: tuple[Branch, ...]
    scale: str
    model: str
    hyper: Hyper = ()
    head: Head = Head()
    varied: bool = False
    """Whether it trains with variations of the signals, too (variations.py)."""
    members: tuple[Recipe, ...] = ()
    """Of a committee: the recipes whose answers are averaged. Its branches are all of theirs."""

    @staticmethod
    def together(members: Sequence[Recipe]) -> Recipe:
        """The committee of some recipes."""
        branches = tuple(dict.fromkeys(branch for member in members for branch in member.branches))
        return Recipe(branches, "none", "committee", members=tuple(members))

    @property
    def family(self) -> str:
        """Views and model, as `statistics+spectrum/ridge`; of a committee, those of its members."""
        if self.members:
            return " & ".join(member.family for member in self.members)
        return "+".join(branch.view for branch in self.branches) + "/" + self.model

    @property
    def further_views(self) -> float:
        """Views beside the first; of a committee, of its members on average, as each answers on its own."""
        if self.members:
            return sum(member.further_views for member in self.members) / len(self.members)
        return float(len(self.branches) - 1)

    @property
    def title(self) -> str:
        """The whole pipeline in a line."""
        if self.members:
            return " & ".join(f"({member.title})" for member in self.members)
        steps = [" + ".join(_worded(branch.view, branch.chosen) for branch in self.branches)]
        if self.scale != "none":
            steps.append(self.scale)
        if self.head.name != "none":
            steps.append(f"{self.head.name} {self.head.width}".removesuffix(" 0"))
        return " > ".join([*steps, _worded(self.model, self.hyper)]) + (
            ", trained on variations" if self.varied else ""
        )

    def to_record(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "branches": [[b.view, {name: _plain(value) for name, value in b.chosen}] for b in self.branches],
            "scale": self.scale,
            "head": [self.head.name, self.head.width],
            "model": self.model,
            "hyper": dict(self.hyper),
            "varied": self.varied,
            "members": [member.to_record() for member in self.members],
        }

    @staticmethod
    def from_record(data: Mapping[str, Any]) -> Recipe:
        """What `to_record` made; KeyError, TypeError or ValueError where it did not."""
        branches = tuple(
            Branch(view, tuple((k, _value(v)) for k, v in chosen.items())) for view, chosen in data["branches"]
        )
        name, width = data["head"]
        hyper = tuple((str(k), float(v)) for k, v in data["hyper"].items())
        return Recipe(
            branches,
            str(data["scale"]),
            str(data["model"]),
            hyper,
            Head(str(name), int(width)),
            bool(data["varied"]),
            tuple(Recipe.from_record(member) for member in data["members"]),
        )


def _worded(name: str, chosen: Sequence[tuple[str, Value]]) -> str:
    """A name with what was chosen, options that are off left out."""
    words = []
    for option, value in chosen:
        if value is True:
            words.append(option)
        elif isinstance(value, tuple):
            words.append(" ".join(value))
        elif value not in (False, 0, "none") and (option, value) != ("decimate", 1):
            words.append(f"{option} {value:g}" if isinstance(value, float | int) else f"{option} {value}")
    return f"{name} ({', '.join(words)})" if words else name


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    if isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{value!r} is no option of a view")
