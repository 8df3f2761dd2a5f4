"""Which worker of pytest-xdist gets which test: all tests of a board that exists once go to the same one.

Locks keep two workers off a board in any case; this keeps them from waiting for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bitloop_hil.pytest_plugin.plan import Plan


def single(plan: Plan) -> list[str]:
    """Kinds of boards that only one worker can use at a time, the longest names first."""
    found = (kind.id for kind in plan.kinds if len(kind.places) == 1 and kind.places[0].serial)
    return sorted(found, key=len, reverse=True)


def scheduler(config: Any, log: Any, kinds: list[str]) -> Any:
    """Like `--dist load`, with the tests of each of these kinds as one piece of work."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByBoard(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return next((kind for kind in kinds if kind in nodeid), nodeid)

    return ByBoard(config, log)
