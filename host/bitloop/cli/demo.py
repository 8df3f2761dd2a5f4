"""bitloop demo: the whole job on a simulated fan, from recordings to a proof on a virtual board."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.options import Kind
from bitloop.cli.output import Force, Json, progress, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.cli.story import Story
    from bitloop.library.file import Library
    from bitloop.project import Found, Project

BOARD, BENCH = "b-l475e-iot01a", "virtual"
TARGET, MAX_RAM, MAX_FLASH = BOARD, 32, 64


def demo(
    kind: Annotated[Kind, typer.Option(help="Kind of project to show.")] = "anomaly",
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

    Example: [bold]bitloop demo --keep demo[/]
    """
    with ExitStack() as stack:
        folder = _folder(keep, force, stack)
        record = _Demo(folder, kind, None if evaluations else seconds, evaluations, force, progress()).run()
    if keep is not None:
        record["folder"] = str(keep)
    result(as_json, record, lambda console: _show(console, record))
    if record["proof"]["verdict"] != "PASS":
        typer.echo(f"bitloop: {record['proof']['verdict']}: {record['proof']['reason']}", err=True)
        raise typer.Exit(1)


@dataclass(slots=True)
class _Demo:
    folder: Path
    kind: Kind
    seconds: float | None
    evaluations: int | None
    force: bool
    console: Console

    def run(self) -> dict[str, Any]:
        """Every step in order; the record of what came out."""
        begun = time.monotonic()
        with self._step("recording four fans") as note:
            from bitloop.cli.story import story

            told = story(self.kind)
            note(
                f"{sum(len(f.x) for f in told.known)} signals of three fans, and others of a fourth that stays unseen"
            )
        with self._step("making the project") as note:
            project = self._project(told)
            note(f"{project.folder.name}: {len(project.entries())} recordings, checked")
        with self._step("compiling the kernels for this machine") as note:
            from bitloop.native import host

            host()
            note("kept for the next time")
        with self._step("searching") as note:
            found = self._search(project, note)
        library = project.libraries.load(found)
        with self._step("judging the unseen fan") as note:
            quality = self._judge(library, told)
            note(" ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in quality.items()))
        with self._step("building the library") as note:
            sizes = self._build(library)
            note(f"{sizes['flash']:,} B of flash, {sizes['ram']:,} B of RAM")
        with self._step(f"proving on {BOARD}") as note:
            proof = self._prove(library, told, note)
        return {
            "kind": self.kind,
            "library": library.id,
            "pipeline": _pipeline(library),
            "family": found.family,
            **quality,
            "sizes": sizes,
            "proof": proof,
            "seconds": round(time.monotonic() - begun, 1),
        }

    def _project(self, told: Story) -> Project:
        from bitloop.fan import AXES
        from bitloop.project import Project, Settings

        settings = Settings("fan", self.kind, AXES, TARGET, MAX_RAM, MAX_FLASH)
        project = Project.create(self.folder / "fan", settings, self.force)
        recordings = self.folder / "recordings"
        for file in told.known:
            project.add(file.write(recordings), file.label)
        for file in (*told.unseen, *([told.learn] if told.learn else [])):
            file.write(self.folder / "unseen")
        return project

    def _search(self, project: Project, note: Callable[[str], None]) -> Found:
        from bitloop.cli import search

        jobs = os.cpu_count() or 1
        outcome = search.find(
            project,
            seconds=self.seconds,
            evaluations=self.evaluations,
            seed=1,
            jobs=jobs,
            update=lambda at: note(f"{at.evaluations} candidates, best {at.score:.4f} ({at.family})"),
        )
        best = search.keep(project, outcome)[0]
        note(f"{outcome.evaluations} candidates, best {best.score:.4f} ({best.family})")
        return best

    def _judge(self, library: Library, told: Story) -> dict[str, float]:
        from bitloop.cli.judge import unseen

        return unseen(library, told)

    def _build(self, library: Library) -> dict[str, int]:
        from bitloop.library import build as libraries
        from bitloop.library.package import package
        from bitloop.project import place

        built = libraries.build(library, place(TARGET).core)
        sizes = package(built, self.folder / "fan.zip", self.force).sizes
        if sizes is None:
            raise AssertionError("a board's library has sizes")
        parts = {"knowledge": sizes.knowledge, "flash": sizes.flash, "ram": sizes.ram}
        return {**parts, "static_ram": sizes.static_ram, "stack": sizes.stack}

    def _prove(self, library: Library, told: Story, note: Callable[[str], None]) -> dict[str, Any]:
        import numpy as np

        from bitloop.cli import prove

        learn = told.to_learn(library.learning)
        detect = np.concatenate([file.x for file in told.unseen])
        place = (BOARD, BENCH)
        proof = prove.run(library, place, learn, detect, update=lambda n, of, what: note(f"{what} {n} of {of}"))
        record: dict[str, Any] = proof.to_json()
        note(f"{record['floats_compared']:,} floats compared, {record['differing']} differing")
        return record

    @contextmanager
    def _step(self, title: str) -> Iterator[Callable[[str], None]]:
        """A spinner while it lasts, a line of what came out when it is done."""
        begun, last = time.monotonic(), ""
        with self.console.status(title) as status:

            def note(text: str) -> None:
                nonlocal last
                last = text
                status.update(f"{title}  [dim]{text}[/]")

            yield note
        took = f"{time.monotonic() - begun:.1f} s"
        self.console.print(f"[green]✓[/] {title}  [dim]{last} ({took})[/]", soft_wrap=True)


def _folder(keep: Path | None, force: bool, stack: ExitStack) -> Path:
    from bitloop.errors import BitloopError

    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bitloop-demo-")))
    if keep.exists() and not force and (not keep.is_dir() or any(keep.iterdir())):
        raise BitloopError(f"{keep} exists and is not empty; choose another folder or say --force")
    keep.mkdir(parents=True, exist_ok=True)
    return keep


def _pipeline(library: Library) -> str:
    from bitloop.library.texts import describe

    return describe(library)


def _show(console: Console, record: dict[str, Any]) -> None:
    from rich.table import Table

    sizes, proof = record["sizes"], record["proof"]
    drawn = Table(show_header=False, title="bitloop demo", title_justify="left")
    drawn.add_column(style="dim")
    drawn.add_column(overflow="fold")
    for name, value in (
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
        say(console, f"kept in {record['folder']}: recordings/, unseen/, the project fan/ and fan.zip")


def _quality(record: dict[str, Any]) -> list[tuple[str, str]]:
    if "r2" in record:
        return [("R² on unseen signals", f"{record['r2']:.4f}")]
    return [("balanced accuracy, unseen", f"{record['balanced_accuracy']:.4f}")]


def _calls(proof: dict[str, Any]) -> list[tuple[str, str]]:
    unit = proof["cycles"]["unit"]
    found = [(call, proof["cycles"][call]) for call in ("learn", "detect")]
    return [(f"{unit} per {call}", f"{s['median']:,} ({s['min']:,} to {s['max']:,})") for call, s in found if s]
