"""What is wrong, or only suspicious, with the signals of a project, before a search spends time on them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks import clipped, copies, drift, hum, noise, outliers, rules, still
from bitloop.signals.checks.finding import Finding, Subject
from bitloop.signals.checks.profile import Profile, profile
from bitloop.signals.checks.rules import ALLOWABLE
from bitloop.signals.dataset import Dataset

Look = Callable[[Subject], Iterator[Finding]]

RULES: tuple[Look, ...] = (rules.labels, rules.enough, rules.length, copies.duplicates)
"""The rules: what makes a problem."""
SUSPICIONS: tuple[Look, ...] = (
    rules.settling,
    rules.balance,
    copies.cut,
    still.constant,
    still.repeated,
    still.held,
    clipped.clipped,
    outliers.outliers,
    noise.random,
    drift.drift,
    hum.hum,
)
"""What only warns."""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, problems first. `rate_hz` is the sampling rate if it is known."""

    signals: int
    axes: int
    length: int
    findings: tuple[Finding, ...]
    rate_hz: float | None = None

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.blocking)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.blocking)

    @property
    def ok(self) -> bool:
        """True where no rule is broken that is not allowed to be."""
        return not self.problems

    def to_record(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "ok": self.ok,
            "signals": self.signals,
            "axes": self.axes,
            "length": self.length,
            "rate_hz": self.rate_hz,
            "problems": [asdict(f) for f in self.problems],
            "warnings": [asdict(f) for f in self.warnings],
        }


def check(
    dataset: Dataset,
    lines: Mapping[str, NDArray[np.int64]] | None = None,
    rate_hz: float | None = None,
    allowed: Collection[str] = (),
    looks: tuple[Look, ...] = RULES + SUSPICIONS,
) -> Report:
    """Look at every signal.

    `lines` gives each recording's line numbers by its name (else they count from 1). Problems whose codes are
    `allowed` are only warnings.
    """
    known = lines or {}
    numbers = {r.name: known.get(r.name, np.arange(1, len(r.x) + 1, dtype=np.int64)) for r in dataset.recordings}
    subject = Subject(dataset, numbers, {} if looks == RULES else _profiles(dataset), rate_hz)
    findings = [_weighed(finding, allowed) for look in looks for finding in look(subject)]
    findings.sort(key=lambda f: not f.blocking)
    return Report(dataset.signals, dataset.axes, dataset.length, tuple(findings), rate_hz)


def _profiles(dataset: Dataset) -> dict[str, Profile]:
    shape = (dataset.length, dataset.axes)
    return {r.name: profile(r.x.reshape(len(r.x), *shape)) for r in dataset.recordings}


def _weighed(finding: Finding, allowed: Collection[str]) -> Finding:
    """A problem that is allowed is a warning; one that could be says how."""
    if not finding.blocking or finding.code not in ALLOWABLE:
        return finding
    if finding.code in allowed:
        return replace(finding, blocking=False)
    how = f'or write allow = ["{finding.code}"] into bitloop.toml to go on all the same'
    return replace(finding, advice=f"{finding.advice}, {how}")
