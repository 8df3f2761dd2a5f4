"""The journals of a project's searches: which one to go on from, and which to begin afresh.

    fan/search/KEY.jsonl         a search that is at work, or was killed
    fan/search/KEY.done.jsonl    one that ended by itself or by Ctrl-C

KEY stands for all that determines a search: signals, budgets, seed and split.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bitloop.cache import cache_dir, digest
from bitloop.errors import SearchError

KEPT = 3
"""Journals of ended searches that are kept: some megabytes each."""


@dataclass(frozen=True, slots=True)
class Journalled:
    """Where a search writes its outcomes, and how many candidates it knows from before."""

    path: Path
    before: int


@dataclass(frozen=True, slots=True)
class Searches:
    """The folder search/ of a project."""

    folder: Path

    @contextmanager
    def journal(self, key: str, resume: bool | None) -> Iterator[Journalled]:
        """The journal of a search. `resume` True goes on from where it ended, False begins afresh.

        None goes on only from a search that was killed. One search at a time may be at work on a key.
        """
        from filelock import FileLock, Timeout

        running, done = self.folder / f"{key}.jsonl", self.folder / f"{key}.done.jsonl"
        lock = FileLock(_lock(running), blocking=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise SearchError(f"the same search is at work already ({running}); wait for it or stop it") from error
        try:
            if resume is False:
                running.unlink(missing_ok=True)
            elif resume and not running.exists() and done.exists():
                done.replace(running)
            before = known(running)
            yield Journalled(running, before)
            if running.exists():
                running.replace(done)
            self._tidy(done)
        finally:
            lock.release()

    def clear(self) -> None:
        """Remove every journal."""
        for path in self.folder.glob("*.jsonl"):
            path.unlink(missing_ok=True)

    def _tidy(self, newest: Path) -> None:
        old = [path for path in self.folder.glob("*.done.jsonl") if path != newest]
        for path in sorted(old, key=lambda path: path.stat().st_mtime)[: max(0, len(old) - KEPT + 1)]:
            path.unlink(missing_ok=True)


def known(journal: Path) -> int:
    """Candidates a journal has a score of."""
    if not journal.exists():
        return 0
    scored = set()
    for line in journal.read_text(encoding="utf-8", errors="replace").splitlines()[1:]:
        try:
            row = json.loads(line)
            if not row["rejected"]:
                scored.add(row["index"])
        except (ValueError, KeyError, TypeError):
            continue  # the search itself says what is wrong with it
    return len(scored)


def _lock(path: Path) -> Path:
    lock = cache_dir() / "locks" / f"{digest([str(path.resolve())])[:32]}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    return lock
