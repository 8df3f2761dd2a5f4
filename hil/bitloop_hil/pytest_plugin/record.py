"""What one test did on the bench, gathered while it runs and attached to its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

from bitloop.errors import BitloopError
from bitloop_hil.proof import BROKEN, FAIL, PASS, Proof, classify

if TYPE_CHECKING:
    from bitloop_hil.pytest_plugin.measuring import Measurement

PREFIX = "bitloop."


@dataclass(slots=True)
class Record:
    """`unit` is that of the board's ticks, `retries` are the reasons of what was repeated. Empty: no board used.

    `broke_at` is the line that measured the first value beyond its limits.
    """

    kind: str = ""
    place: str = ""
    board: str = ""
    bench: str = ""
    core: str = ""
    unit: str = ""
    clock_hz: int = 0
    proofs: list[Proof] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    broke_at: TracebackType | None = None
    verdict: str = ""
    failure: str = ""
    reason: str = ""

    def judge(self, error: BaseException | None) -> None:
        """Verdict and class of a test that ended so. The class of what is no error of bitloop's is TEST."""
        if error is None:
            self.verdict, self.failure, self.reason = PASS, "", ""
        elif isinstance(error, BitloopError):
            self.verdict, self.failure = classify(error)
            self.reason = str(error)
        else:
            failed = next((proof for proof in reversed(self.proofs) if proof.verdict != PASS), None)
            self.verdict, self.failure = FAIL, (failed.failure if failed else None) or "TEST"
            self.reason = (failed.reason() if failed else None) or f"{type(error).__name__}: {error}"

    @property
    def infrastructure(self) -> bool:
        """Whether the bench failed, rather than what was tested on it."""
        return self.verdict == BROKEN

    def to_json(self) -> dict[str, Any]:
        """Plain data that survives the way between processes."""
        names = ("kind", "place", "board", "bench", "core", "unit", "clock_hz", "verdict", "failure", "reason")
        return {
            **{name: getattr(self, name) for name in names},
            "retries": list(self.retries),
            "measurements": [measurement.to_json() for measurement in self.measurements],
            "proofs": [_proof(proof) for proof in self.proofs],
        }

    def properties(self) -> list[tuple[str, str]]:
        """For a JUnit file: stable names, all beginning with `bitloop.`."""
        found = {key: getattr(self, key) for key in ("verdict", "failure", "reason", "board", "bench", "place")}
        rows = [(PREFIX + key, value) for key, value in found.items() if value]
        if self.retries:
            rows.append((f"{PREFIX}retries", "; ".join(self.retries)))
        for proof in self.proofs:
            subject = proof.subject
            rows += [
                (f"{PREFIX}library", subject.library_id),
                (f"{PREFIX}build", subject.build),
                (f"{PREFIX}compared", str(proof.floats_compared + proof.answers_compared)),
                (f"{PREFIX}differing", str(proof.differing)),
            ]
        return rows + [row for measurement in self.measurements for row in measurement.properties()]


RECORD = pytest.StashKey[Record]()


def record_of(item: pytest.Item) -> Record:
    """The record of a test, begun if need be."""
    return item.stash.setdefault(RECORD, Record())


def _proof(proof: Proof) -> dict[str, Any]:
    series = {name: _plain(value) for name, value in asdict(proof.series).items()} if proof.series else None
    return {**_plain(proof.to_json()), "series": series}


def _plain(value: Any) -> Any:
    """Only dicts, lists, texts, numbers and None, as the channel between processes takes them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    return str(value)
