"""How good answers are where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence


def balanced_accuracy(verdicts: Sequence[str], truth: Sequence[str]) -> float:
    """Mean over the true labels of the share that was recognised."""
    recalls = []
    for label in dict.fromkeys(truth):
        mine = [verdict == label for verdict, true in zip(verdicts, truth, strict=True) if true == label]
        recalls.append(sum(mine) / len(mine))
    return sum(recalls) / len(recalls)


def determination(values: Sequence[float], targets: Sequence[float]) -> float | None:
    """R²: 1 minus the squared error over that of the targets' mean; None where all targets are equal."""
    mean = sum(targets) / len(targets)
    spread = sum((target - mean) ** 2 for target in targets)
    if spread == 0:
        return None
    return 1 - sum((v - t) ** 2 for v, t in zip(values, targets, strict=True)) / spread
