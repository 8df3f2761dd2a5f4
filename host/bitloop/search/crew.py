"""Who evaluates: this process, or several workers that each hold the table. The results are the same."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from bitloop.errors import SearchError
from bitloop.search import threads
from bitloop.search.budget import Budget
from bitloop.search.evaluate import evaluate, screen
from bitloop.search.recipe import Recipe
from bitloop.search.result import Bar, Outcome
from bitloop.search.table import Table
from bitloop.search.workshop import Workshop

BATCH = 6
"""Recipes handed out at a time: few enough to stop soon, enough to hide the cost of handing them out."""

SCREEN, FULL, TOGETHER, AGAIN = "screen", "full", "together", "again"
Task = tuple[int, Recipe]


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What every worker has to know, whole: enough to make a workshop of."""

    table: Table
    budget: Budget
    seed: int
    split: str

    def workshop(self) -> Workshop:
        return Workshop(self.table, self.seed, self.split)


class Crew(Protocol):
    """Evaluates recipes; a context manager."""

    def __enter__(self) -> Crew: ...

    def __exit__(self, *_: object) -> None: ...

    @property
    def shop(self) -> Workshop:
        """This process's own workshop."""

    @property
    def cores(self) -> int:
        """How many candidates are evaluated at once."""

    def evaluate(self, stage: str, tasks: Sequence[Task], bar: Bar, end: float) -> Iterator[list[Outcome]]:
        """Outcomes in batches as they come; none are begun after `end` (`time.time()`)."""


class Alone:
    """This process does everything."""

    def __init__(self, job: Job) -> None:
        self._job, self.shop, self.cores = job, job.workshop(), 1
        threads.load()

    def __enter__(self) -> Alone:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def evaluate(self, stage: str, tasks: Sequence[Task], bar: Bar, end: float) -> Iterator[list[Outcome]]:
        with threads.single():
            for batch in batches(tasks):
                yield work(self.shop, self._job.budget, stage, batch, bar, end)


class Processes:
    """Several processes of this machine."""

    def __init__(self, job: Job, jobs: int) -> None:
        self.shop, self.cores = job.workshop(), jobs
        context = multiprocessing.get_context("spawn")  # a fork would copy OpenMP's threads in mid-flight
        self._pool = ProcessPoolExecutor(jobs, context, _start, (job,))
        # Starting a worker takes seconds that are no part of the search: its clock waits for the first of them.
        started = wait([self._pool.submit(threads.load) for _ in range(jobs)], return_when=FIRST_COMPLETED).done
        if any(future.exception() is not None for future in started):
            self._pool.shutdown(wait=False, cancel_futures=True)
            raise SearchError(
                "the workers of the search cannot start; a script that searches with several jobs has to keep its own"
                ' work below `if __name__ == "__main__":`, because every worker imports it'
            )

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def evaluate(self, stage: str, tasks: Sequence[Task], bar: Bar, end: float) -> Iterator[list[Outcome]]:
        waiting: set[Future[list[Outcome]]] = {
            self._pool.submit(_task, stage, batch, bar, end) for batch in batches(tasks)
        }
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


def batches(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Recipes of the same views together, so that their features are computed once; the largest groups first."""
    groups: dict[object, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: (task[1].scale, task[0])):
        groups.setdefault(task[1].branches, []).append(task)
    gathered: list[Task] = []
    for members in sorted(groups.values(), key=lambda members: (-len(members), members[0][0])):
        gathered += members
        if len(gathered) >= BATCH:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def work(shop: Workshop, budget: Budget, stage: str, batch: Sequence[Task], bar: Bar, end: float) -> list[Outcome]:
    """Evaluate a batch as far as the time allows."""
    found = []
    for index, recipe in batch:
        if time.time() >= end:
            break
        if stage == SCREEN:
            found.append(screen(shop, budget, index, recipe))
        else:
            found.append(evaluate(shop.again if stage == AGAIN else shop, budget, index, recipe, bar))
    return found


_own: list[tuple[Workshop, Budget]] = []
"""The worker's workshop, made once by its initializer."""


def _start(job: Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits for us
    threads.single()
    _own.append((job.workshop(), job.budget))


def _task(stage: str, batch: Sequence[Task], bar: Bar, end: float) -> list[Outcome]:
    shop, budget = _own[0]
    return work(shop, budget, stage, batch, bar, end)
