"""bitloop libraries, bitloop crown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bitloop.cli.output import Folder, Json, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.project import Found, Project


def libraries(
    project: Folder,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that another one beats in everything.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the project's libraries on the Pareto front of score, flash, RAM and cycles, the best first.

    Knowledge is what was fitted; flash and RAM (stack included) are those of the code linked for the target. Any of
    them can be crowned, and is then the one that build, prove and emulate take.

    Example: [bold]bitloop libraries fan[/]
    """
    from bitloop.project import Project, front

    loaded = Project.load(project)
    signals, shelf = loaded.fingerprint(), loaded.libraries
    found = shelf.ranked(signals)
    best, crowned, kind = front(found), shelf.crowned, loaded.settings.kind
    marks = [
        {"pareto": f.number in best, "crowned": f.number == crowned, "current": f.signals == signals} for f in found
    ]
    rows = [{**f.to_record(kind), **mark} for f, mark in zip(found, marks, strict=True)]
    record = {"kind": kind, "crowned": crowned, "libraries": rows}
    result(as_json, record, lambda console: _show(console, loaded, found, everything))


def crown(
    project: Folder,
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="Number of the library.", show_default=False)
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take the crown away: the best score decides again.")] = False,
    as_json: Json = False,
) -> None:
    """Choose a library, whatever its score: build, prove and emulate take it unless told otherwise.

    Example: [bold]bitloop crown fan 3[/]
    """
    from bitloop.project import Project

    if (number is None) != none:
        raise typer.BadParameter("say the number of a library, or --none")
    loaded = Project.load(project)
    with loaded.lock():
        found = loaded.libraries.crown(number)
    kind = loaded.settings.kind
    record = {"crowned": number, "library": None if found is None else found.to_record(kind)}
    text = "no library is crowned; the best score decides"
    if found is not None:
        text = f"library {number} is crowned: {found.pipeline or found.family}"
        if found.signals != loaded.fingerprint():
            text += "; it comes from signals the project had before"
    result(as_json, record, lambda console: say(console, text))


def _show(console: Console, project: Project, found: tuple[Found, ...], everything: bool) -> None:
    from bitloop.cli.listing import pipelines, table
    from bitloop.project import front

    if not found:
        say(console, "no libraries yet; find some with: bitloop search")
        return
    kind, signals, crowned, best = (
        project.settings.kind,
        project.fingerprint(),
        project.libraries.crowned,
        front(found),
    )
    current = [f for f in found if f.signals == signals]
    shown = [f for f in current if everything or f.number in best or f.number in (crowned, found[0].number)]
    if shown:
        console.print(table(shown, kind, best, crowned))
        for line in pipelines(shown):
            say(console, line)
    if len(shown) < len(current):
        count = len(current) - len(shown)
        say(console, f"{count} more that another one beats in everything; see them with --all")
    other = [f for f in found if f.signals != signals]
    if other:
        say(console, "from signals the project had before, so their scores cannot be compared with others:")
        console.print(table(other, kind, (), crowned))
