"""bitloop report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.chosen import Chosen, Source, choose
from bitloop.cli.output import Force, Json, result, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from rich.console import Console

    from bitloop.project import Project
    from bitloop.search.hints import Hint


SIMULATED = "simulated fault"


def report(
    project: Source,
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="[NUMBER]", help="Number of the library (else the crowned or the best one).", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Folder for plots.", show_default=False)
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Show what cross-validation says of a library: overall, per class, per fold. With -o draw it, as PNG and SVG.

    Plots: performance over time, confusion, recall with intervals, accuracy over signals learned, similarity, truth
    against estimate, score over flash; whichever there is something for.

    Example: [bold]bitloop report fan -o plots[/]
    """
    from bitloop.errors import ProjectError
    from bitloop.library.texts import describe

    chosen = choose(project, number)
    library = chosen.library
    told = library.report
    if not told.get("metrics"):
        raise ProjectError("the library has no report; search again to get one")
    advice = _hints(chosen)
    record: dict[str, Any] = {
        "library": chosen.to_record(),
        "pipeline": describe(library),
        "learning": library.learning or None,
        "radius": _radius(chosen),
        "report": dict(told),
        "hints": [hint.to_row() for hint in advice],
        "plots": [],
    }
    if output is not None:
        from bitloop.plots import save

        record["plots"] = [str(path) for path in save(_figures(chosen), output, force=force)]
    result(as_json, record, lambda console: _show(console, record))


def _radius(chosen: Chosen) -> list[float] | None:
    """The least and the greatest distance an outlier library draws its line at: spheres have a radius each."""
    model = chosen.library.pipeline.model
    if chosen.library.kind != "outlier":
        return None
    radii = getattr(model, "radii", None)
    if radii is not None:
        return [float(radii.min()), float(radii.max())]
    limit = getattr(model, "limit", None)
    return None if limit is None else [float(limit)] * 2


def _hints(chosen: Chosen) -> tuple[Hint, ...]:
    """Hints where the library comes from the signals the project has now."""
    from bitloop.search.hints import hints
    from bitloop.search.table import Table

    project = chosen.project
    if project is None or chosen.number is None or not _current(project, chosen.number):
        return ()
    dataset = project.dataset()
    return hints(Table.of(dataset), chosen.library.report["metrics"], [r.name for r in dataset.recordings])


def _current(project: Project, number: int) -> bool:
    return project.libraries.get(number).signals == project.fingerprint()


def _honest(told: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics as people are to read them: simulated faults are not called abnormal signals."""
    from bitloop.signals.dataset import ABNORMAL

    def renamed(rows: Mapping[str, Any]) -> dict[str, Any]:
        return {SIMULATED if name == ABNORMAL else name: row for name, row in rows.items()}

    metrics = dict(told["metrics"])
    if not told.get("simulated_faults"):
        return metrics
    metrics["labels"] = [SIMULATED if name == ABNORMAL else name for name in metrics.get("labels", ())]
    metrics["per_class"] = renamed(metrics.get("per_class", {}))
    folds = metrics.get("per_fold", {})
    metrics["per_fold"] = {**folds, "recall": renamed(folds.get("recall", {}))}
    if "similarity" in metrics.get("figures", {}):
        metrics["figures"] = {**metrics["figures"], "similarity": renamed(metrics["figures"]["similarity"])}
    return metrics


def _figures(chosen: Chosen) -> dict[str, Figure]:
    from bitloop.plots import figures
    from bitloop.plots.pareto import Spot
    from bitloop.project import front

    spots, last = [], {}
    if chosen.project is not None and chosen.number is not None:
        shelf = chosen.project.libraries
        signals = shelf.get(chosen.number).signals
        found = [f for f in shelf.entries() if f.signals == signals]
        best = front(found)
        spots = [Spot(f.number, f.score, f.flash, f.number in best, f.number == chosen.number) for f in found]
        if chosen.number in shelf.noted().get("libraries", ()):
            last = shelf.noted()
    library = chosen.library
    return figures(
        _honest(library.report),
        recommended=library.learning,
        spots=spots,
        points=last.get("history", ()),
        seconds=last.get("seconds", 0.0),
    )


def _show(console: Console, record: Mapping[str, Any]) -> None:
    told = record["report"]
    metrics = _honest(told)
    name = "library" if record["library"]["number"] is None else f"library {record['library']['number']}"
    say(console, f"{name}: {record['pipeline']}")
    say(console, f"score {told['score']:.4f}; {'; '.join(told.get('notes', ()))}")
    console.print()
    console.print(_overall(metrics))
    if metrics.get("per_class"):
        console.print()
        console.print(_classes(metrics))
        console.print()
        console.print(_confusion(metrics))
        if metrics.get("refused"):
            say(console, f"{metrics['refused']} signals were refused (features out of range), which counts as wrong")
    if record["learning"]:
        curve = ", ".join(f"{accuracy:.3f} after {count}" for count, accuracy in metrics.get("learning_curve", ()))
        say(console, f"\nlearning calls on the device: at least {record['learning']} (worst fold: {curve})")
    if record["radius"]:
        least, most = record["radius"]
        wide = f"{least:.6g}" if least == most else f"{least:.6g} to {most:.6g}"
        say(console, f"\nradius: {wide}, in the model's own distance")
    for hint in record["hints"]:
        say(console, f"hint: {hint['what']}; {hint['advice']}")
    for path in record["plots"]:
        say(console, f"wrote {path}")


_NAMES = {
    "balanced_accuracy": "balanced accuracy",
    "accuracy": "accuracy",
    "precision": "precision (mean)",
    "f1": "F1 (mean)",
    "mcc": "Matthews correlation",
    "roc_auc": "area under ROC",
    "r2": "R²",
    "mae": "mean absolute error",
    "smape": "SMAPE, %",
}


def _overall(metrics: Mapping[str, Any]) -> Any:
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="dim")
    drawn.add_column("held-out signals")
    for title in ("all", "95 % interval", "mean of folds", "worst fold"):
        drawn.add_column(title, justify="right")
    per_fold = metrics.get("per_fold", {})
    for key, title in _NAMES.items():
        if key in metrics:
            low, high = metrics["interval"] if key == "balanced_accuracy" else (None, None)
            between = "" if low is None else f"{low:.4f} to {high:.4f}"
            row = per_fold.get(key, {})
            parts = [f"{row[part]:.4f}" if part in row else "" for part in ("mean", "worst")]
            drawn.add_row(title, f"{metrics[key]:.4f}", between, *parts)
    return drawn


def _classes(metrics: Mapping[str, Any]) -> Any:
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="dim")
    drawn.add_column("class")
    areas = any("roc_auc" in row for row in metrics["per_class"].values())
    for title in ("signals", "recall", "95 % interval", "worst fold", "precision", "F1", *(["AUC"] if areas else [])):
        drawn.add_column(title, justify="right", no_wrap=True)
    folds = metrics.get("per_fold", {}).get("recall", {})
    for name, row in metrics["per_class"].items():
        low, high = row["interval"]
        worst = f"{folds[name]['worst']:.3f}" if name in folds else ""
        numbers = [f"{row[key]:.3f}" for key in ("precision", "f1", "roc_auc") if key in row]
        between = f"{low:.3f} to {high:.3f}"
        drawn.add_row(escape(name), f"{row['signals']:,}", f"{row['recall']:.3f}", between, worst, *numbers)
    return drawn


def _confusion(metrics: Mapping[str, Any]) -> Any:
    from rich.markup import escape
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="dim")
    drawn.add_column("truth \\ answer")
    for name in metrics["labels"]:
        drawn.add_column(escape(name), justify="right")
    for name, counts in zip(metrics["labels"], metrics["confusion"], strict=True):
        if sum(counts) or name in metrics["per_class"]:
            drawn.add_row(escape(name), *(f"{count:,}" if count else "·" for count in counts))
    return drawn
