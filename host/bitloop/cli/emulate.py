"""bitloop emulate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.chosen import Number, Source, choose
from bitloop.cli.options import Persona
from bitloop.cli.output import Json, progress, result, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from bitloop.emulator import Answers, Emulator
    from bitloop.library.file import Library


def emulate(
    project: Source,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Signals to judge.", show_default=False)],
    learn: Annotated[
        list[Path] | None, typer.Option(help="Signals to learn first (anomaly; may be repeated).", show_default=False)
    ] = None,
    library: Number = None,
    lines: Annotated[str, typer.Option(help="Lines to judge: 7, 1-100 or 50-.", show_default=False)] = "",
    learn_lines: Annotated[str, typer.Option(help="Lines to learn.", show_default=False)] = "",
    pretrained: Annotated[
        bool, typer.Option("--pretrained", help="Begin with what the project's regular signals taught (anomaly).")
    ] = False,
    persona: Persona = "v3",
    native: Annotated[
        bool, typer.Option("--native", help="Run the C kernels on this machine, not the NumPy reference.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run a library on signals without a board: the same answers, bit for bit.

    Exit status 1 where a signal was refused or not enough was learned.

    Example: [bold]bitloop emulate fan --learn healthy.csv clogged.csv --lines 1-100[/]
    """
    from bitloop.emulator import Emulator

    chosen = choose(project, library)
    emulator = Emulator(chosen.library, native, persona)
    emulator.init(pretrained)
    record: dict[str, Any] = {"library": chosen.to_record(), "persona": persona}
    record["emulator"] = "host C" if native else "reference"
    record["learned"] = _learned(emulator, learn or [], learn_lines, persona)
    record["results"] = [row for path in files for row in _judged(emulator, path, lines, persona)]
    record["summary"] = _summary(chosen.library, record["results"])
    result(as_json, record, lambda console: _show(console, record))
    errors = record["summary"]["errors"] + record["learned"]["refused"]
    if errors:
        typer.echo(f"bitloop: {_complaint(errors, emulator)}", err=True)
        raise typer.Exit(1)


def _complaint(errors: int, emulator: Emulator) -> str:
    wanted = emulator.library.learning
    learned = int(emulator.state[0]) if wanted else 0
    if learned < wanted:
        return (
            f"the library judges after {wanted} learned signals and has {learned};"
            " give more with --learn, or begin with --pretrained"
        )
    return f"{errors} signal{'s were' if errors > 1 else ' was'} not answered; see their status"


def _learned(emulator: Emulator, files: list[Path], lines: str, persona: str) -> dict[str, Any]:
    """Learn the files in their order."""
    from bitloop.library import personas

    speech = personas.persona(persona)
    last, refused, count = int(speech.ok), 0, 0
    for path in files:
        x, _, _ = _signals(emulator.library, path, lines)
        statuses = emulator.learn(x)
        refused += int((statuses == int(speech.refused)).sum())
        count += len(x)
        last = int(statuses[-1])
    status = _status(persona, last) if files else ""
    return {"files": [str(path) for path in files], "signals": count, "refused": refused, "status": status}


def _judged(emulator: Emulator, path: Path, lines: str, persona: str) -> Iterator[dict[str, Any]]:
    """One record per signal of a file."""
    x, numbers, targets = _signals(emulator.library, path, lines)
    answers = emulator.detect(x)
    for i, line in enumerate(numbers.tolist()):
        row: dict[str, Any] = {"file": str(path), "line": line, "status": _status(persona, int(answers.status[i]))}
        if answers.status[i] == 0:
            row |= _answer(emulator.library, answers, i)
            if targets is not None:
                row["target"] = _plain(targets[i])
        yield row


def _answer(library: Library, answers: Answers, i: int) -> dict[str, Any]:
    if answers.similarity is not None and answers.ratio is not None:
        similarity = int(answers.similarity[i])
        verdict = "regular" if similarity >= 90 else "abnormal"
        return {"verdict": verdict, "similarity": similarity, "score": _plain(answers.ratio[i])}
    if answers.is_outlier is not None and answers.ratio is not None:
        outlier = bool(answers.is_outlier[i])
        verdict = "outlier" if outlier else "regular"
        return {"verdict": verdict, "is_outlier": outlier, "score": _plain(answers.ratio[i])}
    if answers.class_id is not None and answers.probabilities is not None:
        chosen = int(answers.class_id[i])
        probabilities = map(_plain, answers.probabilities[i])
        shares = dict(zip(library.classes, probabilities, strict=True))
        return {"verdict": library.classes[chosen], "class_id": chosen, "probabilities": shares}
    if answers.value is None:
        raise AssertionError("an answer of no kind")
    return {"value": _plain(answers.value[i])}


def _signals(
    library: Library, path: Path, lines: str
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32] | None]:
    """The wanted signals of a file, their line numbers, and for extrapolation the targets if the file has them."""
    import numpy as np

    from bitloop.errors import InputError
    from bitloop.signals.reader import line_range, read_table

    table = read_table(path)
    for line in table.cut:
        say(progress(), f"{path}, line {line}: it holds only a part of a signal and is left out")
    size, width = library.axes * library.length, table.values.shape[1]
    with_target = library.kind == "extrapolation" and width == size + 1
    if width != size and not with_target:
        shape = f"{library.axes} axes x {library.length} samples"
        raise InputError(f"the library takes {size} values ({shape}), not {width}", path, int(table.lines[0]))
    first, last = line_range(lines)
    wanted = (table.lines >= first) & (table.lines <= last)
    if not wanted.any():
        raise InputError(f"none of its signals is in the lines {lines}", path)
    values = table.values[wanted]
    x = np.ascontiguousarray(values[:, 1:] if with_target else values)
    return x, table.lines[wanted], values[:, 0] if with_target else None


def _summary(library: Library, results: list[dict[str, Any]]) -> dict[str, Any]:
    good = [row for row in results if row["status"] == "NEAI_OK"]
    summary: dict[str, Any] = {"signals": len(results), "errors": len(results) - len(good)}
    if library.kind != "extrapolation":
        summary["verdicts"] = dict(sorted(Counter(row["verdict"] for row in good).items()))
        return summary
    known = [row for row in good if "target" in row]
    if known:
        import numpy as np

        from bitloop.search.metrics import r2

        summary["r2"] = r2(np.array([r["target"] for r in known]), np.array([r["value"] for r in known]))
    return summary


def _status(persona: str, value: int) -> str:
    from bitloop.library import personas

    return next((s.name for s in personas.persona(persona).states if s.value == value), str(value))


def _plain(value: Any) -> float:
    """The shortest decimal that is this float32, as JSON is to show it."""
    return float(str(value))


def _show(console: Console, record: dict[str, Any]) -> None:
    learned = record["learned"]
    if learned["signals"]:
        say(console, f"learned {learned['signals']} signals: {learned['status']}")
    for row in record["results"]:
        say(console, f"{row['file']}:{row['line']}  {_line(row)}")
    summary = record["summary"]
    counts = [f"{count} {verdict}" for verdict, count in summary.get("verdicts", {}).items()]
    counts += [f"R² {summary['r2']:.4f}"] if "r2" in summary else []
    counts += [f"{summary['errors']} errors"] if summary["errors"] else []
    say(console, f"{summary['signals']} signals: {', '.join(counts) or 'done'}")


def _line(row: dict[str, Any]) -> str:
    if row["status"] != "NEAI_OK":
        return str(row["status"])
    if "probabilities" in row:
        shares = "  ".join(f"{name} {share:.3f}" for name, share in row["probabilities"].items())
        return f"{row['verdict']}  ({shares})"
    if "value" in row:
        return f"{row['value']:g}" + (f"  (target {row['target']:g})" if "target" in row else "")
    similarity = f"  similarity {row['similarity']}" if "similarity" in row else ""
    return f"{row['verdict']}{similarity}  score {row['score']:.3f}"
