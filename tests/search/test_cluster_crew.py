"""A search on a Dask cluster of several processes: the same result, also when one of them is killed in mid-search."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from distributed import Client, LocalCluster

from bitloop.errors import SearchError
from bitloop.search import Progress, SearchResult, cluster_crew, finish, search
from tests.search.machines import BUDGET, screened

EVALUATIONS = 220


@pytest.fixture(autouse=True)
def _two_finalists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "FINALISTS", 2)
    monkeypatch.setattr(finish, "LIGHTER", 0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as made:
        yield made


def ranking(result: SearchResult) -> list[tuple[str, float]]:
    return [(candidate.library.id, candidate.score) for candidate in result.candidates]


def test_the_same_result_although_a_worker_is_killed(cluster: LocalCluster) -> None:
    killed: list[int] = []

    def kill(at: Progress) -> None:
        if at.evaluations > 100 and not killed:
            with Client(cluster.scheduler_address, set_as_default=False) as client:
                killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    found = search(
        screened(), BUDGET, evaluations=EVALUATIONS, seed=3, cluster=cluster.scheduler_address, progress=kill
    )
    assert killed
    assert found.evaluations == EVALUATIONS
    assert ranking(found) == ranking(search(screened(), BUDGET, evaluations=EVALUATIONS, seed=3))


def test_an_address_where_nobody_answers_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_crew, "WAIT", 0.5)
    with pytest.raises(SearchError, match=r"no Dask scheduler with a worker answers at tcp://127\.0\.0\.1:9"):
        search(screened(), BUDGET, evaluations=4, cluster="tcp://127.0.0.1:9")
