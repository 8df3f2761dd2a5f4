"""What to do when a search's result is poor, in plain language: read off the report, and off cheap evidence.

Every hint is one sentence of what was seen and one of what to do. Hints never change a score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bitloop.search.evidence import gather
from bitloop.search.hints_of_signals import LOOKS, Hint
from bitloop.search.table import Table

GOOD = 0.95
"""Balanced accuracy or R2 from which a result is not poor; its worst fold may be 0.05 below."""
FEW, ENOUGH = 30, 100
"""Signals of a class below which a result hardly means anything, and what to aim at."""
WIDE = 0.15
"""Width of the 95 % interval that calls for more signals."""
PAIR = 0.10
"""Share of the signals of two classes that were taken for the other one."""
IMBALANCE = 5.0
FEWEST_TARGETS = 5
SHOWN = 6
"""Hints given at most, the most useful first."""

Metrics = Mapping[str, Any]
_Look = Callable[[Table, Metrics], Iterator[Hint]]


def hints(table: Table, metrics: Metrics, names: Sequence[str] = ()) -> tuple[Hint, ...]:
    """Hints on the result of a search. `metrics` as `report.measures` gives them, `names` of the recordings."""
    found = [hint for look in _REPORT for hint in look(table, metrics)]
    evidence = gather(table)
    known = tuple(names) or tuple(f"recording {n + 1}" for n in range(int(table.recording.max()) + 1))
    found += [hint for look in LOOKS for hint in look(table, evidence, known, poor(metrics))]
    return tuple(found[:SHOWN])


def poor(metrics: Metrics) -> bool:
    """Whether there is reason to look for what is wrong."""
    name = "r2" if "r2" in metrics else "balanced_accuracy"
    worst = metrics.get("per_fold", {}).get(name, {}).get("worst", metrics[name])
    return bool(metrics[name] < GOOD or worst < GOOD - 0.05)


def confused(table: Table, metrics: Metrics) -> Iterator[Hint]:
    """Two classes that are taken for each other: the two worst pairs."""
    if table.kind != "classes":
        return
    counts, names = np.asarray(metrics["confusion"], dtype=np.float64), metrics["labels"]
    total = np.array([metrics["per_class"].get(name, {}).get("signals", 0) for name in names], dtype=np.float64)
    pairs = []
    for a in range(len(names)):
        for b in range(a + 1, len(names)):
            share = (counts[a, b] + counts[b, a]) / max(total[a] + total[b], 1.0)
            pairs.append((share, a, b))
    for share, a, b in sorted(pairs, reverse=True)[:2]:
        if share > PAIR:
            what = f"{names[a]!r} and {names[b]!r} are taken for each other in {share:.0%} of their signals"
            advice = (
                "record more of both, place the sensor where they differ, or make them one class if that would do"
            )
            yield Hint("confused", what, advice)


def mistaken(table: Table, metrics: Metrics) -> Iterator[Hint]:
    """Regular signals called abnormal, and the other way round."""
    if not table.detects:
        return
    recall = metrics["recall"]
    alarms, missed = 1 - recall.get("regular", 1.0), 1 - recall.get("abnormal", 1.0)
    if alarms > PAIR:
        what = f"{alarms:.0%} of the regular signals are called abnormal"
        advice = "record the healthy machine in every state it works in, and make sure no fault is among them"
        yield Hint("false-alarms", what, advice)
    if missed > PAIR and table.compares:
        what = f"{missed:.0%} of the abnormal signals pass as regular"
        advice = "check that the fault is present in all of them, and move the sensor closer to where it acts"
        yield Hint("missed", what, advice)


def few(table: Table, metrics: Metrics) -> Iterator[Hint]:
    """Too few signals: of a class, altogether, or of different targets."""
    if table.kind == "extrapolation":
        values = np.unique(table.targets)
        if len(values) < FEWEST_TARGETS:
            what = f"there are only {len(values)} different targets to learn from"
            yield Hint("few-targets", what, "record at more values of the target, spread over the whole range")
        elif len(table.x) < 2 * FEW:
            what = f"{len(table.x)} signals are few"
            yield Hint("few", what, f"record {ENOUGH} or more, at all values of the target")
        return
    counts = {name: len(table.rows(n)) for n, name in enumerate(table.labels) if len(table.rows(n))}
    scarce = [f"{name!r} ({count})" for name, count in counts.items() if count < FEW]
    low, high = metrics["interval"]
    if scarce:
        what = f"there are few signals of {_some(scarce)}"
        yield Hint("few", what, f"record {ENOUGH} or more of each")
    elif high - low > WIDE:
        what = f"with {metrics['signals']} signals the accuracy is only known to lie between {low:.2f} and {high:.2f}"
        yield Hint("few", what, "record more signals before relying on it")


def unbalanced(table: Table, metrics: Metrics) -> Iterator[Hint]:
    """A class with much less to learn from than another, where that shows."""
    counts = {name: len(table.rows(n)) for n, name in enumerate(table.labels) if len(table.rows(n))}
    if table.kind != "classes" or len(counts) < 2:
        return
    least, most = min(counts, key=lambda k: counts[k]), max(counts, key=lambda k: counts[k])
    behind = metrics["recall"].get(least, 0.0) < metrics["balanced_accuracy"] - 0.05
    if counts[most] > IMBALANCE * counts[least] and behind:
        what = (
            f"{least!r} has {counts[least]} signals, {most!r} has {counts[most]}, and {least!r} is recognised worse"
        )
        yield Hint("imbalance", what, f"record about as much of {least!r} as of the others")


def ends(table: Table, metrics: Metrics) -> Iterator[Hint]:
    """Estimates that are worst where the targets end."""
    pairs = np.asarray(metrics.get("figures", {}).get("pairs", []), dtype=np.float64).reshape(-1, 2)
    if table.kind != "extrapolation" or len(pairs) < FEW or not poor(metrics):
        return
    error = np.abs(pairs[:, 1] - pairs[:, 0])
    low, high = np.quantile(pairs[:, 0], [0.1, 0.9])
    outer = (pairs[:, 0] <= low) | (pairs[:, 0] >= high)
    if outer.all() or not outer.any():
        return
    if error[outer].mean() > 2.0 * error[~outer].mean():
        what = "estimates are worst at the ends of the range of targets"
        yield Hint("ends", what, "record beyond the range that matters, so that it is in the middle of what is known")


def _some(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


_REPORT: tuple[_Look, ...] = (confused, mistaken, few, unbalanced, ends)

__all__ = ["Hint", "hints", "poor"]
