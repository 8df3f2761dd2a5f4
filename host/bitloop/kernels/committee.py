"""Committees: several models answer together, each on features of its own. What classes and values share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Features, Model, Shape, Signals, Stage, StaticModel
from bitloop.kernels.executor import Executor
from bitloop.kernels.record import from_record, to_record
from bitloop.kernels.stages import STAGES

MOST = 4
"""Members of a committee."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A model that takes the `inputs` features from `start` on, after head stages of its own."""

    kernel: ClassVar[str] = "member"

    start: int
    inputs: int
    head: tuple[Stage, ...]
    model: StaticModel

    def __post_init__(self) -> None:
        checks.whole(self.start, 0, checks.FEATURES, "member.start")
        checks.whole(self.inputs, 1, checks.FEATURES, "member.inputs")
        if isinstance(self.model, Committee):
            raise LibraryError("a member of a committee cannot be a committee")
        made = [self.inputs, *(after.size for _, _, after in self.steps())][-1]
        if made != self.model.inputs:
            raise LibraryError(
                f"the head of a member makes other than the {self.model.inputs} features its model takes"
            )

    def steps(self) -> Iterator[tuple[Stage, Shape, Shape]]:
        """Each head stage, what it takes and what it makes."""
        given = Shape(self.inputs, 1)
        for stage in self.head:
            after = stage.shape(given)
            yield stage, given, after
            given = after

    @property
    def buffer(self) -> int:
        """Floats its features take at their longest; those that no stage changes are read where they are."""
        return max([self.inputs, *(after.size for _, _, after in self.steps())]) if self.head else 0

    def workspace(self) -> int:
        """Floats of scratch its stages and its model need."""
        return max([self.model.workspace(), *(stage.workspace(given) for stage, given, _ in self.steps())])

    def constants(self) -> Iterator[tuple[str, Constant]]:
        """With a prefix that tells the stages and the model apart."""
        for number, (stage, given, _) in enumerate(self.steps()):
            yield from ((f"{stage.kernel}{number}_", constant) for constant in stage.constants(given))
        yield from ((f"{self.model.kernel}_", constant) for constant in self.model.constants())

    def features(self, x: Features, executor: Executor | None) -> Features:
        """(signals, features of the committee) to (signals, inputs of the model)."""
        own: Signals = np.ascontiguousarray(x[:, self.start : self.start + self.inputs])[:, :, None]
        with np.errstate(all="ignore"):
            for stage in self.head:
                own = stage.reference(own) if executor is None else stage.run(own, executor)
        return np.ascontiguousarray(own.reshape(len(x), -1))

    def ballots(self, x: Features, executor: Executor | None) -> Features:
        """(signals, 1 + outputs): 1 and the answer, or zeros where the features leave the range models take."""
        own = self.features(x, executor)
        with np.errstate(invalid="ignore"):
            able = np.all(np.abs(own) <= np.float32(checks.PLACE), axis=1)
        found = np.zeros((len(x), 1 + self.model.outputs), dtype=np.float32)
        if able.any():
            seen = own[able]
            found[able, 0] = 1.0
            found[able, 1:] = self.model.reference(seen) if executor is None else self.model.run(seen, executor)
        return found

    def to_record(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "inputs": self.inputs,
            "head": [to_record(stage) for stage in self.head],
            "model": to_record(self.model),
        }


class Committee(StaticModel):
    """The mean of what the members answer, one after the other; subclasses are dataclasses with these fields.

    A member whose features are refused (NaN, or beyond 1e15) says nothing.
    """

    features: int
    members: tuple[Member, ...]

    @property
    @abstractmethod
    def silent(self) -> float:
        """What every output is where no member says anything."""

    @abstractmethod
    def _end(self, out: str) -> str:
        """The C statement after the last vote."""

    def check_members(self) -> None:
        """LibraryError unless every member takes features there are and answers in the same way."""
        name = self.kernel
        checks.whole(self.features, 1, checks.FEATURES, f"the number of features of {name}")
        checks.whole(len(self.members), 1, MOST, f"the number of members of {name}")
        for member in self.members:
            if member.start + member.inputs > self.features:
                raise LibraryError(f"a member of {name} takes features beyond the {self.features} there are")
            if member.model.kind != self.kind or member.model.outputs != self.outputs:
                raise LibraryError(f"the members of {name} do not all answer the same question")

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def outputs(self) -> int:
        return self.members[0].model.outputs

    @property
    def headers(self) -> tuple[str, ...]:  # type: ignore[override]  # depends on who the members are
        """Headers of the members' kernels."""
        kernels = [kernel for member in self.members for kernel in (*member.head, member.model)]
        return tuple(dict.fromkeys(name for kernel in kernels for name in (*kernel.headers, kernel.header)))

    def params(self) -> tuple[int, ...]:
        return (self.outputs, len(self.members))

    def code(self) -> int:
        return sum(member.model.code() for member in self.members)

    def workspace(self) -> int:
        """Features of a member, its vote, its own scratch."""
        return self._features() + self.outputs + max(member.workspace() for member in self.members)

    def constants(self) -> tuple[Constant, ...]:
        return tuple(
            Constant(f"{number}_{prefix}{constant.name}", constant.values, constant.fitted)
            for number, member in enumerate(self.members, 1)
            for prefix, constant in member.constants()
        )

    def reference(self, x: Features) -> Features:
        return mean([member.ballots(x, None) for member in self.members], self.silent)

    def run(self, x: Features, executor: Executor) -> Features:
        x = self._check(x)
        ballots = np.concatenate([member.ballots(x, executor) for member in self.members], axis=1)
        out = np.zeros((len(x), self.outputs), dtype=np.float32)
        executor.call(
            f"blh_{self.kernel}",
            len(x),
            ballots.shape[1],
            self._params(),
            [],
            np.ascontiguousarray(ballots),
            out,
            np.zeros(1, dtype=np.float32),
        )
        return out

    def _features(self) -> int:
        return max(member.buffer for member in self.members)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        lines = ["{", "    uint32_t votes = 0u;", f"    bl_committee_begin({self.outputs}, {out});"]
        for number, member in enumerate(self.members, 1):
            lines += [f"    {line}" for line in self._member(number, member, names, x, out)]
        return "\n".join([*lines, f"    {self._end(out)}", "}"])

    def _member(self, number: int, member: Member, names: Mapping[str, str], x: str, out: str) -> Iterator[str]:
        """The lines of a member: its features, its steps on them, its vote."""
        work = f"&{names[WORK]}[{self._features() + self.outputs}]"

        def named(prefix: str, constants: Sequence[Constant]) -> dict[str, str]:
            return {WORK: work} | {c.name: names[f"{number}_{prefix}{c.name}"] for c in constants}

        own = f"&{x}[{member.start}]"
        yield "{"
        yield f"    float *const x = {names[WORK]};" if member.head else f"    const float *const x = {own};"
        if member.head:
            yield f"    bl_committee_take({member.inputs}, {own}, x);"
        for at, (stage, given, _) in enumerate(member.steps()):
            yield f"    {_ended(stage.emit(given, named(f'{stage.kernel}{at}_', stage.constants(given))))}"
        yield f"    if (bl_all_within({member.model.inputs}, x)) {{"
        yield f"        float *const vote = &{names[WORK]}[{self._features()}];"
        said = member.model.emit(named(f"{member.model.kernel}_", member.model.constants()), "x", "vote")
        yield f"        {_ended(said)}"
        yield f"        votes = bl_committee_vote({self.outputs}, vote, votes, {out});"
        yield "    }"
        yield "}"

    @classmethod
    def read(cls, data: Mapping[str, Any], models: Sequence[type[Model]]) -> Self:
        """From what `to_record` made; LibraryError where it did not."""
        members = data.get("members")
        if not isinstance(data.get("features"), int) or not isinstance(members, list):
            raise LibraryError(f"{cls.kernel} needs exactly the fields features, members")
        return cls(data["features"], tuple(_read(member, models) for member in members))  # type: ignore[call-arg]


def _ended(statement: str) -> str:
    return statement if statement.endswith((";", "}")) else f"{statement};"


def mean(ballots: Sequence[Features], silent: float) -> Features:
    """(signals, outputs) of what each member said, as (signals, 1 + outputs): 1 and its answer, or zeros."""
    out = np.zeros((len(ballots[0]), ballots[0].shape[1] - 1), dtype=np.float32)
    votes = np.zeros(len(out), dtype=np.uint32)
    for ballot in ballots:
        able = ballot[:, 0] > 0
        share = np.float32(1.0) / (votes[able] + np.uint32(1)).astype(np.float32)[:, None]
        out[able] = out[able] * (np.float32(1.0) - share) + ballot[able, 1:] * share
        votes[able] += np.uint32(1)
    out[votes == 0] = np.float32(silent)
    return out


def _read(data: object, models: Sequence[type[Model]]) -> Member:
    if not isinstance(data, Mapping) or set(data) != {"start", "inputs", "head", "model"}:
        raise LibraryError("a member of a committee needs exactly the fields start, inputs, head, model")
    start, inputs, head = data["start"], data["inputs"], data["head"]
    if not isinstance(start, int) or not isinstance(inputs, int) or not isinstance(head, list):
        raise LibraryError("start and inputs of a member have to be integers, its head a list")
    model = from_record(data["model"], models)
    if not isinstance(model, StaticModel):
        raise LibraryError(f"{model.kernel} learns, and cannot be a member of a committee")
    return Member(start, inputs, tuple(from_record(stage, STAGES) for stage in head), model)
