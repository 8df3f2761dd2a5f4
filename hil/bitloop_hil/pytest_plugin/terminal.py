"""What the plugin says in the terminal: which boards there are, what became of them, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bitloop_hil.pytest_plugin.results import BROKEN, OUTCOMES, Result, by_kind, count
from bitloop_hil.pytest_plugin.state import State

if TYPE_CHECKING:
    from bitloop_hil.pytest_plugin.plan import Plan


def header(state: State) -> list[str]:
    """Bench, boards and rig, where the user asked for any."""
    if not state.settings.explicit:
        return []
    rig = f", rig {state.settings.rig}" if state.settings.rig else ""
    return [f"bitloop: {_boards(state.plan)}{rig}"]


def summary(results: Sequence[Result]) -> Iterable[str]:
    """Lines about boards, measurements and what was not judged."""
    yield from _table(["board", *OUTCOMES, "seconds"], [_board(kind, of) for kind, of in by_kind(results).items()])
    rows = [
        [m["name"], m["text"], m["verdict"], _short(result.test), m["note"]]
        for result in results
        for m in result.record["measurements"]
    ]
    if rows:
        yield ""
        yield from _table(["measurement", "value and limits", "verdict", "test", ""], rows)
    retried = [(result, reason) for result in results for reason in result.record["retries"]]
    for result, reason in retried:
        yield f"repeated in {_short(result.test)}: {reason}"
    for result in results:
        if result.outcome == BROKEN:
            yield f"{result.kind} broke in {_short(result.test)}: {result.reason}"


def _boards(plan: Plan) -> str:
    return ", ".join(
        f"{kind.id} ({_places(len(kind.places))})" if kind.places else kind.reason for kind in plan.kinds
    )


def _places(number: int) -> str:
    return "1 place" if number == 1 else f"{number} places"


def _board(kind: str, results: Sequence[Result]) -> list[str]:
    counts = count(results)
    return [kind, *(str(counts[name]) for name in OUTCOMES), f"{sum(result.seconds for result in results):.1f}"]


def _short(test: str) -> str:
    return test.rpartition("/")[2]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
