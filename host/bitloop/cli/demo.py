"""bitloop demo: the whole job on a simulated machine, from recordings to a proof on a virtual board."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.finale import MAX_FLASH, MAX_RAM, TARGET, Finale
from bitloop.cli.options import Kind
from bitloop.cli.output import Force, Json, progress, result, say
from bitloop.cli.steps import Steps
from bitloop.errors import BitloopError

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.cli.story import Story
    from bitloop.project import Project


def demo(
    kind: Annotated[Kind, typer.Option(help="Kind of project to show.")] = "anomaly",
    full: Annotated[
        bool,
        typer.Option("--full", help="Begin at the sensor: datalogger, recording and sampling on the virtual board."),
    ] = False,
    seconds: Annotated[float, typer.Option(min=1, help="How long to search.")] = 25.0,
    evaluations: Annotated[
        int | None, typer.Option(min=1, help="Search by number instead, for the same result everywhere.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Folder to keep recordings, project and zip in.", show_default=False)
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """See the whole job on a simulated fan: record, search, judge unseen signals, build, prove on a virtual board.

    With --full the signals come from a sensor: its datalogger is generated, flashed through pyOCD and recorded over
    the serial port while the sensor feels an air blower, and the logs say how long signals have to be.

    Example: [bold]bitloop demo --full --keep demo[/]
    """
    if full and kind != "anomaly":
        raise BitloopError(f"--full shows an anomaly project, not {kind}; leave --kind or --full out")
    with ExitStack() as stack:
        folder, steps = _folder(keep, force, stack), Steps(progress())
        name = "blower" if full else "fan"
        finale = Finale(folder / f"{name}.zip", None if evaluations else seconds, evaluations, force, steps)
        project, told, record = _recorded(folder, force, steps) if full else _simulated(folder, kind, force, steps)
        record = finale.run(project, told) | record
    if keep is not None:
        record["folder"] = str(keep)
    result(as_json, record, lambda console: show(console, record))
    if record["proof"]["verdict"] != "PASS":
        typer.echo(f"bitloop: {record['proof']['verdict']}: {record['proof']['reason']}", err=True)
        raise typer.Exit(1)


def _recorded(folder: Path, force: bool, steps: Steps) -> tuple[Project, Story, dict[str, Any]]:
    from bitloop.cli.full import Full

    return Full(folder, force, steps).run()


def _simulated(folder: Path, kind: Kind, force: bool, steps: Steps) -> tuple[Project, Story, dict[str, Any]]:
    with steps.step("recording four fans") as note:
        from bitloop.cli.story import story

        told = story(kind)
        note(f"{sum(len(f.x) for f in told.known)} signals of three fans, and others of a fourth that stays unseen")
    with steps.step("making the project") as note:
        project = _project(folder, kind, force, told)
        note(f"{project.folder.name}: {len(project.entries())} recordings, checked")
    return project, told, {}


def _project(folder: Path, kind: Kind, force: bool, told: Story) -> Project:
    from bitloop.fan import AXES
    from bitloop.project import Project, Settings

    settings = Settings("fan", kind, AXES, TARGET, MAX_RAM, MAX_FLASH)
    project = Project.create(folder / "fan", settings, force)
    recordings = folder / "recordings"
    for file in told.known:
        project.add(file.write(recordings), file.label)
    for file in (*told.unseen, *([told.learn] if told.learn else [])):
        file.write(folder / "unseen")
    return project


def _folder(keep: Path | None, force: bool, stack: ExitStack) -> Path:
    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bitloop-demo-")))
    if keep.exists() and not force and (not keep.is_dir() or any(keep.iterdir())):
        raise BitloopError(f"{keep} exists and is not empty; choose another folder or say --force")
    keep.mkdir(parents=True, exist_ok=True)
    return keep


def show(console: Console, record: dict[str, Any]) -> None:
    """The table people see."""
    from rich.table import Table

    sizes, proof = record["sizes"], record["proof"]
    drawn = Table(show_header=False, title="bitloop demo", title_justify="left")
    drawn.add_column(style="dim")
    drawn.add_column(overflow="fold")
    for name, value in (
        *_sensor(record),
        ("project kind", record["kind"]),
        ("pipeline", record["pipeline"]),
        *_quality(record),
        ("knowledge", f"{sizes['knowledge']:,} bytes"),
        ("flash, linked", f"{sizes['flash']:,} bytes"),
        ("RAM, linked", f"{sizes['ram']:,} bytes ({sizes['static_ram']:,} kept, {sizes['stack']:,} of stack)"),
        *_calls(proof),
        ("signals compared", f"{proof['signals']:,}"),
        ("floats compared", f"{proof['floats_compared']:,} (and {proof['answers_compared']:,} statuses and labels)"),
        ("differing bits", "0" if proof["verdict"] == "PASS" else f"in {proof['differing']} values"),
        ("verdict", f"{proof['verdict']} on {proof['board']} ({proof['core']}), {proof['bench']} bench"),
        ("time", f"{record['seconds']:.0f} s"),
    ):
        drawn.add_row(name, value)
    console.print(drawn)
    if "folder" in record:
        kept = "logger/, logs/, sampling/, signals/, unseen/, the project blower/ and blower.zip"
        short = "recordings/, unseen/, the project fan/ and fan.zip"
        say(console, f"kept in {record['folder']}: {kept if 'logs' in record else short}")


def _sensor(record: dict[str, Any]) -> list[tuple[str, str]]:
    """What there is to say of the first half, where there was one."""
    if "logs" not in record:
        return []
    logger, counted, sampled = record["datalogger"], record["recorded"], record["sampling"]
    flashed = [f"{done['verified']:,}" for done in (logger["flash"], record["proof"]["flash"]) if done]
    taken, rates = sampled["recommended"], [log["rate"] for log in record["logs"]]
    low, high = min(rate["hertz"] for rate in rates), max(rate["hertz"] for rate in rates)
    return [
        ("sensor", f"{logger['sensor']} on {logger['bus']}, {logger['rate']:g} Hz, +/- {logger['range']} g"),
        ("flashed through pyOCD", f"{' and later '.join(flashed)} bytes, read back and equal"),
        ("recorded", f"{counted['samples']:,} samples, {counted['wrong']} wrong, {counted['lost']} lost"),
        ("true rate", f"{low:.2f} to {high:.2f} Hz, jitter {max(rate['jitter'] for rate in rates) * 1e6:.0f} us"),
        ("sampling found", f"{taken['length']} samples at {taken['rate_hz']:.5g} Hz, rate / {taken['division']}"),
    ]


def _quality(record: dict[str, Any]) -> list[tuple[str, str]]:
    if "r2" in record:
        return [("R² on unseen signals", f"{record['r2']:.4f}")]
    return [("balanced accuracy, unseen", f"{record['balanced_accuracy']:.4f}")]


def _calls(proof: dict[str, Any]) -> list[tuple[str, str]]:
    unit = proof["cycles"]["unit"]
    found = [(call, proof["cycles"][call]) for call in ("learn", "detect")]
    return [(f"{unit} per {call}", f"{s['median']:,} ({s['min']:,} to {s['max']:,})") for call, s in found if s]
