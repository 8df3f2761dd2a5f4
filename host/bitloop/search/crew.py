"""Who evaluates: this process, or several workers that each hold the table. The results are the same."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from itertools import groupby

from bitloop.errors import SearchError
from bitloop.search import threads
from bitloop.search.evaluate import evaluate
from bitloop.search.recipe import Recipe
from bitloop.search.result import Budget, Outcome
from bitloop.search.table import Table
from bitloop.search.workshop import Workshop

BATCH = 8
"""Recipes handed out at a time: few enough to stop soon, enough to hide the cost of handing them out."""

Task = tuple[int, Recipe]


class Crew:
    """Evaluates recipes; use as a context manager. With one job nothing is started."""

    def __init__(self, table: Table, budget: Budget, seed: int, jobs: int) -> None:
        self._budget = budget
        self._shop = Workshop(table, seed)
        self._pool: ProcessPoolExecutor | None = None
        if jobs == 1:
            threads.load()
        else:
            context = multiprocessing.get_context("spawn")  # a fork would copy OpenMP's threads in mid-flight
            self._pool = ProcessPoolExecutor(jobs, context, _start, (table, budget, seed))
            # Starting a worker takes seconds that are no part of the search: its clock waits for the first of them.
            wait([self._pool.submit(threads.load) for _ in range(jobs)], return_when=FIRST_COMPLETED)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def shop(self) -> Workshop:
        """This process's own workshop."""
        return self._shop

    def evaluate(self, tasks: Sequence[Task], bar: float, end: float) -> Iterator[list[Outcome]]:
        """Outcomes in batches as they come; none are begun after `end` (`time.time()`)."""
        batches = list(_batches(tasks))
        if self._pool is None:
            with threads.single():
                for batch in batches:
                    yield _work(self._shop, self._budget, batch, bar, end)
            return
        waiting: set[Future[list[Outcome]]] = {self._pool.submit(_task, batch, bar, end) for batch in batches}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenExecutor as error:
            raise SearchError("a worker of the search died, perhaps of too little memory; use fewer jobs") from error
        finally:
            for future in waiting:
                future.cancel()


def _batches(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Recipes of the same views together, so that their features are computed once."""
    ordered = sorted(tasks, key=lambda task: (repr(task[1].branches), task[1].scale, task[0]))
    for _, group in groupby(ordered, key=lambda task: task[1].branches):
        members = list(group)
        for at in range(0, len(members), BATCH):
            yield members[at : at + BATCH]


def _work(shop: Workshop, budget: Budget, batch: Sequence[Task], bar: float, end: float) -> list[Outcome]:
    found = []
    for index, recipe in batch:
        if time.time() >= end:
            break
        found.append(evaluate(shop, budget, index, recipe, bar))
    return found


_own: list[tuple[Workshop, Budget]] = []
"""The worker's workshop, made once by its initializer."""


def _start(table: Table, budget: Budget, seed: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits for us
    threads.single()
    _own.append((Workshop(table, seed), budget))


def _task(batch: Sequence[Task], bar: float, end: float) -> list[Outcome]:
    shop, budget = _own[0]
    return _work(shop, budget, batch, bar, end)
