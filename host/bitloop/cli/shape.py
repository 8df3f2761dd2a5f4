"""bitloop shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.options import Axes, Log, TargetFirst
from bitloop.cli.output import Force, Json, result, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from bitloop.signals.shape import Sheet


def shape(
    work: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE... STEP...", help="Files of signals or logs, then what to do.", show_default=False
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.")] = Path(),
    axes: Axes = None,
    log: Log = False,
    target_first: TargetFirst = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Cut, join, thin out and rearrange signals and logs into new files. The originals are never touched.

    Steps are done in the order they are written, and the names of the results say what was done:

    [bold]extract:1-100,250[/]  keep lines
    [bold]drop:3,7-9[/]  leave lines out
    [bold]remove-columns:3,7,10-20[/]  leave columns of the file out
    [bold]remove-axis:3[/]  leave an axis out
    [bold]window:256,128[/]  signals of 256 samples per axis, one every 128 (else end to end)
    [bold]reshape:256[/]  cut signals into shorter ones, or join consecutive ones
    [bold]decimate:2[/]  means of 2 samples; decimate:2,pick takes one of two, decimate:2,filter after a low-pass
    [bold]shuffle:1[/]  lines in an order drawn from a seed
    [bold]concatenate[/]  all files as one
    [bold]split:share,80,20[/]  parts of each file; or split:block,100 or split:file,80,20
    [bold]target:41.5[/]  a value in front of every signal, for extrapolation

    Example: [bold]bitloop shape log.csv --log decimate:2 split:share,80,20 window:256,128 -o cut[/]
    """
    paths, texts = _apart(work)
    made = cut(paths, texts, output, axes=axes, log=log, target_first=target_first, force=force)
    record: dict[str, Any] = {
        "files": [str(path) for path in paths],
        "steps": texts,
        "results": [{"file": str(path)} | sheet.to_record() for path, sheet in made.items()],
    }
    result(as_json, record, lambda console: _show(console, record["results"]))


def cut(
    paths: Sequence[Path],
    texts: Sequence[str],
    output: Path,
    *,
    axes: int | None = None,
    log: bool = False,
    target_first: bool = False,
    force: bool = False,
) -> dict[Path, Sheet]:
    """Do the steps and write the results into a folder, by their files."""
    from bitloop.files import refuse_overwrite, write_bytes
    from bitloop.signals.shape import chain, open_sheet, results
    from bitloop.signals.shape.files import to_csv

    steps = chain(texts)
    made = results(steps(tuple(open_sheet(path, axes, log, target_first) for path in paths)), output, paths)
    for path in made:
        refuse_overwrite(path, force)
    for path, sheet in made.items():
        write_bytes(path, to_csv(sheet.values))
    return made


def _apart(work: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files, and the steps behind them."""
    from bitloop.errors import BitloopError
    from bitloop.signals.shape.chain import is_step

    first = next((n for n, text in enumerate(work) if is_step(text)), len(work))
    files, texts = [Path(text) for text in work[:first]], list(work[first:])
    if not files:
        raise BitloopError("nobody said which file; files stand in front of the steps")
    late = next((text for text in texts if not is_step(text) and Path(text).exists()), None)
    if late is not None:
        raise BitloopError(f"{late} stands behind a step; write all files first, then the steps")
    return files, texts


def describe(row: Mapping[str, Any]) -> str:
    """What one of the results is, from its record."""
    noun = "sample" if row["log"] else "signal"
    text = f"{row['file']}: {row['lines']:,} {noun}{'s' * (row['lines'] != 1)} of {row['values']} value"
    text += "s" * (row["values"] != 1)
    text += f" ({row['axes']} ax{'is' if row['axes'] == 1 else 'es'})" if row["axes"] else ""
    places = ", ".join(map(str, row["seams"]))
    seams = f"new stretches begin at lines {places}" if "," in places else f"a new stretch begins at line {places}"
    return "; ".join([text, *([seams] if row["seams"] else []), *row["remarks"]])


def _show(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        say(console, describe(row))
