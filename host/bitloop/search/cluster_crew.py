"""A crew on a Dask cluster: every worker process makes the workshop once and keeps it.

Batches of a worker that dies are computed by another one. Workers may come and go; the results are the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bitloop.errors import SearchError
from bitloop.search import threads
from bitloop.search.crew import Job, Task, batches, work
from bitloop.search.result import Bar, Outcome
from bitloop.search.workshop import Workshop

if TYPE_CHECKING:
    from distributed import Client

WAIT = 30.0
"""Seconds to wait for the scheduler and its first worker."""


class Cluster:
    """The workers of a scheduler at an address such as `tcp://10.0.0.5:8786`."""

    def __init__(self, job: Job, address: str) -> None:
        self._client = _connect(address)
        self._token = uuid.uuid4().hex
        self._job = self._client.scatter(job, broadcast=True, hash=False)
        self.shop = job.workshop()
        self.cores = max(1, sum(self._client.ncores().values()))
        threads.load()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def evaluate(self, stage: str, tasks: Sequence[Task], bar: Bar, end: float) -> Iterator[list[Outcome]]:
        """Outcomes in batches as they come; none are begun after `end` (`time.time()`)."""
        from distributed import KilledWorker, as_completed

        futures = [
            self._client.submit(_task, self._token, self._job, stage, batch, bar, end, pure=False)
            for batch in batches(tasks)
        ]
        try:
            for future in as_completed(futures, loop=self._client.loop):
                yield future.result()
        except KilledWorker as error:
            raise SearchError(
                "a batch of candidates lost its workers again and again; give them more memory"
            ) from error
        finally:
            self._client.cancel(futures)


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise SearchError("a search on a cluster needs Dask: pip install bitloop[cluster]") from error
    try:
        client = Client(address, timeout=WAIT, set_as_default=False)
        client.wait_for_workers(1, timeout=WAIT)
    except (OSError, ValueError, TimeoutError) as error:
        raise SearchError(f"no Dask scheduler with a worker answers at {address} ({error})") from error
    return client


_kept: dict[str, tuple[Workshop, Any]] = {}
"""The workshop of the last search this worker took part in, by the search's token."""


def _task(token: str, job: Job, stage: str, batch: Sequence[Task], bar: Bar, end: float) -> list[Outcome]:
    if token not in _kept:
        _kept.clear()
        threads.load()
        _kept[token] = job.workshop(), threads.single()
    return work(_kept[token][0], job.budget, stage, batch, bar, end)
