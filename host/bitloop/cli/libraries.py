"""bitloop libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bitloop.cli.output import Folder, Json, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.project import Found


def libraries(project: Folder, as_json: Json = False) -> None:
    """List the project's libraries, the best first.

    Knowledge is what was fitted; flash and RAM (stack included) are those of the code linked for the target.

    Example: [bold]bitloop libraries fan[/]
    """
    from bitloop.project import Project

    loaded = Project.load(project)
    signals = loaded.fingerprint()
    found = loaded.libraries.ranked(signals)
    rows = [{**f.to_row(), "current": f.signals == signals} for f in found]
    kind = loaded.settings.kind
    result(as_json, {"kind": kind, "libraries": rows}, lambda console: _show(console, found, signals, kind))


def _show(console: Console, found: tuple[Found, ...], signals: str, kind: str) -> None:
    from bitloop.cli.search import table

    if not found:
        say(console, "no libraries yet; find some with: bitloop search")
        return
    current = tuple(f for f in found if f.signals == signals)
    other = tuple(f for f in found if f.signals != signals)
    if current:
        console.print(table(current, kind))
    if other:
        say(console, "from signals the project had before, so their scores cannot be compared with others:")
        console.print(table(other, kind))
