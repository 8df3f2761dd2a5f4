"""All figures a library's report has something for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bitloop.plots.confusion import confusion
from bitloop.plots.history import history
from bitloop.plots.learning import learning
from bitloop.plots.pareto import Spot, pareto
from bitloop.plots.recall import recall
from bitloop.plots.similarity import similarity
from bitloop.plots.values import values

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(
    metrics: Mapping[str, Any],
    *,
    recommended: int = 0,
    spots: Sequence[Spot] = (),
    points: Sequence[tuple[float, int, float, float]] = (),
    seconds: float = 0.0,
) -> dict[str, Figure]:
    """Name and figure. `metrics` are those of a library's report; the rest is drawn where it is given.

    `recommended` is the library's minimum of learning calls, `spots` the libraries of the project, `points` and
    `seconds` the course of the search.
    """
    drawn: dict[str, Figure] = {}
    if points:
        drawn["history"] = history(points, seconds, "R²" if "r2" in metrics else "quality")
    if metrics.get("confusion"):
        drawn["confusion"] = confusion(metrics["confusion"], metrics["labels"], metrics.get("refused", 0))
    if metrics.get("per_class"):
        rows = metrics.get("per_fold", {}).get("recall", {})
        drawn["recall"] = recall(metrics["per_class"], {name: row["worst"] for name, row in rows.items()})
    if metrics.get("learning_curve"):
        drawn["learning"] = learning(metrics["learning_curve"], recommended)
    kept = metrics.get("figures", {})
    if kept.get("similarity"):
        drawn["similarity"] = similarity(kept["similarity"])
    if kept.get("pairs"):
        drawn["values"] = values(kept["pairs"])
    if spots:
        drawn["pareto"] = pareto(spots)
    return drawn
